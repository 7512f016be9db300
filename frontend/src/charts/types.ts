// What a chart is given. Columns are as long as `x`; NaN stands where a curve has nothing.

export type Axis = "step" | "relative" | "time";
export type Column = ArrayLike<number | null>;

/** One curve of an answer of the query route, and how it is drawn. */
export interface Curve {
  key: string;
  name: string;
  color: string;
  min: Column;
  max: Column;
  mean: Column;
  last: Column;
  smoothed?: Column;
  /** (x, "NaN" | "Infinity" | "-Infinity"), the first of them. */
  nonfinite: readonly (readonly [number, number | string])[];
  /** Points in range, and of the whole curve. */
  points: number;
  total: number;
}

/** What is drawn. In buckets, `x` is where each begins and `width` how wide they are. */
export interface Drawing {
  axis: Axis;
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

/** The curve nearest the pointer and the values of all at one x. */
export interface Hovered {
  x: number;
  to: number | null;
  axis: Axis;
  rows: readonly { curve: Curve; value: number; min: number; max: number; distance: number }[];
  nearest: Curve | null;
  clientX: number;
  clientY: number;
}
