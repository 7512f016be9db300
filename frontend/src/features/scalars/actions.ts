// What a reader does to charts, as changes of the view. The way back from zooms is remembered here.

import { useEffect, useMemo, useRef } from "react";

import { moved, PINNED, type PanelGroup } from "./rows";
import type { ChartView, OwnChart } from "./view";

export interface ChartActions {
  zoom(from: number | null, to: number | null): void;
  /** To what was shown before the last zoom. */
  back(): void;
  pin(tag: string): void;
  /** Puts one tag in the place of another of its group. */
  move(group: PanelGroup, from: string, to: string): void;
  /** Trainings are meant by their numbers; several are one group. */
  toggle(numbers: readonly number[]): void;
  isolate(numbers: readonly number[]): void;
  showAll(): void;
  front(numbers: readonly number[]): void;
  setOwn(at: number, chart: OwnChart | null): void;
}

type Range = Pick<ChartView, "from" | "to">;

export function useChartActions(view: ChartView, onView: (change: Partial<ChartView>) => void): ChartActions {
  const latest = useRef({ view, onView });
  const before = useRef<Range[]>([]);
  useEffect(() => {
    latest.current = { view, onView };
    if (view.from === null) before.current = [];
  });
  return useMemo(() => {
    const now = () => latest.current.view;
    const change = (to: Partial<ChartView>) => latest.current.onView(to);
    return {
      zoom: (from, to) => {
        if (from !== null) before.current.push({ from: now().from, to: now().to });
        change({ from, to });
      },
      back: () => change(before.current.pop() ?? { from: null, to: null }),
      pin: (tag) => change({ pinned: toggled(now().pinned, [tag]) }),
      move: (group, from, to) => {
        const tags = moved(group, from, to);
        if (group.name === PINNED) change({ pinned: tags });
        else change({ order: [...now().order.filter((tag) => !group.panels.some((panel) => panel.tag === tag)), ...tags] });
      },
      toggle: (numbers) => {
        const { only, hidden } = now();
        if (only.length) change({ only: toggled(only, numbers) });
        else change({ hidden: toggled(hidden, numbers) });
      },
      isolate: (numbers) => {
        const alone = now().only.length === numbers.length && numbers.every((one) => now().only.includes(one));
        change(alone ? { only: [] } : { only: [...numbers], hidden: [] });
      },
      showAll: () => change({ only: [], hidden: [] }),
      front: (numbers) => change({ front: toggled(now().front, numbers) }),
      setOwn: (at, chart) => {
        const own = [...now().own];
        if (chart) own[at] = chart;
        else own.splice(at, 1);
        change({ own });
      },
    };
  }, []);
}

/** Without them where all are there; else with them. */
function toggled<T>(list: readonly T[], items: readonly T[]): T[] {
  return items.every((one) => list.includes(one)) ? list.filter((one) => !items.includes(one)) : [...new Set([...list, ...items])];
}
