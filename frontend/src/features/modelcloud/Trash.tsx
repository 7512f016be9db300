// The trash of a project: what was in it, and the two ways out.

import { Button, Group, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { bytes } from "@/charts/format";
import { Ago } from "@/ui/Ago";
import { Failure } from "@/ui/Failure";
import { FormDialog } from "@/ui/FormDialog";
import { More } from "@/ui/More";

import { mayRule, mayWrite, trashQuery, usePurge, useRestore, type Node } from "./data";
import { KindIcon } from "./marks";

type Asking = { what: "restore" | "purge"; node: Node } | null;

export function Trash({ folder }: { folder: Node }) {
  const { t } = useTranslation();
  const pages = useInfiniteQuery(trashQuery(folder.project?.id ?? ""));
  const [asking, setAsking] = useState<Asking>(null);
  const restoring = useRestore();
  const purging = usePurge();
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  if (pages.error) return <Failure error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Skeleton h={120} aria-busy />;
  if (items.length === 0) return <Text c="dimmed">{t("models.trashed.none")}</Text>;
  return (
    <Stack gap="sm">
      <Text c="dimmed" fz="sm">
        {t("models.trashed.text")}
      </Text>
      <Table.ScrollContainer minWidth={520}>
        <Table aria-label={t("models.trashed.title")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("models.trashed.was")}</Table.Th>
              <Table.Th ta="right">{t("models.size")}</Table.Th>
              <Table.Th ta="right">{t("models.trashed.since")}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((node) => (
              <Table.Tr key={node.id}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Group gap={6} wrap="nowrap">
                    <KindIcon kind={node.kind} />
                    {node.path}
                  </Group>
                </Table.Td>
                <Table.Td ta="right" className="tabular">
                  {node.size === null ? "" : bytes(node.size)}
                </Table.Td>
                <Table.Td ta="right">
                  <Ago at={node.trashed_at} />
                </Table.Td>
                <Table.Td ta="right">
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {mayWrite(folder) && (
                      <Button size="compact-xs" variant="default" onClick={() => setAsking({ what: "restore", node })}>
                        {t("models.trashed.restore")}
                      </Button>
                    )}
                    {mayRule(folder) && (
                      <Button size="compact-xs" variant="subtle" color="red" onClick={() => setAsking({ what: "purge", node })}>
                        {t("models.trashed.purge")}
                      </Button>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <More pages={pages} />
      {asking?.what === "restore" && (
        <FormDialog
          title={t("models.trashed.restoreTitle", { name: asking.node.name })}
          act={t("models.trashed.restore")}
          onAct={({ to = "" }) => restoring.mutateAsync({ id: asking.node.id!, to: to === asking.node.path ? undefined : to })}
          onClose={() => setAsking(null)}
        >
          <TextInput name="to" label={t("models.trashed.to")} defaultValue={asking.node.path} required data-autofocus />
        </FormDialog>
      )}
      {asking?.what === "purge" && (
        <FormDialog
          danger
          title={t("models.trashed.purgeTitle", { name: asking.node.name })}
          text={t("models.trashed.purgeText")}
          act={t("models.trashed.purge")}
          onAct={() => purging.mutateAsync(asking.node.id!)}
          onClose={() => setAsking(null)}
        />
      )}
    </Stack>
  );
}
