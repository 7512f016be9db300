// A folder of the ModelCloud: what it holds, and what may be done with it.

import { ActionIcon, Badge, Group, Menu, Skeleton, Stack, Table, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { bytes } from "@/charts/format";
import { Ago } from "@/ui/Ago";
import { AppLink } from "@/ui/AppLink";
import { Failure } from "@/ui/Failure";
import { More } from "@/ui/More";
import { Paste } from "@/ui/Paste";

import { childrenQuery, isProject, mayWrite, type Node } from "./data";
import { MoveDialog, TrashDialog } from "./dialogs";
import { KindIcon, From, StageBadge } from "./marks";
import { fileOf, shellWord } from "./paths";

type Asking = { what: "move" | "trash"; node: Node } | null;

export function Folder({ folder }: { folder: Node }) {
  const { t } = useTranslation();
  const pages = useInfiniteQuery(childrenQuery(folder.path));
  const [asking, setAsking] = useState<Asking>(null);
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  // Of folders alone there is nothing more to say than their names.
  const versioned = items.some((node) => node.kind !== "folder");
  if (pages.error) return <Failure error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Skeleton h={160} aria-busy />;
  if (items.length === 0) return <Empty folder={folder} />;
  return (
    <Stack gap="sm">
      <Table.ScrollContainer minWidth={versioned ? 560 : 200}>
        <Table highlightOnHover aria-label={t("models.content")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("models.name")}</Table.Th>
              {versioned && (
                <>
                  <Table.Th ta="right">{t("models.version")}</Table.Th>
                  <Table.Th>{t("models.aliases")}</Table.Th>
                  <Table.Th>{t("models.stage")}</Table.Th>
                  <Table.Th ta="right">{t("models.size")}</Table.Th>
                  <Table.Th>{t("models.from")}</Table.Th>
                  <Table.Th ta="right">{t("models.made")}</Table.Th>
                </>
              )}
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((node) => (
              <Row key={node.path} node={node} versioned={versioned} onAsk={(what) => setAsking({ what, node })} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <More pages={pages} />
      {asking?.what === "move" && <MoveDialog node={asking.node} onClose={() => setAsking(null)} />}
      {asking?.what === "trash" && <TrashDialog node={asking.node} onClose={() => setAsking(null)} />}
    </Stack>
  );
}

function Row({ node, versioned, onAsk }: { node: Node; versioned: boolean; onAsk(what: "move" | "trash"): void }) {
  const { t } = useTranslation();
  const acts = mayWrite(node) && !isProject(node);
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <KindIcon kind={node.kind} />
          <AppLink to="/models/$" params={{ _splat: node.path }} style={{ overflowWrap: "anywhere" }}>
            {isProject(node) ? node.path : node.name}
          </AppLink>
        </Group>
      </Table.Td>
      {versioned && <VersionCells node={node} />}
      <Table.Td w={36}>
        {(acts || node.size !== null) && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("models.actionsOn", { name: node.name })}>
                <IconDots size={14} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {node.size !== null && (
                <Menu.Item component="a" href={fileOf(node.path)} download>
                  {t("models.download")}
                </Menu.Item>
              )}
              {acts && <Menu.Item onClick={() => onAsk("move")}>{t("models.move")}</Menu.Item>}
              {acts && (
                <Menu.Item color="red" onClick={() => onAsk("trash")}>
                  {t("models.trash")}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** What the newest version of a model or file is. */
function VersionCells({ node }: { node: Node }) {
  const { t } = useTranslation();
  return (
    <>
        <Table.Td ta="right" className="tabular">
          {node.version ? `v${node.version}` : ""}
        </Table.Td>
        <Table.Td>
          <Group gap={4}>
            {Object.entries(node.aliases).map(([name, version]) => (
              <Badge key={name} size="sm" variant="light" tt="none" title={t("models.aliasIs", { name, version })}>
                {name}
              </Badge>
            ))}
          </Group>
        </Table.Td>
        <Table.Td>
          <StageBadge stage={node.stage} />
        </Table.Td>
        <Table.Td ta="right" className="tabular nowrap" title={node.size === null ? undefined : t("models.bytes", { count: node.size })}>
          {node.size === null ? "" : bytes(node.size)}
        </Table.Td>
        <Table.Td>
          <From training={node.training} />
        </Table.Td>
        <Table.Td ta="right" className="nowrap">{node.created_at ? <Ago at={node.created_at} /> : ""}</Table.Td>
    </>
  );
}

function Empty({ folder }: { folder: Node }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" maw={640}>
      <Text c="dimmed">{t(folder.path ? "models.emptyFolder" : "models.emptyRoot")}</Text>
      <Paste text={`pavi cp model.pth ${shellWord(`pavi://${folder.path || "my-project"}/model.pth`)}`} label={t("models.emptyCommand")} />
    </Stack>
  );
}
