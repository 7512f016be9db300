// What can be done with the trainings that are chosen.

import { Button, Group, Popover, Stack, TagsInput, Text } from "@mantine/core";
import { IconArchive, IconArchiveOff, IconGitCompare, IconRestore, IconTag, IconTrash, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Bulk } from "./actions";
import type { Training } from "./data";
import type { Shelf } from "./view";

interface Props {
  rows: readonly Training[];
  shelf: Shelf;
  bulk: Bulk;
  onClear(): void;
}

/** Beyond this an address would be too long for some browsers and proxies. */
const MOST_COMPARED = 1_000;

export function compareHref(rows: readonly Training[]): string {
  const numbers = rows.map((row) => row.number).sort((a, b) => a - b);
  return `/compare?trainings=${numbers.slice(0, MOST_COMPARED).join(",")}`;
}

export function BulkBar({ rows, shelf, bulk, onClear }: Props) {
  const { t } = useTranslation();
  const act = (action: "archive" | "unarchive" | "delete" | "restore") => () => {
    void bulk.change(rows, action);
    onClear();
  };
  return (
    <Group gap="xs" role="toolbar" aria-label={t("table.bulk.label")} mih={30}>
      <Text fz="sm" fw={600} role="status">
        {t("table.bulk.chosen", { count: rows.length })}
      </Text>
      {shelf !== "trash" && (
        <Button component="a" href={compareHref(rows)} leftSection={<IconGitCompare size={14} />} data-disabled={rows.length < 2 || undefined} aria-disabled={rows.length < 2} onClick={(event) => rows.length < 2 && event.preventDefault()}>
          {t("table.bulk.compare", { count: rows.length })}
        </Button>
      )}
      {shelf !== "trash" && <TagButton rows={rows} bulk={bulk} />}
      {shelf === "active" && (
        <Button variant="default" leftSection={<IconArchive size={14} />} onClick={act("archive")}>
          {t("table.bulk.archive")}
        </Button>
      )}
      {shelf === "archived" && (
        <Button variant="default" leftSection={<IconArchiveOff size={14} />} onClick={act("unarchive")}>
          {t("table.bulk.unarchive")}
        </Button>
      )}
      {shelf === "trash" ? (
        <Button variant="default" leftSection={<IconRestore size={14} />} onClick={act("restore")}>
          {t("table.bulk.restore")}
        </Button>
      ) : (
        <Button variant="default" leftSection={<IconTrash size={14} />} onClick={act("delete")}>
          {t("table.bulk.delete")}
        </Button>
      )}
      <Button variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={onClear}>
        {t("table.bulk.clear")}
      </Button>
    </Group>
  );
}

function TagButton({ rows, bulk }: { rows: readonly Training[]; bulk: Bulk }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const known = [...new Set(rows.flatMap((row) => row.tags))].sort();
  const apply = () => {
    void bulk.tag(rows, add, remove);
    setOpened(false);
    setAdd([]);
    setRemove([]);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={280} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconTag size={14} />} onClick={() => setOpened(!opened)}>
          {t("table.bulk.tag")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("table.bulk.tag")}>
        <Stack gap="xs">
          <TagsInput size="xs" data-autofocus label={t("table.bulk.addTags")} value={add} onChange={setAdd} data={known} comboboxProps={{ withinPortal: false }} clearable={false} />
          {known.length > 0 && <TagsInput size="xs" label={t("table.bulk.removeTags")} value={remove} onChange={(tags) => setRemove(tags.filter((tag) => known.includes(tag)))} data={known} comboboxProps={{ withinPortal: false }} clearable={false} />}
          <Button onClick={apply} disabled={!add.length && !remove.length}>
            {t("table.bulk.apply", { count: rows.length })}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
