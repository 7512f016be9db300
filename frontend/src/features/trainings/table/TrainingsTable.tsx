// The table of trainings: what is asked for by the view, and what is done with what came.

import { Button, Text } from "@mantine/core";
import { replaceEqualDeep, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/error";
import { Failure } from "@/ui/Failure";

import { useBulk } from "./actions";
import { BulkBar } from "./BulkBar";
import { columnOf, metricId, sparkId } from "./columns";
import { keysQuery, PAGE, sampleOf, tableKey, tableQuery, tellingTags, type Training } from "./data";
import { Grid } from "./Grid";
import { BLOCK, linesOf } from "./groups";
import { Head } from "./Head";
import { useLiveRows } from "./live";
import { Nothing } from "./Nothing";
import type { RowActs } from "./Rows";
import { useSelection } from "./selection";
import { TableBar } from "./TableBar";
import classes from "./Table.module.css";
import { columnsOf, requestOf, type TableView } from "./view";

interface Props {
  view: TableView;
  onView(change: Partial<TableView>): void;
  user: string;
  /** What stands there while there is no training at all. */
  firstSteps: ReactNode;
}

const FIRST_PENDING = 24;
const MORE_PENDING = 12;
/** The next page is asked for when so many rows are left. */
const AHEAD = 40;

export function TrainingsTable({ view, onView, user, firstSteps }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const router = useRouter();
  const scroller = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const inside = useRef(false);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [sample, setSample] = useState<{ id: string; number: number }[]>([]);
  const [seen, setSeen] = useState<{ last: number; rows: Training[] }>({ last: 0, rows: [] });

  const { data: keys } = useQuery(keysQuery(requestOf(view, []), sample));
  const columns = useMemo(() => {
    const telling = tellingTags(keys?.tags ?? []);
    return columnsOf(view, [...telling.map((tag) => metricId(tag, "last")), ...telling.slice(-1).map(sparkId)]);
  }, [view, keys]);
  const text = JSON.stringify(requestOf(view, columns));
  const request = useMemo(() => JSON.parse(text) as ReturnType<typeof requestOf>, [text]);
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(tableQuery(request));
  const rows = useMemo(() => unique(data?.pages.flatMap((page) => page.items) ?? []), [data]);
  const found = useStable(useMemo(() => sampleOf(rows.slice(0, PAGE)).map(({ id, number }) => ({ id, number })), [rows]));
  useEffect(() => setSample(found), [found]);

  const by = useMemo(() => (view.group ? columnOf(view.group) : null), [view.group]);
  const blocks = useStable(useMemo(() => blocksOf(rows), [rows]));
  const lines = useMemo(() => linesOf(rows, by, closed, blocks), [rows, by, closed, blocks]);
  const shown = useMemo(() => lines.flatMap((line) => (line.kind === "row" ? [line.row] : [])), [lines]);
  const selection = useSelection(shown);
  const { chosen, setCursor, toggle, reach, clear, choose } = selection;
  const chosenRows = useMemo(() => [...chosen.values()], [chosen]);

  const onSeen = useCallback((last: number, now: Training[]) => setSeen((before) => (before.last === last && before.rows.length === now.length && now.every((row, at) => row === before.rows[at]) ? before : { last, rows: now })), []);
  useEffect(() => {
    if (seen.last >= lines.length - AHEAD && hasNextPage && !isFetchingNextPage && !isPlaceholderData && !error) void fetchNextPage();
  }, [seen.last, lines.length, hasNextPage, isFetchingNextPage, isPlaceholderData, error, fetchNextPage]);

  const held = useCallback(() => inside.current || (scroller.current?.scrollTop ?? 0) > 0, []);
  const { news, apply, look } = useLiveRows(request, seen.rows, held);
  const bulk = useBulk(tableKey(request), look);

  // Another question begins at its top, with nothing chosen that is not there.
  const question = `${view.project}\n${view.where}\n${view.sort}\n${view.shelf}`;
  const asked = useRef(question);
  useEffect(() => {
    if (asked.current === question) return;
    asked.current = question;
    scroller.current?.scrollTo({ top: 0 });
    clear();
  }, [question, clear]);

  const onOpen = useCallback((row: Training) => void navigate({ to: "/trainings/$ref", params: { ref: String(row.number) } }), [navigate]);
  const where = useRef(view.where);
  useEffect(() => {
    where.current = view.where;
  });
  const acts = useMemo<RowActs>(
    () => ({
      onToggle: toggle,
      onReach: reach,
      onCursor: setCursor,
      onOpen,
      home: router.history.createHref(router.buildLocation({ to: "/trainings/$ref", params: { ref: "0" } }).publicHref).slice(0, -1),
      onTag: (tag) => onView({ where: joined(where.current, `${JSON.stringify(tag)} in tags`) }),
    }),
    [toggle, reach, setCursor, onView, onOpen, router],
  );
  const onFold = useCallback((label: string) => setClosed((before) => new Set(before.has(label) ? [...before].filter((one) => one !== label) : [...before, label])), []);
  const all = shown.length > 0 && chosen.size >= shown.length && shown.every((row) => chosen.has(row.id));
  const some = chosen.size > 0;
  const onChooseAll = useCallback(() => (all ? clear() : choose(shown)), [all, clear, choose, shown]);
  const head = useMemo(() => <Head columns={columns} view={view} onView={onView} allChosen={all} someChosen={some} onChooseAll={onChooseAll} />, [columns, view, onView, all, some, onChooseAll]);

  const badFilter = error instanceof ApiError && error.code === "trainings.bad_filter";
  const nothing = !isPending && !isPlaceholderData && !error && rows.length === 0;
  if (nothing && !view.where && view.shelf === "active" && !view.project) return firstSteps;
  return (
    <div className={classes.frame}>
      <TableBar view={view} onView={onView} columns={columns} keys={keys} error={error} user={user} filterRef={filter} />
      {error && !badFilter && <Failure error={error} onRetry={() => void refetch()} />}
      {nothing ? (
        <Nothing view={view} onView={onView} firstSteps={firstSteps} />
      ) : (
        <>
          <Grid
            lines={lines}
            shown={shown}
            columns={columns}
            widths={view.widths}
            by={by}
            pending={isPending ? FIRST_PENDING : hasNextPage ? MORE_PENDING : 0}
            more={hasNextPage}
            busy={isPending || isPlaceholderData}
            selection={selection}
            acts={acts}
            onFold={onFold}
            onOpen={onOpen}
            onSeen={onSeen}
            scroller={scroller}
            inside={inside}
            filter={filter}
            head={head}
          />
          <div className={classes.foot}>
            {chosen.size > 0 ? (
              <BulkBar rows={chosenRows} shelf={view.shelf} bulk={bulk} onClear={clear} />
            ) : (
              <Text span fz="xs" role="status">
                {data && t(hasNextPage ? "table.loadedSoFar" : "table.loaded", { count: rows.length })}
              </Text>
            )}
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
        </>
      )}
    </div>
  );
}

/** A page that was cut while a training arrived may bring a row twice: the first place counts. */
function unique(rows: readonly Training[]): Training[] {
  const known = new Set<string>();
  return rows.filter((row) => !known.has(row.id) && known.add(row.id));
}

function blocksOf(rows: readonly Training[]): string[][] {
  const blocks: string[][] = [];
  for (let at = 0; at < rows.length; at += BLOCK) blocks.push(rows.slice(at, at + BLOCK).map((row) => row.id));
  return blocks;
}

/** The same object for as long as what it holds is the same. */
function useStable<T>(value: T): T {
  const [kept, setKept] = useState(value);
  if (kept === value) return kept;
  const same = replaceEqualDeep(kept, value) as T;
  if (same !== kept) setKept(same);
  return same;
}

/** One more condition; what was alternatives stays together. */
export function joined(where: string, condition: string): string {
  if (where.includes(condition)) return where;
  if (!where.trim()) return condition;
  return /\bor\b/i.test(where) ? `(${where}) and ${condition}` : `${where} and ${condition}`;
}
