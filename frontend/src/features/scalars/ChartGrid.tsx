// All charts of some trainings, in groups of their tags' first part. Only the rows that are near the window exist.

import { Skeleton, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useChartActions } from "./actions";
import classes from "./ChartGrid.module.css";
import { ChartPanel, PANEL_HEIGHT, type Drawn, type PanelContext } from "./ChartPanel";
import { seriesQuery } from "./data";
import { useColumns, useKeptPlace, useOffset } from "./gridPlace";
import type { DrawnGroup } from "./groups";
import { useLiveCharts } from "./live";
import { groupsOf, isClosedAtFirst, OWN, PINNED, rowsOf, TagOrder, type PanelGroup, type Row } from "./rows";
import type { ChartView } from "./view";

const GAP = 10;
const HEADER = 32;

export interface ChartGridProps {
  trainings: readonly Drawn[];
  view: ChartView;
  onView(change: Partial<ChartView>): void;
  /** Draws one curve for each in place of their members'. */
  groups?: readonly DrawnGroup[];
  /** Which tags this grid is about; must not change with each render. */
  include?(tag: string): boolean;
}

export function ChartGrid({ trainings, view, onView, groups, include }: ChartGridProps) {
  const { t } = useTranslation();
  const ids = useMemo(() => trainings.map((one) => one.id), [trainings]);
  const { data: series, isPending, error } = useQuery(seriesQuery(ids));
  useLiveCharts(ids);
  const actions = useChartActions(view, onView);
  useHotkeys([
    ["r", () => actions.zoom(null, null)],
    ["Backspace", () => actions.back()],
  ]);

  // A place of its own for each set of trainings; kept while tags are added.
  const [order, setOrder] = useState(() => ({ ids, tags: new TagOrder() }));
  if (order.ids !== ids) setOrder({ ids, tags: new TagOrder() });
  const tags = useMemo(() => order.tags.arrange(series?.map((one) => one.tag).filter(include ?? (() => true)) ?? []), [order, series, include]);
  const { tags: filter, pinned, order: moved, own } = view;
  const found = useMemo(() => groupsOf(tags, { tags: filter, pinned, order: moved, own: include ? [] : own }), [tags, filter, pinned, moved, own, include]);

  if (error && !series) {
    return (
      <Text c="red" role="alert">
        {error.message}
      </Text>
    );
  }
  if (isPending && trainings.length) return <Placeholders />;
  if (!tags.length && !found.length) return <Text c="dimmed">{t("chart.noneYet")}</Text>;
  if (!found.length) return <Text c="dimmed">{t("chart.noneMatch")}</Text>;
  return <Rows groups={found} filtered={filter !== ""} context={{ trainings, groups, view, actions }} />;
}

function Placeholders() {
  return (
    <div className={classes.grid} aria-busy>
      {[0, 1, 2, 3].map((at) => (
        <Skeleton key={at} h={PANEL_HEIGHT} animate={false} />
      ))}
    </div>
  );
}

function Rows({ groups, filtered, context }: { groups: readonly PanelGroup[]; filtered: boolean; context: PanelContext }) {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const isOpen = useCallback((name: string) => toggled.get(name) ?? (filtered || !isClosedAtFirst(name)), [toggled, filtered]);
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const columns = useColumns(element);
  const offset = useOffset(element);
  const rows = useMemo(() => rowsOf(groups, isOpen, columns), [groups, isOpen, columns]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (at) => (rows[at]!.kind === "header" ? HEADER : PANEL_HEIGHT + GAP),
    getItemKey: (at) => rows[at]!.key,
    scrollMargin: offset,
    overscan: 1,
  });
  useKeptPlace(rows, virtual);
  return (
    <div ref={setElement} style={{ position: "relative", height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => (
        <div key={item.key} className={classes.row} style={{ transform: `translateY(${item.start - offset}px)` }}>
          <RowContent row={rows[item.index]!} open={isOpen(rows[item.index]!.group.name)} onToggle={(name, open) => setToggled(new Map(toggled).set(name, open))} columns={columns} context={context} />
        </div>
      ))}
    </div>
  );
}

interface RowProps {
  row: Row;
  open: boolean;
  onToggle(name: string, open: boolean): void;
  columns: number;
  context: PanelContext;
}

function RowContent({ row, open, onToggle, columns, context }: RowProps) {
  const { t } = useTranslation();
  const { name, panels } = row.group;
  if (row.kind === "header") {
    const title = { [PINNED]: t("chart.pinned"), [OWN]: t("chart.own"), "": t("chart.other") }[name] ?? name;
    return (
      <h2 className={classes.heading}>
        <button type="button" aria-expanded={open} onClick={() => onToggle(name, !open)}>
          <span aria-hidden className={classes.chevron} data-open={open || undefined} />
          {title} <span className={classes.count}>{panels.length.toLocaleString("en")}</span>
        </button>
      </h2>
    );
  }
  return (
    <div className={classes.columns} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {row.panels.map((panel) => (
        <ChartPanel key={panel.key} panel={panel} group={row.group} {...context} />
      ))}
    </div>
  );
}
