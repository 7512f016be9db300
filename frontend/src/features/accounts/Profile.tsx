// Who is looking, as the platform knows him, and what he did lately.

import { Badge, Group, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Ago } from "@/ui/Ago";
import { Failure } from "@/ui/Failure";
import { More } from "@/ui/More";

import { auditQuery } from "./data";
import { meQuery } from "./session";

export function WhoAmI() {
  const { t } = useTranslation();
  const { data: me } = useQuery(meQuery);
  if (!me) return <Skeleton h={24} w={160} aria-busy />;
  return (
    <Group gap="xs">
      <Text fw={600}>{me.username}</Text>
      {me.is_admin && (
        <Badge size="sm" variant="light">
          {t("accounts.profile.admin")}
        </Badge>
      )}
      <Text c="dimmed">{location.host}</Text>
    </Group>
  );
}

export function AuditLog() {
  const { t } = useTranslation();
  const pages = useInfiniteQuery(auditQuery);
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="xs" component="section" aria-label={t("accounts.audit.title")}>
      <Title order={2}>{t("accounts.audit.title")}</Title>
      <Text c="dimmed" fz="sm">
        {t("accounts.audit.text")}
      </Text>
      {pages.error && <Failure error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <Skeleton h={120} aria-busy />}
      {items.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table aria-label={t("accounts.audit.title")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("accounts.audit.when")}</Table.Th>
                <Table.Th>{t("accounts.audit.who")}</Table.Th>
                <Table.Th>{t("accounts.audit.what")}</Table.Th>
                <Table.Th>{t("accounts.audit.target")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((item) => (
                <Table.Tr key={item.id}>
                  <Table.Td>
                    <Ago at={item.at} />
                  </Table.Td>
                  <Table.Td>{item.actor || t("accounts.audit.platform")}</Table.Td>
                  <Table.Td ff="monospace">{item.action}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{item.target}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <More pages={pages} />
    </Stack>
  );
}
