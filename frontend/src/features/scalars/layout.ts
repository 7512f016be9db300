// How a project's charts are arranged when the address does not say. Kept in this browser: the server has no place for it yet.

import { useCallback } from "react";

import { searchOf, viewOf, type ChartSearch, type ChartView } from "./view";

const PREFIX = "pavi.layout.";
const KEPT = ["pin", "order", "own", "logy", "logx", "inliers", "smooth", "x", "xm", "band", "members"] as const;

/** What of a view is a project's, rather than of a moment. */
export function layoutOf(view: ChartView): ChartSearch {
  const search = searchOf(view);
  return Object.fromEntries(KEPT.flatMap((name) => (search[name] === undefined ? [] : [[name, search[name]]])));
}

export function storedLayout(project: string, read: (search: Record<string, unknown>) => ChartSearch): ChartSearch | null {
  try {
    const text = localStorage.getItem(PREFIX + project);
    return text ? read(JSON.parse(text) as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function useLayout(project: string, view: ChartView) {
  const save = useCallback(() => localStorage.setItem(PREFIX + project, JSON.stringify(layoutOf(view))), [project, view]);
  const forget = useCallback(() => localStorage.removeItem(PREFIX + project), [project]);
  return { save, forget };
}

/** Whether an address says nothing of what a layout keeps. */
export function isBare(view: ChartView): boolean {
  return Object.keys(layoutOf(view)).length === 0;
}

export function viewOfLayout(layout: ChartSearch): Partial<ChartView> {
  const whole = viewOf(layout);
  const { from, to, tags, hidden, only, front, ...kept } = whole;
  void [from, to, tags, hidden, only, front];
  return kept;
}
