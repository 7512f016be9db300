// What uPlot does not draw itself: envelopes, marks of values that have no place on y, a line in front of the others.

import type uPlot from "uplot";

import type { Curve } from "./types";

/** Where to draw: the plot's scales, x of each column entry, and what to subtract in device pixels. */
export interface Place {
  plot: uPlot;
  x: readonly number[];
  left: number;
  top: number;
}

/** Fills between minimum and maximum. `floor`: the smallest value that y can show. */
export function fillEnvelope(ctx: CanvasRenderingContext2D, { plot, x, left, top }: Place, curve: Curve, floor: number): void {
  const shown: number[] = [];
  for (let at = 0; at < x.length; at += 1) if (curve.min[at]! <= curve.max[at]! && curve.min[at] !== null) shown.push(at);
  const to = (at: number, value: number) =>
    ctx.lineTo(plot.valToPos(x[at]!, "x", true) - left, plot.valToPos(Math.max(value, floor), "y", true) - top);
  ctx.beginPath();
  ctx.fillStyle = curve.color;
  ctx.strokeStyle = curve.color;
  for (const at of shown) to(at, curve.max[at]!);
  for (const at of shown.reverse()) to(at, curve.min[at]!);
  ctx.closePath();
  ctx.fill();
  ctx.stroke(); // a spike one bucket wide would be a sliver without it
}

/** NaN and infinities have no place on y: marks at the edges say where they are. */
export function markNonFinite(plot: uPlot, curve: Curve): void {
  const { ctx, bbox } = plot;
  const size = 4 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = curve.color;
  for (const [x, value] of curve.nonfinite) {
    const at = plot.valToPos(x, "x", true);
    if (at < bbox.left || at > bbox.left + bbox.width) continue;
    const up = value === "Infinity" || value === Infinity;
    const edge = up ? bbox.top + size : bbox.top + bbox.height - size;
    const side = up ? size : -size;
    ctx.beginPath();
    ctx.moveTo(at - size, edge + side / 2);
    ctx.lineTo(at + size, edge + side / 2);
    ctx.lineTo(at, edge - side);
    ctx.fill();
  }
  ctx.restore();
}

/** One line, thicker than the plot draws it. */
export function strokeLine(ctx: CanvasRenderingContext2D, { plot, x, left, top }: Place, color: string, values: readonly (number | null)[]): void {
  ctx.beginPath();
  ctx.strokeStyle = color;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.lineJoin = "round";
  values.forEach((value, at) => {
    if (value !== null) ctx.lineTo(plot.valToPos(x[at]!, "x", true) - left, plot.valToPos(value, "y", true) - top);
  });
  ctx.stroke();
}
