// Which part of x and y a chart shows.

import { lineOf, type Curve, type Drawing, type Look } from "./types";

/** The middle of each bucket, or each point's x. */
export function middles({ mode, x, width }: Pick<Drawing, "mode" | "x" | "width">): number[] {
  const half = mode === "buckets" ? (width ?? 0) / 2 : 0;
  return Array.from(x, (one) => one + half);
}

/** The shown part of x. `x` are the middles; on a logarithmic axis it begins at the first positive one. */
export function rangeOfX(drawing: Drawing, look: Look, x: readonly number[]): [number, number] {
  const first = look.from ?? drawing.x[0] ?? 0;
  const last = look.to ?? (drawing.x.length ? drawing.x[drawing.x.length - 1]! + (drawing.width ?? 0) : 1);
  if (look.logX && drawing.axis !== "time") {
    const positive = x.find((one) => one > 0) ?? 1;
    return [first > 0 ? first : positive, Math.max(last, positive * 10)];
  }
  return first === last ? [first - 0.5, last + 0.5] : [first, last];
}

/** The shown part of y holds every extreme, not only the drawn averages, unless outliers are to be ignored. */
export function rangeOfY(drawing: Drawing, look: Look, x: readonly number[]): [number, number] {
  const log = look.logY;
  const [from, to] = shown(x, look);
  const [low, high] = look.ignoreOutliers ? quantiles(drawing, log, from, to) : extremes(drawing.curves, log, from, to);
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) return roundOutwards(low, high);
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - room, high + room];
}

/** To one digit, so that a logarithmic axis begins and ends at numbers that people read. */
function roundOutwards(low: number, high: number): [number, number] {
  const digit = (value: number, round: (value: number) => number) => {
    const size = 10 ** Math.floor(Math.log10(value));
    return Number((round(Number((value / size).toPrecision(12))) * size).toPrecision(1));
  };
  const [first, last] = [digit(low, Math.floor), digit(high, Math.ceil)];
  return first < last ? [first, last] : [first / 2, last * 2];
}

/** First and one past the last index within the zoom; while a zoom is being fetched, the rest is still there. */
function shown(x: readonly number[], { from, to }: Look): [number, number] {
  let first = 0;
  let end = x.length;
  if (from !== null) while (first < end && x[first]! < from) first += 1;
  if (to !== null) while (end > first && x[end - 1]! > to) end -= 1;
  return first < end ? [first, end] : [0, x.length];
}

function extremes(curves: readonly Curve[], log: boolean, from: number, to: number): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  const take = (value: number | null | undefined) => {
    if (value === null || value === undefined || !Number.isFinite(value) || (log && value <= 0)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const { min, max, smoothed } of curves) {
    for (let at = from; at < to; at += 1) {
      take(min[at]);
      take(max[at]);
      if (smoothed) take(smoothed[at]);
    }
  }
  return [low, high];
}

function quantiles({ curves, mode }: Drawing, log: boolean, from: number, to: number): [number, number] {
  const values: number[] = [];
  for (const curve of curves) {
    const line = lineOf(curve, mode);
    for (let at = from; at < to; at += 1) {
      const value = line[at];
      if (value !== null && value !== undefined && Number.isFinite(value) && (!log || value > 0)) values.push(value);
    }
  }
  if (!values.length) return [Infinity, -Infinity];
  values.sort((a, b) => a - b);
  return [values[Math.floor(values.length * 0.01)]!, values[Math.min(values.length - 1, Math.ceil(values.length * 0.99))]!];
}
