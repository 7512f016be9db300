// Snapshots as rows: sorted by what is clicked, the best of a metric found at once.

import { ActionIcon, Anchor, Badge, Button, Group, Menu, Table, Tooltip, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconBox, IconDots, IconDownload, IconPin, IconPinFilled, IconTrash } from "@tabler/icons-react";
import { useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { bytes, number, type Real } from "@/charts/format";
import { Ago } from "@/ui/Ago";
import { Copy } from "@/ui/Paste";

import type { WholeTraining } from "../data";
import { fileOf, type Snapshot } from "./data";
import { sorted, type Order } from "./metrics";
import classes from "./SnapshotTable.module.css";

const FIRST_ROWS = 100;

interface Acts {
  onPin(snapshot: Snapshot): void;
  onPromote(snapshot: Snapshot): void;
  onDelete(snapshot: Snapshot): void;
}

interface Props extends Acts {
  training: WholeTraining;
  items: readonly Snapshot[];
  tags: readonly string[];
}

export function SnapshotTable({ training, items, tags, ...acts }: Props) {
  const { t } = useTranslation();
  const [order, setOrder] = useState<Order>({ by: "iteration", down: true });
  const [most, setMost] = useState(FIRST_ROWS);
  const rows = useMemo(() => sorted(items, order), [items, order]);
  const head = (by: string, text: string, right = true) => <Heading by={by} text={text} right={right} order={order} onOrder={setOrder} />;
  return (
    <>
      <Table.ScrollContainer minWidth={760}>
        <Table highlightOnHover aria-label={t("training.tab.snapshots")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("training.snapshots.name")}</Table.Th>
              {head("iteration", t("training.snapshots.iteration"))}
              <Table.Th>{t("training.snapshots.tag")}</Table.Th>
              {tags.map((tag) => (
                <Heading key={tag} by={`metric:${tag}`} text={tag} right order={order} onOrder={setOrder} />
              ))}
              {head("size", t("training.snapshots.size"))}
              <Table.Th>sha256</Table.Th>
              {head("created", t("training.snapshots.stored"))}
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, most).map((one) => (
              <Row key={one.id} training={training} snapshot={one} tags={tags} {...acts} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {rows.length > most && (
        <Button variant="default" mt="xs" onClick={() => setMost(most + 5 * FIRST_ROWS)}>
          {t("training.showMore", { count: rows.length - most })}
        </Button>
      )}
    </>
  );
}

function Heading({ by, text, right, order, onOrder }: { by: string; text: string; right: boolean; order: Order; onOrder(order: Order): void }) {
  const own = order.by === by;
  return (
    <Table.Th ta={right ? "right" : "left"} aria-sort={own ? (order.down ? "descending" : "ascending") : undefined}>
      <UnstyledButton fz="sm" fw={700} className={classes.heading} title={text} onClick={() => onOrder({ by, down: own ? !order.down : true })}>
        <span className={classes.label}>{text}</span>
        {own && (order.down ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />)}
      </UnstyledButton>
    </Table.Th>
  );
}

function Row({ training, snapshot, tags, onPin, onPromote, onDelete }: { training: WholeTraining; snapshot: Snapshot; tags: readonly string[] } & Acts) {
  const { t } = useTranslation();
  const every = Object.entries(snapshot.metrics).map(([tag, value]) => `${tag}  ${number(value as Real)}`);
  const item = (icon: ReactNode, text: string, act: () => void, color?: string) => (
    <Menu.Item leftSection={icon} color={color} onClick={act}>
      {text}
    </Menu.Item>
  );
  return (
    <Table.Tr data-snapshot={snapshot.name}>
      <Table.Td className={classes.name} title={every.join("\n")}>
        <Group gap={4} wrap="nowrap">
          {snapshot.pinned && (
            <Tooltip label={t("training.snapshots.pinned")}>
              <IconPinFilled size={13} role="img" aria-label={t("training.snapshots.pinned")} style={{ flex: "none" }} />
            </Tooltip>
          )}
          {snapshot.pending ? (
            snapshot.name
          ) : (
            <Anchor href={fileOf(training.id, snapshot)} download={snapshot.name} fz="sm">
              {snapshot.name}
            </Anchor>
          )}
          {snapshot.pending && (
            <Badge size="xs" variant="default" tt="none">
              {t("training.snapshots.pending")}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td ta="right" className="tabular">
        {number(snapshot.iteration)}
      </Table.Td>
      <Table.Td>{snapshot.tag}</Table.Td>
      {tags.map((tag) => {
        const value = snapshot.metrics[tag] as Real;
        return (
          <Table.Td key={tag} ta="right" className="tabular" title={value === undefined || value === null ? undefined : String(value)}>
            {number(value)}
          </Table.Td>
        );
      })}
      <Table.Td ta="right" className="tabular" title={`${snapshot.size.toLocaleString()} B`} style={{ whiteSpace: "nowrap" }}>
        {bytes(snapshot.size)}
      </Table.Td>
      <Table.Td>
        <Group gap={2} wrap="nowrap">
          <code title={snapshot.sha256}>{snapshot.sha256.slice(0, 8)}</code>
          <Copy text={snapshot.sha256} label={t("training.snapshots.copySha", { name: snapshot.name })} />
        </Group>
      </Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
        <Ago at={snapshot.created_at} />
      </Table.Td>
      <Table.Td ta="right">
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("training.snapshots.actions", { name: snapshot.name })}>
              <IconDots size={14} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {!snapshot.pending && (
              <Menu.Item leftSection={<IconDownload size={14} />} component="a" href={fileOf(training.id, snapshot)} download={snapshot.name}>
                {t("training.snapshots.download")}
              </Menu.Item>
            )}
            {!snapshot.pending && item(<IconBox size={14} />, t("training.snapshots.promote"), () => onPromote(snapshot))}
            {training.writable && item(<IconPin size={14} />, t(snapshot.pinned ? "training.snapshots.unpin" : "training.snapshots.pin"), () => onPin(snapshot))}
            {training.writable && item(<IconTrash size={14} />, t("training.snapshots.delete"), () => onDelete(snapshot), "red")}
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}
