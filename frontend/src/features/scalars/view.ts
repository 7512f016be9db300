// How charts are looked at: one axis, one zoom, one smoothing for all. The address holds it, so that a link shows it.

import type { Look } from "@/charts/types";

import type { ServerAxis } from "./data";
import type { Band } from "./groups";

/** A chart that somebody wrote: an expression of tags, over the common x or one of its own. */
export interface OwnChart {
  y: string;
  x?: string;
}

export interface ChartView {
  axis: ServerAxis;
  /** An expression of tags as x of all charts, in place of `axis`; empty is none. */
  xExpression: string;
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
  /** If there are any, only these are drawn. */
  only: number[];
  /** Numbers of trainings whose curves are drawn in front of the others. */
  front: number[];
  /** Tags that were moved, in the order in which they stand at the beginning of their groups. */
  order: string[];
  own: OwnChart[];
  /** What is filled around the mean of a group, and whether its members are drawn behind it. */
  band: Band;
  members: boolean;
}

export const USUAL: ChartView = {
  axis: "step",
  xExpression: "",
  smoothing: 0,
  logX: false,
  logY: false,
  ignoreOutliers: false,
  from: null,
  to: null,
  tags: "",
  pinned: [],
  hidden: [],
  only: [],
  front: [],
  order: [],
  own: [],
  band: "range",
  members: true,
};

/** Search parameters as the address has them; what is usual is left out. */
export type ChartSearch = Partial<{
  x: ServerAxis;
  xm: string;
  smooth: number;
  logx: boolean;
  logy: boolean;
  inliers: boolean;
  from: number;
  to: number;
  tags: string;
  pin: string[];
  hide: number[];
  only: number[];
  front: number[];
  order: string[];
  own: OwnChart[];
  band: Band;
  members: false;
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
  if (typeof search.xm === "string" && search.xm.trim()) found.xm = search.xm;
  const lists = { pin: texts(search.pin), hide: numbers(search.hide), only: numbers(search.only), front: numbers(search.front), order: texts(search.order), own: ownCharts(search.own) };
  for (const [name, list] of Object.entries(lists)) if (list.length) Object.assign(found, { [name]: list });
  if (search.band === "std" || search.band === "none") found.band = search.band;
  if (search.members === false) found.members = false;
  return found;
}

export function viewOf(search: ChartSearch): ChartView {
  return {
    axis: search.x ?? "step",
    xExpression: search.xm ?? "",
    smoothing: search.smooth ?? 0,
    logX: search.logx ?? false,
    logY: search.logy ?? false,
    ignoreOutliers: search.inliers ?? false,
    from: search.from ?? null,
    to: search.to ?? null,
    tags: search.tags ?? "",
    pinned: search.pin ?? [],
    hidden: search.hide ?? [],
    only: search.only ?? [],
    front: search.front ?? [],
    order: search.order ?? [],
    own: search.own ?? [],
    band: search.band ?? "range",
    members: search.members ?? true,
  };
}

export function searchOf(view: ChartView): ChartSearch {
  const some = <T>(list: T[]) => (list.length ? list : undefined);
  return {
    x: view.axis === "step" ? undefined : view.axis,
    xm: view.xExpression || undefined,
    smooth: view.smoothing || undefined,
    logx: view.logX || undefined,
    logy: view.logY || undefined,
    inliers: view.ignoreOutliers || undefined,
    from: view.from ?? undefined,
    to: view.to ?? undefined,
    tags: view.tags || undefined,
    pin: some(view.pinned),
    hide: some(view.hidden),
    only: some(view.only),
    front: some(view.front),
    order: some(view.order),
    own: some(view.own),
    band: view.band === "range" ? undefined : view.band,
    members: view.members ? undefined : false,
  };
}

/** Whether a training is drawn. */
export function isShown(view: Pick<ChartView, "hidden" | "only">, number: number): boolean {
  return view.only.length ? view.only.includes(number) : !view.hidden.includes(number);
}

export function lookOf(view: ChartView): Look {
  return { logX: view.logX, logY: view.logY, ignoreOutliers: view.ignoreOutliers, from: view.from, to: view.to };
}

/** A word finds tags that hold it; what can be read as a regular expression is one. */
export function tagMatcher(text: string): (tag: string) => boolean {
  const wanted = text.trim();
  if (!wanted) return () => true;
  const pattern = regularExpression(wanted);
  if (pattern) return (tag) => pattern.test(tag);
  return (tag) => tag.toLowerCase().includes(wanted.toLowerCase());
}

/** Null where the text is none. */
export function regularExpression(text: string): RegExp | null {
  try {
    return new RegExp(text.trim(), "i");
  } catch {
    return null;
  }
}

function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? [...new Set(value.filter((one): one is string => typeof one === "string"))] : [];
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? [...new Set(value.filter((one): one is number => Number.isInteger(one)))] : [];
}

function ownCharts(value: unknown): OwnChart[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: { y?: unknown; x?: unknown } | null) => {
    if (typeof one?.y !== "string" || !one.y.trim()) return [];
    return [typeof one.x === "string" && one.x.trim() ? { y: one.y, x: one.x } : { y: one.y }];
  });
}
