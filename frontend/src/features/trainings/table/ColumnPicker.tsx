// Which columns stand in the table: fields, and whatever the trainings in view were configured with and have logged.

import { Button, Checkbox, Chip, Group, Popover, Stack, Text, TextInput } from "@mantine/core";
import { IconColumns3, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { FIELDS, leafId, metricId, sparkId, STATS, type Column } from "./columns";
import type { Keys } from "./data";
import classes from "./Table.module.css";
import type { TableView } from "./view";

interface Props {
  columns: readonly Column[];
  keys: Keys | undefined;
  onView(change: Partial<TableView>): void;
  custom: boolean;
}

const MOST = 60;

export function ColumnPicker({ columns, keys, onView, custom }: Props) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const shown = columns.map((one) => one.id);
  const flip = (id: string) => onView({ columns: shown.includes(id) ? shown.filter((one) => one !== id) : [...shown, id] });
  const wanted = search.trim().toLowerCase();
  const matches = (text: string) => text.toLowerCase().includes(wanted);
  const fields = FIELDS.filter((field) => matches(field) || matches(t(`table.column.${field}`)));
  const tags = (keys?.tags ?? []).filter(matches);
  const leaves = (["config", "summary"] as const).flatMap((section) => (keys?.[section] ?? []).filter(matches).map((key) => ({ id: leafId(section, key), label: `${section}.${key}` })));
  const rest = Math.max(0, tags.length - MOST) + Math.max(0, leaves.length - MOST);
  return (
    <Popover position="bottom-end" width={400} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={14} />}>
          {t("table.columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="94vw" aria-label={t("table.columns")}>
        <TextInput data-autofocus value={search} onChange={(event) => setSearch(event.currentTarget.value)} placeholder={t("table.searchColumns")} aria-label={t("table.searchColumns")} leftSection={<IconSearch size={14} />} mb="xs" />
        <div className={classes.picker}>
            {tags.length > 0 && (
              <Section title={t("table.metrics")}>
                {tags.slice(0, MOST).map((tag) => (
                  <Group key={tag} justify="space-between" wrap="nowrap" gap="xs">
                    <Text fz="sm" truncate miw={0} title={tag}>
                      {tag}
                    </Text>
                    <Group gap={4} wrap="nowrap" role="group" aria-label={tag}>
                      {[...STATS.map((stat) => [stat, metricId(tag, stat)] as const), ["spark", sparkId(tag)] as const].map(([stat, id]) => (
                        <Chip key={stat} size="xs" variant="light" checked={shown.includes(id)} onChange={() => flip(id)} styles={{ label: { paddingInline: 6 }, iconWrapper: { display: "none" } }}>
                          {t(`table.stat.${stat}`)}
                        </Chip>
                      ))}
                    </Group>
                  </Group>
                ))}
              </Section>
            )}
            {leaves.length > 0 && (
              <Section title={t("table.config")}>
                {leaves.slice(0, MOST).map(({ id, label }) => (
                  <Checkbox key={id} size="xs" label={label} checked={shown.includes(id)} onChange={() => flip(id)} />
                ))}
              </Section>
            )}
            {fields.length > 0 && (
              <Section title={t("table.fields")}>
                {fields.map((field) => (
                  <Checkbox key={field} size="xs" label={t(`table.column.${field}`)} checked={shown.includes(field)} onChange={() => flip(field)} />
                ))}
              </Section>
            )}
            {!fields.length && !tags.length && !leaves.length && (
              <Text fz="sm" c="dimmed">
                {t("table.noColumn")}
              </Text>
            )}
            {rest > 0 && (
              <Text fz="xs" c="dimmed">
                {t("table.moreColumns", { count: rest })}
              </Text>
            )}
        </div>
        {custom && (
          <Button variant="subtle" size="compact-xs" mt="xs" onClick={() => onView({ columns: null, widths: {} })}>
            {t("table.usualColumns")}
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Stack gap={6} role="group" aria-label={title}>
      <Text fz="xs" fw={600} c="dimmed">
        {title}
      </Text>
      {children}
    </Stack>
  );
}
