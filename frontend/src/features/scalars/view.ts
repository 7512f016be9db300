// How charts are looked at: one axis, one zoom, one smoothing for all. The address holds it, so that a link shows it.

import type { Axis, Look } from "@/charts/types";

export interface ChartView {
  axis: Axis;
  smoothing: number;
  logX: boolean;
  logY: boolean;
  ignoreOutliers: boolean;
  /** The shown part of x; null is all. */
  from: number | null;
  to: number | null;
  /** A word or a regular expression over tags. */
  tags: string;
  /** Tags that stand first. */
  pinned: string[];
  /** Numbers of trainings that are not drawn. */
  hidden: number[];
}

export const USUAL: ChartView = {
  axis: "step",
  smoothing: 0,
  logX: false,
  logY: false,
  ignoreOutliers: false,
  from: null,
  to: null,
  tags: "",
  pinned: [],
  hidden: [],
};

/** Search parameters as the address has them; what is usual is left out. */
export type ChartSearch = Partial<{
  x: Axis;
  smooth: number;
  logx: boolean;
  logy: boolean;
  inliers: boolean;
  from: number;
  to: number;
  tags: string;
  pin: string[];
  hide: number[];
}>;

export function readSearch(search: Record<string, unknown>): ChartSearch {
  const found: ChartSearch = {};
  if (search.x === "relative" || search.x === "time") found.x = search.x;
  const smooth = finite(search.smooth);
  if (smooth !== null && smooth > 0) found.smooth = Math.min(0.999, smooth);
  if (search.logx === true) found.logx = true;
  if (search.logy === true) found.logy = true;
  if (search.inliers === true) found.inliers = true;
  const [from, to] = [finite(search.from), finite(search.to)];
  if (from !== null && to !== null && from < to) Object.assign(found, { from, to });
  if (typeof search.tags === "string" && search.tags) found.tags = search.tags;
  if (Array.isArray(search.pin)) found.pin = search.pin.filter((one): one is string => typeof one === "string");
  if (Array.isArray(search.hide)) found.hide = search.hide.filter((one): one is number => typeof one === "number");
  return found;
}

export function viewOf(search: ChartSearch): ChartView {
  return {
    axis: search.x ?? "step",
    smoothing: search.smooth ?? 0,
    logX: search.logx ?? false,
    logY: search.logy ?? false,
    ignoreOutliers: search.inliers ?? false,
    from: search.from ?? null,
    to: search.to ?? null,
    tags: search.tags ?? "",
    pinned: search.pin ?? [],
    hidden: search.hide ?? [],
  };
}

export function searchOf(view: ChartView): ChartSearch {
  return {
    x: view.axis === "step" ? undefined : view.axis,
    smooth: view.smoothing || undefined,
    logx: view.logX || undefined,
    logy: view.logY || undefined,
    inliers: view.ignoreOutliers || undefined,
    from: view.from ?? undefined,
    to: view.to ?? undefined,
    tags: view.tags || undefined,
    pin: view.pinned.length ? view.pinned : undefined,
    hide: view.hidden.length ? view.hidden : undefined,
  };
}

export function lookOf(view: ChartView): Look {
  return { logX: view.logX, logY: view.logY, ignoreOutliers: view.ignoreOutliers, from: view.from, to: view.to };
}

/** A word finds tags that hold it; what can be read as a regular expression is one. */
export function tagMatcher(text: string): (tag: string) => boolean {
  const wanted = text.trim();
  if (!wanted) return () => true;
  try {
    const pattern = new RegExp(wanted, "i");
    return (tag) => pattern.test(tag);
  } catch {
    return (tag) => tag.toLowerCase().includes(wanted.toLowerCase());
  }
}

function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
