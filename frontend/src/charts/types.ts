// What a chart is given. Columns are as long as `x`; NaN stands where a curve has nothing.

/** `value`: x is a metric or an expression, named by the drawing's `xLabel`. */
export type Axis = "step" | "relative" | "time" | "value";
export type Column = ArrayLike<number | null>;

/** One curve of an answer of the query route, or what was made of several, and how it is drawn. */
export interface Curve {
  /** The same in every chart: pointing at it in one emphasises it in all. */
  key: string;
  name: string;
  color: string;
  min: Column;
  max: Column;
  mean: Column;
  last: Column;
  smoothed?: Column;
  /** Thin lines behind it: the raw values of a smoothed curve, the members of a group. */
  ghosts?: readonly Column[];
  /** Drawn over the others, and thicker. */
  front?: boolean;
  dashed?: boolean;
  /** What lies between min and max is filled, not only in buckets. */
  band?: boolean;
  /** (x, "NaN" | "Infinity" | "-Infinity"), the first of them. */
  nonfinite: readonly (readonly [number, number | string])[];
  /** Points in range, and of the whole curve. */
  points: number;
  total: number;
}

/** What is drawn. In buckets, `x` is where each begins and `width` how wide they are. */
export interface Drawing {
  axis: Axis;
  /** What x is, where it is not told by the axis. */
  xLabel?: string;
  mode: "points" | "buckets";
  x: ArrayLike<number>;
  width: number | null;
  curves: readonly Curve[];
}

export interface Look {
  logX: boolean;
  logY: boolean;
  /** Extremes beyond the 1st and 99th percentile do not decide the shown part of y. */
  ignoreOutliers: boolean;
  /** The shown part of x: what was asked for, so that all charts agree; null is all. */
  from: number | null;
  to: number | null;
}

export interface HoveredRow {
  curve: Curve;
  value: number;
  min: number;
  max: number;
  /** From the pointer, in CSS pixels. */
  distance: number;
}

/** The curve nearest the pointer and the values of all at one x. */
export interface Hovered {
  x: number;
  to: number | null;
  axis: Axis;
  xLabel?: string;
  rows: readonly HoveredRow[];
  nearest: Curve | null;
  clientX: number;
  clientY: number;
}

/** What a curve's line follows: its average where it is smoothed, else its mean in buckets, else its points. */
export function lineOf(curve: Curve, mode: Drawing["mode"]): Column {
  return curve.smoothed ?? (mode === "buckets" || curve.band ? curve.mean : curve.last);
}
