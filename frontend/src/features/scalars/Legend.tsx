// Which curve is which training: a list that stays usable with hundreds. Shows the values under the pointer, wherever it is.

import { ActionIcon, Group, Select, Text, TextInput } from "@mantine/core";
import { IconArrowBarToUp, IconTarget } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { number } from "@/charts/format";
import { pointer } from "@/charts/pointer";
import type { HoveredRow } from "@/charts/types";

import type { ChartActions } from "./actions";
import type { Drawn } from "./drawing";
import type { DrawnGroup } from "./groups";
import classes from "./Legend.module.css";
import { isShown, type ChartView } from "./view";

const ROW = 26;
const VALUES_EVERY_MS = 150;

export interface LegendEntry {
  /** That of its curves. */
  key: string;
  name: string;
  color: string;
  numbers: number[];
}

export function entriesOf(trainings: readonly Drawn[], groups?: readonly DrawnGroup[]): LegendEntry[] {
  if (!groups) return trainings.map(({ id, name, color, number: own }) => ({ key: id, name, color, numbers: [own] }));
  const numbers = new Map(trainings.map((one) => [one.id, one.number]));
  return groups.map(({ key, name, color, members }) => ({ key, name, color, numbers: members.flatMap((id) => numbers.get(id) ?? []) }));
}

type Order = "number" | "name" | "value";

interface Props {
  entries: readonly LegendEntry[];
  view: Pick<ChartView, "hidden" | "only" | "front">;
  actions: ChartActions;
  height?: number | string;
}

export function Legend({ entries, view, actions, height = 420 }: Props) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState("");
  const [order, setOrder] = useState<Order>("number");
  const values = usePointedValues();
  const shown = useMemo(() => sorted(entries, search, order, values), [entries, search, order, values]);
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => list.current, estimateSize: () => ROW, overscan: 8 });
  const some = view.hidden.length > 0 || view.only.length > 0;

  return (
    <section aria-label={t("chart.legend")} className={classes.legend}>
      <Group gap={6} mb={4} wrap="nowrap">
        <TextInput flex={1} miw={0} value={search} onChange={(event) => setSearch(event.currentTarget.value)} placeholder={t("chart.legendSearch")} aria-label={t("chart.legendSearch")} />
        <Select
          w={112}
          allowDeselect={false}
          aria-label={t("chart.legendOrder")}
          value={order}
          onChange={(value) => setOrder((value as Order | null) ?? "number")}
          data={(["number", "name", "value"] as const).map((value) => ({ value, label: t(`chart.orderBy.${value}`) }))}
        />
      </Group>
      <div ref={list} className={classes.list} style={{ maxHeight: height }} onMouseLeave={() => pointer.emphasise(null)}>
        <ul className={classes.rows} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const entry = shown[item.index]!;
            const { numbers } = entry;
            return (
              <Entry
                key={entry.key}
                entry={entry}
                on={numbers.some((one) => isShown(view, one))}
                front={numbers.length > 0 && numbers.every((one) => view.front.includes(one))}
                actions={actions}
                value={values.get(entry.key)}
                top={item.start}
                alone={entries.length === 1}
              />
            );
          })}
        </ul>
      </div>
      <Group gap="xs" mt={4} justify="space-between">
        <Text fz="xs" c="dimmed" className="tabular">
          {shown.length === entries.length ? t("chart.legendCount", { count: entries.length }) : t("chart.legendFound", { found: shown.length, count: entries.length })}
        </Text>
        {some && (
          <button type="button" className={classes.link} onClick={actions.showAll}>
            {t("chart.showAll")}
          </button>
        )}
      </Group>
    </section>
  );
}

interface EntryProps {
  entry: LegendEntry;
  on: boolean;
  front: boolean;
  actions: ChartActions;
  value: number | undefined;
  top: number;
  alone: boolean;
}

const Entry = memo(function Entry({ entry, on, front, actions, value, top, alone }: EntryProps) {
  const { t } = useTranslation();
  const name = entry.numbers.length === 1 ? `#${entry.numbers[0]} ${entry.name}` : `${entry.name} (${entry.numbers.length})`;
  return (
    <li className={classes.row} style={{ transform: `translateY(${top}px)` }} data-off={!on || undefined} onMouseEnter={() => on && pointer.emphasise(entry.key)}>
      <button
        type="button"
        className={classes.name}
        aria-pressed={on}
        title={name}
        disabled={alone}
        onClick={(event) => (event.altKey || event.ctrlKey || event.metaKey ? actions.isolate(entry.numbers) : actions.toggle(entry.numbers))}
        onFocus={() => on && pointer.emphasise(entry.key)}
        onBlur={() => pointer.emphasise(null)}
      >
        <span className={classes.swatch} style={{ background: on ? entry.color : "transparent", borderColor: entry.color }} />
        <span className={classes.text}>{name}</span>
        <span className={classes.value} title={value === undefined ? undefined : String(value)}>
          {value === undefined ? "" : number(value)}
        </span>
      </button>
      <span className={classes.tools} data-kept={front || undefined}>
        <ActionIcon variant="subtle" color="gray" size="xs" aria-pressed={front} aria-label={`${t(front ? "chart.notFront" : "chart.front")}: ${name}`} title={t(front ? "chart.notFront" : "chart.front")} onClick={() => actions.front(entry.numbers)}>
          <IconArrowBarToUp size={12} />
        </ActionIcon>
        {!alone && (
          <ActionIcon variant="subtle" color="gray" size="xs" aria-label={`${t("chart.isolate")}: ${name}`} title={t("chart.isolate")} onClick={() => actions.isolate(entry.numbers)}>
            <IconTarget size={12} />
          </ActionIcon>
        )}
      </span>
    </li>
  );
});

/** Values at the pointer by curve, a few times a second; those of the last chart pointed at stay. */
function usePointedValues(): ReadonlyMap<string, number> {
  const [values, setValues] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let rows: readonly HoveredRow[] = [];
    const read = () => {
      timer = undefined;
      setValues(new Map(rows.map(({ curve, value }) => [curve.key, value])));
    };
    const stop = pointer.observe(() => {
      if (!pointer.current) return;
      rows = pointer.current.hovered.rows; // the pointer may be gone when it is time to show them
      timer ??= setTimeout(read, VALUES_EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);
  return values;
}

const collator = new Intl.Collator("en", { numeric: true });

function sorted(entries: readonly LegendEntry[], search: string, order: Order, values: ReadonlyMap<string, number>): LegendEntry[] {
  const wanted = search.trim().toLowerCase();
  const found = entries.filter((entry) => !wanted || entry.name.toLowerCase().includes(wanted) || entry.numbers.some((one) => `#${one}`.includes(wanted)));
  const value = (entry: LegendEntry) => values.get(entry.key) ?? -Infinity;
  if (order === "name") return found.sort((a, b) => collator.compare(a.name, b.name));
  if (order === "value") return found.sort((a, b) => (value(a) === value(b) ? 0 : value(b) - value(a)));
  return found.sort((a, b) => (a.numbers[0] ?? 0) - (b.numbers[0] ?? 0));
}
