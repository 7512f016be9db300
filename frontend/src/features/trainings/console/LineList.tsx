// The rows of a console that are in sight. Stays at the end while it follows; goes to a line when it is told to.

import { useComputedColorScheme } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { marked, runsOf } from "./ansi";
import { cssOf } from "./colours";
import classes from "./Console.module.css";
import type { Line, Lines } from "./lines";

const ROW_PX = 18;
const NEAR_END_PX = 24;

interface Props {
  lines: Lines;
  wrap: boolean;
  search: string;
  /** A line to go to, by its number; a new object goes there again. */
  goal: { number: number } | null;
  /** The line that the address names. */
  current: number | null;
  follow: boolean;
  onFollow(follow: boolean): void;
  onPick(number: number): void;
}

export function LineList({ lines, wrap, search, goal, current, follow, onFollow, onPick }: Props) {
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const version = useSyncExternalStore(lines.observe, () => lines.version);
  const dark = useComputedColorScheme() === "dark";
  const virtual = useVirtualizer({ count: lines.count, getScrollElement: () => frame.current, estimateSize: () => ROW_PX, overscan: 24, useFlushSync: false });
  const rows = virtual.getVirtualItems();
  const [first, last] = [rows[0]?.index ?? 0, rows.at(-1)?.index ?? 0];
  useEffect(() => lines.want(first, last), [lines, first, last, version]);
  useEffect(() => virtual.measure(), [virtual, wrap]);

  const size = virtual.getTotalSize();
  const top = useRef(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!follow || !element) return;
    element.scrollTop = element.scrollHeight;
    top.current = element.scrollTop;
  }, [follow, size, wrap, version]);

  useEffect(() => {
    let stopped = false;
    if (goal)
      void lines.rowOf(goal.number).then((row) => {
        if (!stopped) virtual.scrollToIndex(row, { align: "center" });
      });
    return () => {
      stopped = true;
    };
  }, [lines, goal, virtual]);

  // Only going up stops following: content that grows moves the end away from a reader that stays.
  const scrolled = () => {
    const element = frame.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (atEnd && !follow && element.scrollTop > top.current) onFollow(true);
    if (!atEnd && follow && element.scrollTop < top.current) onFollow(false);
    top.current = element.scrollTop;
  };

  const digits = String(lines.count + 1).length;
  return (
    <div ref={frame} className={classes.frame} onScroll={scrolled} tabIndex={0} role="region" aria-label={t("training.console.title")} data-following={follow || undefined}>
      <div style={{ height: size, position: "relative" }}>
        <div className={classes.window} style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }}>
          {rows.map((item) => {
            const line = lines.at(item.index);
            return (
              <div key={item.key} ref={wrap ? virtual.measureElement : undefined} data-index={item.index} className={wrap ? classes.wrapped : classes.row}>
                {line ? <LineRow line={line} digits={digits} search={search} dark={dark} current={line.number === current} onPick={onPick} /> : " "}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  line: Line;
  digits: number;
  search: string;
  dark: boolean;
  current: boolean;
  onPick(number: number): void;
}

const LineRow = memo(function LineRow({ line, digits, search, dark, current, onPick }: RowProps) {
  const { t } = useTranslation();
  const number = line.number + 1;
  const runs = marked(runsOf(line.text), search);
  return (
    <div className={classes.line} data-stream={line.stream} data-current={current || undefined}>
      <button type="button" tabIndex={-1} className={classes.number} style={{ minWidth: `${digits + 2}ch` }} aria-label={t("training.console.linkTo", { number })} onClick={() => onPick(line.number)}>
        {number}
      </button>
      <span className={classes.text} title={line.time ? new Date(line.time * 1_000).toLocaleString() : undefined}>
        {runs.map((run, index) =>
          run.found ? (
            <mark key={index} className={classes.found}>
              {run.text}
            </mark>
          ) : (
            <span key={index} style={cssOf(run.style, dark)}>
              {run.text}
            </span>
          ),
        )}
      </span>
    </div>
  );
});
