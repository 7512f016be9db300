// What lies under the pointer: each curve's value at one x, and which curve is nearest.

import type uPlot from "uplot";

import type { Line } from "./plot";
import type { Drawing, Hovered, HoveredRow } from "./types";

const NEAR_PX = 40;
const BEYOND_END_PX = 12;

/** `top`: of the pointer within the plot, in CSS pixels; null where there is no pointer, and nothing is nearest. */
export function hoveredAt(plot: uPlot, drawing: Drawing, lines: readonly Line[], at: number, top: number | null, clientX: number, clientY: number): Hovered {
  const { min, max } = plot.scales.y!;
  const rows: HoveredRow[] = [];
  let best: HoveredRow | null = null;
  for (const line of lines) {
    const index = lastWith(line, at, plot);
    if (index < 0) continue;
    const value = line.values[index]!;
    const distance = top === null || min === undefined || max === undefined ? Infinity : Math.abs(plot.valToPos(value, "y") - top);
    const row = { curve: line.curve, value, min: line.curve.min[index] ?? value, max: line.curve.max[index] ?? value, distance };
    rows.push(row);
    if (best === null || distance < best.distance) best = row;
  }
  const nearest = best && best.distance < NEAR_PX && lines.length > 1 ? best.curve : null;
  const x = drawing.x[at]!;
  const to = drawing.mode === "buckets" ? x + (drawing.width ?? 0) : null;
  return { x, to, axis: drawing.axis, xLabel: drawing.xLabel, rows, nearest, clientX, clientY };
}

/** The newest value up to an index. A curve that has ended says nothing about what came later. */
function lastWith({ values, end }: Line, from: number, plot: uPlot): number {
  if (from > end) {
    if (end < 0) return -1;
    const x = plot.data[0];
    return plot.valToPos(x[from]!, "x") - plot.valToPos(x[end]!, "x") <= BEYOND_END_PX ? end : -1;
  }
  for (let at = from; at >= 0; at -= 1) if (values[at] !== null) return at;
  return -1;
}
