// The table of trainings: ten thousand rows of which the seen ones exist, fetched page by page while one scrolls.

import { Button, Text } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { useInfiniteQuery, useQuery, replaceEqualDeep } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/error";
import { Failure } from "@/ui/Failure";

import { useBulk } from "./actions";
import { BulkBar } from "./BulkBar";
import { columnOf, metricId, sparkId, widthOf } from "./columns";
import { keysQuery, tableKey, tableQuery, tellingTags, type Training } from "./data";
import { BLOCK, linesOf } from "./groups";
import { Head, widthVariable } from "./Head";
import { useTableKeys } from "./keyboard";
import { useLiveRows } from "./live";
import { GroupRow, PendingRow, rowId, TrainingRow, type RowActs } from "./Rows";
import { useSelection } from "./selection";
import { TableBar } from "./TableBar";
import classes from "./Table.module.css";
import { Nothing } from "./Nothing";
import { titleOf } from "./titles";
import { columnsOf, requestOf, type TableView } from "./view";

interface Props {
  view: TableView;
  onView(change: Partial<TableView>): void;
  user: string;
  /** What stands there while there is no training at all. */
  firstSteps: ReactNode;
}

const ROW_PX = 32;
const PICK_PX = 36;
const PENDING = 12;
const TICK_MS = 10_000;

export function TrainingsTable({ view, onView, user, firstSteps }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const inside = useRef(false);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [firstIds, setFirstIds] = useState<string[]>([]);
  const [tick, setTick] = useState(0);
  useInterval(() => setTick((now) => now + 1), TICK_MS, { autoInvoke: true });

  const { data: keys } = useQuery(keysQuery(requestOf(view, []), firstIds));
  const columns = useMemo(() => {
    const telling = tellingTags(keys?.tags ?? []);
    return columnsOf(view, [...telling.map((tag) => metricId(tag, "last")), ...telling.slice(-1).map(sparkId)]);
  }, [view, keys]);
  const text = JSON.stringify(requestOf(view, columns));
  const request = useMemo(() => JSON.parse(text) as ReturnType<typeof requestOf>, [text]);
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(tableQuery(request));
  const rows = useMemo(() => unique(data?.pages.flatMap((page) => page.items) ?? []), [data]);
  const ids = useStable(rows.slice(0, 20).map((row) => row.id));
  useEffect(() => setFirstIds(ids), [ids]);

  const by = view.group ? columnOf(view.group) : null;
  const blocks = useStable(blocksOf(rows));
  const lines = useMemo(() => linesOf(rows, by, closed, blocks), [rows, by, closed, blocks]);
  const shown = useMemo(() => lines.flatMap((line) => (line.kind === "row" ? [line.row] : [])), [lines]);
  const selection = useSelection(shown);
  const { chosen, cursor, setCursor, toggle, reach, clear, choose } = selection;

  const pending = isPending ? 24 : hasNextPage ? PENDING : 0;
  const virtual = useVirtualizer({
    count: lines.length + pending,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    scrollPaddingStart: ROW_PX,
    getItemKey: (index) => lines[index]?.key ?? `pending ${index}`,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= lines.length - 30 && hasNextPage && !isFetchingNextPage && !isPlaceholderData && !error) void fetchNextPage();
  }, [last, lines.length, hasNextPage, isFetchingNextPage, isPlaceholderData, error, fetchNextPage]);

  const seen = useStable(items.flatMap((item) => (lines[item.index]?.kind === "row" ? [(lines[item.index] as { row: Training }).row] : [])));
  const held = useCallback(() => inside.current || (scroller.current?.scrollTop ?? 0) > 0, []);
  const { news, apply, look } = useLiveRows(request, seen, held);
  const bulk = useBulk(tableKey(request), look);
  const chosenRows = useMemo(() => [...chosen.values()], [chosen]);

  // Another question begins at its top, with nothing chosen that is not there.
  const question = `${view.project}\n${view.where}\n${view.sort}\n${view.shelf}`;
  const asked = useRef(question);
  useEffect(() => {
    if (asked.current === question) return;
    asked.current = question;
    scroller.current?.scrollTo({ top: 0 });
    clear();
  }, [question, clear]);

  const show = useCallback((row: Training) => virtual.scrollToIndex(lines.findIndex((line) => line.key === row.id)), [virtual, lines]);
  const open = useCallback((row: Training) => void navigate({ to: "/trainings/$ref", params: { ref: String(row.number) } }), [navigate]);
  const onKeyDown = useTableKeys({
    rows: shown,
    selection,
    page: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2),
    show,
    open,
    grid: scroller,
    filter,
  });
  const where = useRef(view.where);
  where.current = view.where;
  const acts = useMemo<RowActs>(
    () => ({
      onToggle: toggle,
      onReach: reach,
      onCursor: setCursor,
      onTag: (tag) => onView({ where: joined(where.current, `${JSON.stringify(tag)} in tags`) }),
    }),
    [toggle, reach, setCursor, onView],
  );
  const fold = useCallback((label: string) => setClosed((before) => new Set(before.has(label) ? [...before].filter((one) => one !== label) : [...before, label])), []);

  const style = useMemo(() => {
    const all = [{ id: "name", px: view.widths.name ?? widthOf(columnOf("name")!) }, ...columns.map((one) => ({ id: one.id, px: view.widths[one.id] ?? widthOf(one) }))];
    const names = all.map(({ id }) => `var(${widthVariable(id)})`);
    return {
      ...Object.fromEntries(all.map(({ id, px }) => [widthVariable(id), `${px}px`])),
      "--columns": `${PICK_PX}px ${names.join(" ")} minmax(0, 1fr)`,
      "--width": `calc(${PICK_PX}px + ${names.join(" + ")})`,
    } as React.CSSProperties;
  }, [columns, view.widths]);

  const badFilter = error instanceof ApiError && error.code === "trainings.bad_filter";
  const nothing = !isPending && !isPlaceholderData && !error && rows.length === 0;
  if (nothing && !view.where && view.shelf === "active" && !view.project) return firstSteps;
  return (
    <div className={classes.frame}>
      {chosen.size ? <BulkBarPlace><BulkBar rows={chosenRows} shelf={view.shelf} bulk={bulk} onClear={clear} /></BulkBarPlace> : null}
      <TableBar view={view} onView={onView} columns={columns} keys={keys} error={error} user={user} filterRef={filter} />
      {error && !badFilter && <Failure error={error} onRetry={() => void refetch()} />}
      {nothing ? (
        <Nothing view={view} onView={onView} firstSteps={firstSteps} />
      ) : (
        <div
          ref={scroller}
          className={classes.scroller}
          role="grid"
          tabIndex={0}
          aria-label={t("nav.trainings")}
          aria-rowcount={hasNextPage ? -1 : lines.length + 1}
          aria-colcount={columns.length + 2}
          aria-multiselectable
          aria-busy={isPending || isPlaceholderData}
          aria-activedescendant={cursor && items.some((item) => lines[item.index]?.key === cursor) ? rowId(cursor) : undefined}
          style={style}
          onKeyDown={onKeyDown}
          onPointerEnter={() => (inside.current = true)}
          onPointerLeave={() => (inside.current = false)}
        >
          <Head
            columns={columns}
            view={view}
            onView={onView}
            allChosen={shown.length > 0 && shown.every((row) => chosen.has(row.id))}
            someChosen={chosen.size > 0}
            onChooseAll={() => (shown.every((row) => chosen.has(row.id)) ? clear() : choose(shown))}
          />
          <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const line = lines[item.index];
              const place = { index: item.index, top: item.start, columns };
              if (!line) return <PendingRow key={item.key} {...place} />;
              if (line.kind === "group") return <GroupRow key={item.key} line={line} by={titleOf(by!, t).title} onFold={fold} {...place} />;
              return <TrainingRow key={item.key} row={line.row} block={line.block} chosen={chosen.has(line.key)} cursor={cursor === line.key} acts={acts} tick={tick} {...place} />;
            })}
          </div>
        </div>
      )}
      {!nothing && (
        <div className={classes.foot}>
          <Text span fz="xs" role="status">
            {t(hasNextPage ? "table.loadedSoFar" : "table.loaded", { count: rows.length })}
          </Text>
          {news && (
            <Button
              size="compact-xs"
              radius="xl"
              className={classes.news}
              onClick={() => {
                apply();
                scroller.current?.scrollTo({ top: 0 });
              }}
            >
              {news.added ? t("table.news", { count: news.added }) : t("table.newOrder")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function BulkBarPlace({ children }: { children: ReactNode }) {
  return <div className={classes.bulk}>{children}</div>;
}

/** A page that was cut while a training arrived may bring a row twice: the first place counts. */
function unique(rows: readonly Training[]): Training[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function blocksOf(rows: readonly Training[]): string[][] {
  const blocks: string[][] = [];
  for (let at = 0; at < rows.length; at += BLOCK) blocks.push(rows.slice(at, at + BLOCK).map((row) => row.id));
  return blocks;
}

/** The same object for as long as what it holds is the same. */
function useStable<T>(value: T): T {
  const kept = useRef(value);
  kept.current = replaceEqualDeep(kept.current, value) as T;
  return kept.current;
}

function joined(where: string, condition: string): string {
  if (where.includes(condition)) return where;
  if (!where.trim()) return condition;
  return /\bor\b/i.test(where) ? `(${where}) and ${condition}` : `${where} and ${condition}`;
}
