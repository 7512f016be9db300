// Above the table: which trainings of the project, grouped how, in which columns.

import { Group, SegmentedControl, Select } from "@mantine/core";
import { memo, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import { ColumnPicker } from "./ColumnPicker";
import { columnOf, leafId, type Column } from "./columns";
import type { Keys } from "./data";
import { FilterBox } from "./FilterBox";
import { SavedViews } from "./SavedViews";
import type { Shelf, TableView } from "./view";

interface Props {
  view: TableView;
  onView(change: Partial<TableView>): void;
  columns: readonly Column[];
  keys: Keys | undefined;
  error: unknown;
  user: string;
  filterRef: RefObject<HTMLInputElement | null>;
}

const GROUP_FIELDS = ["status", "user", "project", "model", "host"] as const;
const SHELVES: Shelf[] = ["active", "archived", "trash"];

export const TableBar = memo(function TableBar({ view, onView, columns, keys, error, user, filterRef }: Props) {
  const { t } = useTranslation();
  const fields = GROUP_FIELDS.map((field) => ({ value: field as string, label: t(`table.column.${field}`) }));
  const config = (keys?.config ?? []).map((key) => leafId("config", key));
  if (view.group && !fields.some((one) => one.value === view.group) && !config.includes(view.group) && columnOf(view.group)) config.push(view.group);
  return (
    <Group gap="xs" mb="xs" align="flex-start" role="search" aria-label={t("table.search")}>
      <FilterBox value={view.where} onApply={(where) => onView({ where })} keys={keys} error={error} inputRef={filterRef} />
      <SegmentedControl size="xs" aria-label={t("table.shelf.label")} value={view.shelf} onChange={(shelf) => onView({ shelf: shelf as Shelf })} data={SHELVES.map((shelf) => ({ value: shelf, label: t(`table.shelf.${shelf}`) }))} />
      <Select
        aria-label={t("table.group")}
        placeholder={t("table.group")}
        data={[{ group: t("table.fields"), items: fields }, ...(config.length ? [{ group: t("table.config"), items: config.map((id) => ({ value: id, label: id })) }] : [])]}
        value={view.group || null}
        onChange={(group) => onView({ group: group ?? "" })}
        searchable
        clearable
        w={140}
        comboboxProps={{ width: "max-content" }}
      />
      <ColumnPicker columns={columns} keys={keys} onView={onView} custom={view.columns !== null || Object.keys(view.widths).length > 0} />
      <SavedViews user={user} view={view} onView={onView} />
    </Group>
  );
});
