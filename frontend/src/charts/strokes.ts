// What uPlot does not draw itself: envelopes, ghosts, marks of values that have no place on y, a line over the others.

import type uPlot from "uplot";

import type { Column, Curve } from "./types";

/** Where to draw, in device pixels: x of each column entry, and a value's y. */
export interface Place {
  x: Float64Array;
  y(value: number): number;
}

/** Pixels of the plot's scales, worked out once: `valToPos` for each point would be most of a frame. */
export function placeOf(plot: uPlot, x: readonly number[], left = 0, top = 0): Place {
  const { bbox, scales } = plot;
  const across = scaled(scales.x!);
  const up = scaled(scales.y!);
  const pixels = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += 1) pixels[at] = bbox.left - left + across(x[at]!) * bbox.width;
  return { x: pixels, y: (value) => bbox.top - top + (1 - up(value)) * bbox.height };
}

/** Where a value lies between a scale's ends, 0 to 1. What a logarithmic scale cannot show lies at its low end. */
function scaled({ min, max, distr }: uPlot.Scale): (value: number) => number {
  const [low, high] = [min ?? 0, max ?? 1];
  if (distr !== 3) return (value) => (value - low) / (high - low);
  const [from, span] = [Math.log(low), Math.log(high) - Math.log(low)];
  return (value) => (Math.log(Math.max(value, low)) - from) / span;
}

/** Fills between minimum and maximum. */
export function fillEnvelope(ctx: CanvasRenderingContext2D, place: Place, { min, max, color }: Curve): void {
  const { x, y } = place;
  ctx.fillStyle = color;
  ctx.strokeStyle = color;
  ctx.beginPath();
  let open = false;
  for (let at = 0; at < x.length; at += 1) {
    const value = max[at];
    if (!drawable(value)) continue;
    if (open) ctx.lineTo(x[at]!, y(value));
    else ctx.moveTo(x[at]!, y(value));
    open = true;
  }
  if (!open) return;
  for (let at = x.length - 1; at >= 0; at -= 1) {
    const value = min[at];
    if (drawable(value)) ctx.lineTo(x[at]!, y(value));
  }
  ctx.closePath();
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.stroke(); // a spike one bucket wide would be a sliver without it
}

/** Upright strokes from minimum to maximum: among many curves, much quicker than filling each. */
export function strokeExtents(ctx: CanvasRenderingContext2D, { x, y }: Place, { min, max, color }: Curve): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, x.length > 1 ? Math.min(6, x[1]! - x[0]!) : 1);
  ctx.beginPath();
  for (let at = 0; at < x.length; at += 1) {
    const [low, high] = [min[at], max[at]];
    if (!drawable(low) || !drawable(high)) continue;
    const [bottom, top] = [y(low), y(high)];
    if (bottom - top < 3) continue; // the line itself covers it
    ctx.moveTo(x[at]!, bottom);
    ctx.lineTo(x[at]!, top);
  }
  ctx.stroke();
}

function drawable(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** NaN and infinities have no place on y: marks at the edges say where they are. */
export function markNonFinite(plot: uPlot, curve: Curve): void {
  if (!curve.nonfinite.length) return;
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

/** One line through what is finite. `width` in device pixels. */
export function strokeLine(ctx: CanvasRenderingContext2D, { x, y }: Place, color: string, values: Column, width: number): void {
  ctx.beginPath();
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  for (let at = 0; at < x.length; at += 1) {
    const value = values[at];
    if (drawable(value)) ctx.lineTo(x[at]!, y(value));
  }
  ctx.stroke();
}
