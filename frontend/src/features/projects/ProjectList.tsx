// All projects that the reader may see, and the way to a new one.

import { Badge, Button, Checkbox, Group, NativeSelect, Skeleton, Stack, Table, Text, TextInput, Textarea } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Ago } from "@/ui/Ago";
import { AppLink } from "@/ui/AppLink";
import { Failure } from "@/ui/Failure";
import { FormDialog } from "@/ui/FormDialog";

import { projectsQuery, useCreateProject, VISIBILITIES, type Project, type Visibility } from "./data";

interface Props {
  /** The reader's name: other people's projects carry their owner's in front. */
  me: string;
  archived: boolean;
  onArchived(shown: boolean): void;
}

export function ProjectList({ me, archived, onArchived }: Props) {
  const { t } = useTranslation();
  const [making, setMaking] = useState(false);
  const { data, error, refetch } = useQuery(projectsQuery);
  const shown = data?.filter((project) => archived || !project.archived) ?? [];
  const hidden = (data?.length ?? 0) - shown.length;
  return (
    <Stack gap="sm">
      <Group gap="md">
        <Button leftSection={<IconPlus size={14} />} onClick={() => setMaking(true)}>
          {t("projects.create")}
        </Button>
        {(archived || hidden > 0) && (
          <Checkbox size="xs" label={t("projects.showArchived")} checked={archived} onChange={(event) => onArchived(event.currentTarget.checked)} />
        )}
      </Group>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton h={120} aria-busy />}
      {data && shown.length === 0 && (
        <Text c="dimmed" maw={560}>
          {t("projects.none")}
        </Text>
      )}
      {shown.length > 0 && (
        <Table.ScrollContainer minWidth={560}>
          <Table highlightOnHover aria-label={t("nav.projects")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("projects.name")}</Table.Th>
                <Table.Th>{t("projects.description")}</Table.Th>
                <Table.Th>{t("projects.visibility")}</Table.Th>
                <Table.Th>{t("projects.yourRole")}</Table.Th>
                <Table.Th ta="right">{t("nav.trainings")}</Table.Th>
                <Table.Th ta="right">{t("projects.made")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((project) => (
                <Row key={project.id} project={project} me={me} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {making && <CreateProject onClose={() => setMaking(false)} />}
    </Stack>
  );
}

function Row({ project, me }: { project: Project; me: string }) {
  const { t } = useTranslation();
  return (
    <Table.Tr>
      <Table.Td>
        <AppLink to="/projects/$id" params={{ id: project.id }} fw={500}>
          {project.owner !== me && <Text span c="dimmed">{`${project.owner}/`}</Text>}
          {project.name}
        </AppLink>
        {project.archived && (
          <Badge ml="xs" size="xs" variant="light" color="gray">
            {t("projects.archived")}
          </Badge>
        )}
      </Table.Td>
      <Table.Td maw={320}>
        <Text c="dimmed" truncate title={project.description}>
          {project.description}
        </Text>
      </Table.Td>
      <Table.Td>{t(`projects.visibilities.${project.visibility}`)}</Table.Td>
      <Table.Td>{t(`projects.roles.${project.role}`)}</Table.Td>
      <Table.Td ta="right" className="tabular">
        <AppLink to="/trainings" search={{ project: project.path } as never}>
          {project.trainings.toLocaleString()}
        </AppLink>
      </Table.Td>
      <Table.Td ta="right">
        <Ago at={project.created_at} />
      </Table.Td>
    </Table.Tr>
  );
}

function CreateProject({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const creating = useCreateProject();
  const navigate = useNavigate();
  const create = async (answers: Record<string, string>) => {
    const made = await creating.mutateAsync({
      name: answers.name?.trim() ?? "",
      visibility: answers.visibility as Visibility,
      description: answers.description ?? "",
    });
    await navigate({ to: "/projects/$id", params: { id: made.id } });
  };
  return (
    <FormDialog title={t("projects.create")} act={t("projects.createAct")} onAct={create} onClose={onClose}>
      <TextInput name="name" label={t("projects.name")} required maxLength={100} data-autofocus />
      <NativeSelect
        name="visibility"
        size="xs"
        label={t("projects.visibility")}
        data={VISIBILITIES.map((value) => ({ value, label: `${t(`projects.visibilities.${value}`)}: ${t(`projects.visibilityMeans.${value}`)}` }))}
      />
      <Textarea name="description" size="xs" label={t("projects.description")} autosize minRows={2} maxLength={10_000} />
    </FormDialog>
  );
}
