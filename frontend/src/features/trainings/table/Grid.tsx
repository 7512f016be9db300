// The scrolled part of the table: of all lines only those on the screen exist. Scrolling draws this again, and no more.

import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import { columnOf, widthOf, type Column } from "./columns";
import type { Training } from "./data";
import type { Line } from "./groups";
import { widthVariable } from "./Head";
import { useTableKeys } from "./keyboard";
import { GroupRow, PendingRow, rowId, TrainingRow, type RowActs } from "./Rows";
import type { Selection } from "./selection";
import classes from "./Table.module.css";
import { titleOf } from "./titles";

interface Props {
  lines: readonly Line[];
  /** The trainings among the lines. */
  shown: readonly Training[];
  columns: readonly Column[];
  widths: Record<string, number>;
  by: Column | null;
  /** How many rows are drawn as still on their way, below what is there. */
  pending: number;
  more: boolean;
  busy: boolean;
  selection: Selection;
  acts: RowActs;
  onFold(label: string): void;
  onOpen(row: Training): void;
  /** The last line on the screen, and the trainings there. */
  onSeen(last: number, rows: Training[]): void;
  scroller: RefObject<HTMLDivElement | null>;
  inside: RefObject<boolean>;
  filter: RefObject<HTMLInputElement | null>;
  head: ReactNode;
}

export const ROW_PX = 32;
const PICK_PX = 36;
const TICK_MS = 10_000;
const SETTLED_MS = 150;

export const Grid = memo(function Grid(props: Props) {
  const { lines, shown, columns, widths, by, pending, more, busy, selection, acts, onFold, onOpen, onSeen, scroller, inside, filter, head } = props;
  const { t } = useTranslation();
  const { chosen, cursor } = selection;
  const tick = useTick();
  const virtual = useVirtualizer({
    count: lines.length + pending,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollPaddingStart: ROW_PX,
    getItemKey: useCallback((index: number) => lines[index]?.key ?? `pending ${index}`, [lines]),
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => {
    // What flies past is not asked for.
    const timer = setTimeout(() => onSeen(last, lines.slice(first, last + 1).flatMap((line) => (line.kind === "row" ? [line.row] : []))), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [first, last, lines, onSeen]);

  const at = useRef(lines);
  useEffect(() => {
    at.current = lines;
  });
  const show = useCallback((row: Training) => virtual.scrollToIndex(at.current.findIndex((line) => line.key === row.id)), [virtual]);
  const page = useCallback(() => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2), [scroller]);
  const onKeyDown = useTableKeys({ rows: shown, selection, page, show, open: onOpen, grid: scroller, filter });
  const style = useMemo(() => gridStyle(columns, widths), [columns, widths]);
  const heading = by && titleOf(by, t).title;
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      tabIndex={0}
      aria-label={t("nav.trainings")}
      aria-rowcount={more ? -1 : lines.length + 1}
      aria-colcount={columns.length + 2}
      aria-multiselectable
      aria-busy={busy}
      aria-activedescendant={cursor && items.some((item) => lines[item.index]?.key === cursor) ? rowId(cursor) : undefined}
      style={style}
      onKeyDown={onKeyDown as (event: KeyboardEvent<HTMLDivElement>) => void}
      onPointerEnter={() => (inside.current = true)}
      onPointerLeave={() => (inside.current = false)}
    >
      {head}
      <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const line = lines[item.index];
          const place = { index: item.index, top: item.start, columns };
          if (!line) return <PendingRow key={item.key} {...place} />;
          if (line.kind === "group") return <GroupRow key={item.key} line={line} by={heading ?? ""} onFold={onFold} {...place} />;
          return <TrainingRow key={item.key} row={line.row} block={line.block} chosen={chosen.has(line.key)} cursor={cursor === line.key} acts={acts} tick={tick} {...place} />;
        })}
      </div>
    </div>
  );
});

/** Widths as styles of the whole grid: a pulled edge changes one of them and no row is drawn again. */
function gridStyle(columns: readonly Column[], widths: Record<string, number>): React.CSSProperties {
  const all = [columnOf("name")!, ...columns].map((one) => ({ id: one.id, px: widths[one.id] ?? widthOf(one) }));
  // On a phone the name leaves room for what else there is.
  const names = all.map(({ id }) => (id === "name" ? `min(var(${widthVariable(id)}), 46vw)` : `var(${widthVariable(id)})`));
  return {
    ...Object.fromEntries(all.map(({ id, px }) => [widthVariable(id), `${px}px`])),
    "--columns": `${PICK_PX}px ${names.join(" ")} minmax(0, 1fr)`,
    "--width": `calc(${PICK_PX}px + ${names.join(" + ")})`,
  } as React.CSSProperties;
}

/** Counts on, so that "3 min ago" becomes 4. */
function useTick(): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((now) => now + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return tick;
}
