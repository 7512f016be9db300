// Charts that no single tag is: expressions of tags, any metric as x. Made from one answer, whose curves share a grid.

import { middles } from "@/charts/range";
import type { Column } from "@/charts/types";

import type { Answer, AnsweredCurve } from "./data";
import { evaluate, type Interval } from "./evaluate";
import { tagsOf, type Expression } from "./expression";

/** One training's values of one y on the grid of its drawing. */
export interface Derived {
  training: string;
  /** Which of the expressions. */
  index: number;
  low: Column;
  mid: Column;
  high: Column;
  smoothed?: Column;
  points: number;
  total: number;
}

export interface DerivedAnswer {
  mode: "points" | "buckets";
  x: Float64Array;
  width: number | null;
  curves: Derived[];
}

/** Between two values of a tag, the earlier one holds: trainings log some metrics at every step and some rarely. */
function held(column: Column): Float64Array {
  const filled = new Float64Array(column.length);
  let last = NaN;
  for (let at = 0; at < column.length; at += 1) {
    const value = column[at];
    if (value !== null && value !== undefined && !Number.isNaN(value)) last = value;
    filled[at] = last;
  }
  return filled;
}

class OneTraining {
  private readonly byTag: Map<string, AnsweredCurve>;

  constructor(
    curves: readonly AnsweredCurve[],
    private readonly answer: Answer,
  ) {
    this.byTag = new Map(curves.map((curve) => [curve.tag, curve]));
  }

  /** The expression's values where at least one of its tags has one. */
  values(expression: Expression, smoothed: boolean): Interval | null {
    const size = this.answer.x.length;
    const found = evaluate(expression, size, (tag) => this.columns(tag, smoothed));
    if (!found) return null;
    const tags = tagsOf(expression);
    const there = (at: number) => !tags.length || tags.some((tag) => present(this.line(this.byTag.get(tag)!, smoothed)[at]));
    const kept = (column: Float64Array) => column.map((value, at) => (there(at) && Number.isFinite(value) ? value : NaN));
    return { low: kept(found.low), mid: kept(found.mid), high: kept(found.high) };
  }

  /** The value of x at every place of the grid, carried on from the last that is known. */
  place(expression: Expression): Float64Array | null {
    const found = evaluate(expression, this.answer.x.length, (tag) => this.columns(tag, false));
    return found && held(found.mid);
  }

  count(expression: Expression): { points: number; total: number } {
    const curves = tagsOf(expression).map((tag) => this.byTag.get(tag)!);
    return { points: Math.max(0, ...curves.map((one) => one.points)), total: Math.max(0, ...curves.map((one) => one.total)) };
  }

  private line(curve: AnsweredCurve, smoothed: boolean): Column {
    return (smoothed ? curve.smoothed : undefined) ?? (this.answer.mode === "buckets" ? curve.mean : curve.last);
  }

  private columns(tag: string, smoothed: boolean): Interval | null {
    const curve = this.byTag.get(tag);
    if (!curve) return null;
    const mid = held(this.line(curve, smoothed));
    if (smoothed || this.answer.mode === "points") return { low: mid, mid, high: mid };
    return { low: held(curve.min), mid, high: held(curve.max) };
  }
}

function present(value: number | null | undefined): boolean {
  return value !== null && value !== undefined && !Number.isNaN(value);
}

/** `cells`: how many places x may have at most when it is a metric; more are gathered in as many buckets. */
export function derive(answer: Answer, ys: readonly Expression[], x: Expression | null, cells: number): DerivedAnswer {
  const trainings = new Map<string, AnsweredCurve[]>();
  for (const curve of answer.series) {
    const known = trainings.get(curve.training);
    if (known) known.push(curve);
    else trainings.set(curve.training, [curve]);
  }
  const curves: (Derived & { places: Float64Array | null })[] = [];
  for (const [training, own] of trainings) {
    const one = new OneTraining(own, answer);
    const places = x && one.place(x);
    if (x && !places) continue;
    ys.forEach((y, index) => {
      const values = one.values(y, false);
      if (!values) return;
      const smoothed = own.some((curve) => curve.smoothed) ? one.values(y, true)?.mid : undefined;
      curves.push({ training, index, low: values.low, mid: values.mid, high: values.high, smoothed, places, ...one.count(y) });
    });
  }
  if (!x) return { mode: answer.mode, x: Float64Array.from(answer.x), width: answer.width, curves };
  return overPlaces(curves as (Derived & { places: Float64Array })[], cells);
}

/** The same values over a metric instead of the step: sorted by it, and gathered where there are too many places. */
function overPlaces(curves: readonly (Derived & { places: Float64Array })[], cells: number): DerivedAnswer {
  const distinct = new Set<number>();
  for (const { places, mid } of curves) for (let at = 0; at < mid.length; at += 1) if (present(mid[at]) && Number.isFinite(places[at])) distinct.add(places[at]!);
  const every = Float64Array.from(distinct).sort();
  const first = every[0] ?? 0;
  const last = every[every.length - 1] ?? 0;
  const buckets = every.length > cells;
  const width = buckets ? (last - first) / cells : null;
  const x = buckets ? Float64Array.from({ length: cells }, (_, at) => first + at * width!) : every;
  const index = buckets
    ? (value: number) => Math.min(cells - 1, Math.floor((value - first) / width!))
    : ((order) => (value: number) => order.get(value)!)(new Map(Array.from(every, (value, at) => [value, at])));
  return { mode: buckets ? "buckets" : "points", x, width, curves: curves.map((curve) => gathered(curve, x.length, index)) };
}

function gathered({ places, ...curve }: Derived & { places: Float64Array }, size: number, index: (value: number) => number): Derived {
  const [low, high, sum, sumSmoothed] = [0, 0, 0, 0].map(() => new Float64Array(size)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const count = new Uint32Array(size);
  low.fill(NaN);
  high.fill(NaN);
  for (let at = 0; at < places.length; at += 1) {
    const value = curve.mid[at];
    if (!present(value) || !Number.isFinite(places[at])) continue;
    const to = index(places[at]!);
    const [least, most] = [curve.low[at]!, curve.high[at]!];
    low[to] = count[to] ? Math.min(low[to]!, least) : least;
    high[to] = count[to] ? Math.max(high[to]!, most) : most;
    sum[to]! += value!;
    sumSmoothed[to]! += curve.smoothed?.[at] ?? NaN;
    count[to]! += 1;
  }
  const mean = (column: Float64Array) => column.map((value, at) => (count[at] ? value / count[at]! : NaN));
  return { ...curve, low, high, mid: mean(sum), smoothed: curve.smoothed && mean(sumSmoothed) };
}

/**
 * The steps where x, a metric, lies within a zoom: what is asked for to see it at full resolution.
 * One place more on either side, so that lines run on to the edge. Null: everywhere.
 */
export function stepsWithin(answer: Answer, x: Expression, from: number, to: number): { from: number; to: number } | null {
  const steps = middles(answer);
  const half = (answer.width ?? 0) / 2;
  let low = Infinity;
  let high = -Infinity;
  const ids = new Set(answer.series.map((curve) => curve.training));
  for (const id of ids) {
    const places = new OneTraining(answer.series.filter((curve) => curve.training === id), answer).place(x);
    places?.forEach((value, at) => {
      if (!(value >= from && value <= to)) return;
      low = Math.min(low, steps[Math.max(0, at - 1)]! - half);
      high = Math.max(high, steps[Math.min(steps.length - 1, at + 1)]! + half);
    });
  }
  return low <= high ? { from: low, to: high } : null;
}
