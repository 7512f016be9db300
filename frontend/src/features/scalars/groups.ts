// Several trainings as one curve: the mean of its members on the common grid, with a band around it.

import type { Column, Curve } from "@/charts/types";

export type Band = "range" | "std" | "none";

/** Trainings that are drawn as one: of the same value of a config key, say. */
export interface DrawnGroup {
  key: string;
  name: string;
  color: string;
  /** Ids of trainings. */
  members: readonly string[];
}

/** A curve between its points, as a straight line; nothing before the first and after the last. */
export function interpolated(column: Column, x: ArrayLike<number>): Float64Array {
  const filled = new Float64Array(column.length).fill(NaN);
  let before = -1;
  for (let at = 0; at < column.length; at += 1) {
    const value = column[at];
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    filled[at] = value;
    for (let between = before + 1; before >= 0 && between < at; between += 1) {
      const share = (x[between]! - x[before]!) / (x[at]! - x[before]!);
      filled[between] = filled[before]! + (value - filled[before]!) * share;
    }
    before = at;
  }
  return filled;
}

/** Mean over members, and the band: least to greatest member, or one standard deviation (n - 1) to either side. */
export function meanAndBand(members: readonly ArrayLike<number>[], size: number, band: Band): { mean: Float64Array; low: Float64Array; high: Float64Array } {
  const mean = new Float64Array(size).fill(NaN);
  const low = new Float64Array(size).fill(NaN);
  const high = new Float64Array(size).fill(NaN);
  for (let at = 0; at < size; at += 1) {
    let [count, sum, least, most] = [0, 0, Infinity, -Infinity];
    for (const member of members) {
      const value = member[at]!;
      if (Number.isNaN(value)) continue;
      count += 1;
      sum += value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (!count) continue;
    const middle = sum / count;
    mean[at] = middle;
    if (band === "range") [low[at], high[at]] = [least, most];
    else if (band === "none" || count === 1) low[at] = high[at] = middle;
    else {
      let squares = 0;
      for (const member of members) if (!Number.isNaN(member[at]!)) squares += (member[at]! - middle) ** 2;
      const deviation = Math.sqrt(squares / (count - 1));
      [low[at], high[at]] = [middle - deviation, middle + deviation];
    }
  }
  return { mean, low, high };
}

/** Curves of groups in place of their members'. `line`: what of a member is averaged. */
export function grouped(curves: readonly Curve[], groups: readonly DrawnGroup[], x: ArrayLike<number>, band: Band, ghosts: boolean, line: (curve: Curve) => Column): Curve[] {
  return groups.flatMap((group) => {
    const wanted = new Set(group.members);
    const members = curves.filter((curve) => wanted.has(curve.key));
    if (!members.length) return [];
    const columns = members.map((curve) => interpolated(line(curve), x));
    const { mean, low, high } = meanAndBand(columns, x.length, band);
    const sum = (pick: (curve: Curve) => number) => members.reduce((total, curve) => total + pick(curve), 0);
    return [
      {
        key: group.key,
        name: members.length > 1 ? `${group.name} (${members.length})` : group.name,
        color: group.color,
        min: low,
        max: high,
        mean,
        last: mean,
        band: band !== "none",
        front: members.some((curve) => curve.front),
        ghosts: ghosts && members.length > 1 ? columns : undefined,
        nonfinite: members.flatMap((curve) => curve.nonfinite),
        points: sum((curve) => curve.points),
        total: sum((curve) => curve.total),
      },
    ];
  });
}
