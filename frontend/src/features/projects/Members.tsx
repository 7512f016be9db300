// Who is in a project and what each may do there. Owners give roles; everybody may leave.

import { ActionIcon, Button, Group, NativeSelect, Skeleton, Stack, Table, Text, TextInput, Tooltip } from "@mantine/core";
import { IconUserMinus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { Ago } from "@/ui/Ago";
import { Failure } from "@/ui/Failure";
import { FormDialog } from "@/ui/FormDialog";

import { membersQuery, ROLES, useRemoveMember, useSetMember, type Member, type Project, type Role } from "./data";

interface Props {
  project: Project;
  /** The reader's name. */
  me: string;
  /** The reader took his own role away. */
  onLeft(): void;
}

export function Members({ project, me, onLeft }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(membersQuery(project.id));
  const setting = useSetMember(project.id);
  const removing = useRemoveMember(project.id);
  const [leaving, setLeaving] = useState<string | null>(null);
  const rules = project.role === "owner";

  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton h={80} maw={560} aria-busy />;
  if (data.length === 0) return <Text c="dimmed">{t("projects.membersHidden")}</Text>;
  return (
    <Stack gap="sm" maw={640}>
      <Table aria-label={t("projects.members")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("projects.member")}</Table.Th>
            <Table.Th>{t("projects.role")}</Table.Th>
            <Table.Th ta="right">{t("projects.since")}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.map((member) => (
            <Table.Tr key={member.username}>
              <Table.Td>
                {member.username}
                {member.username === me && <Text span c="dimmed">{` · ${t("projects.you")}`}</Text>}
              </Table.Td>
              <Table.Td>
                <RoleCell member={member} fixed={!rules || member.username === project.owner} onRole={(role) => setting.mutate({ username: member.username, role })} />
              </Table.Td>
              <Table.Td ta="right">
                <Ago at={member.since} />
              </Table.Td>
              <Table.Td ta="right" w={40}>
                {member.username !== project.owner && (rules || member.username === me) && (
                  <Tooltip label={t(member.username === me ? "projects.leave" : "projects.remove", { name: member.username })}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="sm"
                      aria-label={t(member.username === me ? "projects.leave" : "projects.remove", { name: member.username })}
                      onClick={() => setLeaving(member.username)}
                    >
                      <IconUserMinus size={14} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {setting.error && <Failure error={setting.error} />}
      {rules && <AddMember project={project} />}
      {leaving !== null && (
        <FormDialog
          danger
          title={t(leaving === me ? "projects.leaveTitle" : "projects.removeTitle", { name: leaving, project: project.name })}
          text={t("projects.removeText")}
          act={t(leaving === me ? "projects.leaveAct" : "projects.removeAct")}
          onAct={async () => {
            await removing.mutateAsync(leaving);
            if (leaving === me) onLeft();
          }}
          onClose={() => setLeaving(null)}
        />
      )}
    </Stack>
  );
}

function RoleCell({ member, fixed, onRole }: { member: Member; fixed: boolean; onRole(role: Role): void }) {
  const { t } = useTranslation();
  if (fixed) return t(`projects.roles.${member.role}`);
  return (
    <NativeSelect
      size="xs"
      w={120}
      aria-label={t("projects.roleOf", { name: member.username })}
      value={member.role}
      onChange={(event) => onRole(event.currentTarget.value as Role)}
      data={ROLES.map((value) => ({ value, label: t(`projects.roles.${value}`) }))}
    />
  );
}

function AddMember({ project }: { project: Project }) {
  const { t } = useTranslation();
  const setting = useSetMember(project.id);
  const [username, setUsername] = useState("");
  const [role, setRole] = useState<Role>("member");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setting.mutate({ username: username.trim(), role }, { onSuccess: () => setUsername("") });
  };
  return (
    <form onSubmit={submit} aria-label={t("projects.add")}>
      <Group gap="xs" align="flex-end">
        <TextInput label={t("signIn.username")} value={username} onChange={(event) => setUsername(event.currentTarget.value)} required maxLength={150} autoComplete="off" />
        <NativeSelect
          size="xs"
          label={t("projects.role")}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data={ROLES.map((value) => ({ value, label: t(`projects.roles.${value}`) }))}
        />
        <Button type="submit" variant="default" loading={setting.isPending}>
          {t("projects.add")}
        </Button>
      </Group>
      <Text fz="xs" c="dimmed" mt={4}>
        {t(`projects.roleMeans.${role}`)}
      </Text>
      {setting.error && <Failure error={setting.error} />}
    </form>
  );
}
