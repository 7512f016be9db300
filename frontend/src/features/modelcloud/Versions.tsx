// Versions of a model or file, newest first: aliases, stage, origin, and what may be done with each.

import { ActionIcon, Badge, Code, Group, Menu, Skeleton, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { bytes } from "@/charts/format";
import { Ago } from "@/ui/Ago";
import { AppLink } from "@/ui/AppLink";
import { Failure } from "@/ui/Failure";
import { More } from "@/ui/More";
import { Copy } from "@/ui/Paste";

import { mayWrite, versionsQuery, type Node, type Version } from "./data";
import { AliasDialog, CommentDialog, StageDialog, TakeAliasDialog } from "./dialogs";
import { From, StageBadge } from "./marks";
import { crumbsOf, fileOf, plain } from "./paths";

type Asking = { what: "alias" | "stage" | "comment"; version: Version } | { what: "take"; version: Version; alias: string } | null;

export function Versions({ node }: { node: Node }) {
  const { t } = useTranslation();
  const path = plain(node.path);
  const pages = useInfiniteQuery(versionsQuery(path));
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  // Usually all versions of a file are called as it is.
  const named = items.some((version) => version.name !== crumbsOf(path).at(-1)?.name);
  if (pages.error) return <Failure error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Skeleton h={160} aria-busy />;
  if (items.length === 0) return <Text c="dimmed">{t("models.noVersions")}</Text>;
  return (
    <Stack gap="sm">
      <Table.ScrollContainer minWidth={760}>
        <Table highlightOnHover aria-label={t("models.tabs.versions")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("models.version")}</Table.Th>
              {named && <Table.Th>{t("models.kinds.file")}</Table.Th>}
              <Table.Th>{t("models.aliases")}</Table.Th>
              <Table.Th>{t("models.stage")}</Table.Th>
              <Table.Th>{t("models.comment")}</Table.Th>
              <Table.Th>{t("models.from")}</Table.Th>
              <Table.Th ta="right">{t("models.size")}</Table.Th>
              <Table.Th>sha256</Table.Th>
              <Table.Th ta="right">{t("models.made")}</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((version) => (
              <Row key={version.id} version={version} named={named} path={path} shown={version.number === node.version} writable={mayWrite(node)} onAsk={setAsking} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <More pages={pages} label={t("models.older")} />
      {asking?.what === "alias" && <AliasDialog path={path} version={asking.version} onClose={close} />}
      {asking?.what === "take" && <TakeAliasDialog path={path} alias={asking.alias} version={asking.version} onClose={close} />}
      {asking?.what === "stage" && <StageDialog version={asking.version} onClose={close} />}
      {asking?.what === "comment" && <CommentDialog version={asking.version} onClose={close} />}
    </Stack>
  );
}

interface RowProps {
  version: Version;
  /** The files' names differ, so each is shown. */
  named: boolean;
  path: string;
  /** It is the one whose facts the page shows. */
  shown: boolean;
  writable: boolean;
  onAsk(asking: Asking): void;
}

function Row({ version, named, path, shown, writable, onAsk }: RowProps) {
  const { t } = useTranslation();
  return (
    <Table.Tr aria-current={shown || undefined} bg={shown ? "var(--mantine-primary-color-light)" : undefined}>
      <Table.Td className="tabular">
        <AppLink to="/models/$" params={{ _splat: `${path}@v${version.number}` }} fw={500}>
          v{version.number}
        </AppLink>
      </Table.Td>
      {named && <Table.Td style={{ overflowWrap: "anywhere" }}>{version.name}</Table.Td>}
      <Table.Td>
        <Group gap={4}>
          {version.aliases.map((alias) =>
            writable ? (
              <UnstyledButton key={alias} title={t("models.alias.take")} aria-label={t("models.alias.takeTitle", { alias, version: version.number })} onClick={() => onAsk({ what: "take", version, alias })}>
                <Badge size="sm" variant="light" tt="none" style={{ cursor: "pointer" }}>
                  {alias}
                </Badge>
              </UnstyledButton>
            ) : (
              <Badge key={alias} size="sm" variant="light" tt="none">
                {alias}
              </Badge>
            ),
          )}
        </Group>
      </Table.Td>
      <Table.Td className="nowrap">
        <StageBadge stage={version.stage} />
      </Table.Td>
      <Table.Td maw={220}>
        <Text fz="sm" lineClamp={2} title={version.comment}>
          {version.comment}
        </Text>
      </Table.Td>
      <Table.Td>
        <From training={version.training} />
      </Table.Td>
      <Table.Td ta="right" className="tabular nowrap" title={t("models.bytes", { count: version.size })}>
        {bytes(version.size)}
      </Table.Td>
      <Table.Td>
        <Group gap={2} wrap="nowrap">
          <Code title={version.sha256}>{version.sha256.slice(0, 10)}</Code>
          <Copy text={version.sha256} label={t("models.copySha")} />
        </Group>
      </Table.Td>
      <Table.Td ta="right" className="nowrap" title={version.created_by ?? undefined}>
        <Ago at={version.created_at} />
      </Table.Td>
      <Table.Td w={36}>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("models.actionsOn", { name: `v${version.number}` })}>
              <IconDots size={14} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component="a" href={fileOf(version.path)} download>
              {t("models.download")}
            </Menu.Item>
            {writable && <Menu.Item onClick={() => onAsk({ what: "alias", version })}>{t("models.alias.menu")}</Menu.Item>}
            {writable && <Menu.Item onClick={() => onAsk({ what: "stage", version })}>{t("models.stageMenu")}</Menu.Item>}
            {writable && <Menu.Item onClick={() => onAsk({ what: "comment", version })}>{t("models.commentMenu")}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}
