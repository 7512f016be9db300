// A drawing as an SVG document: the same curves, envelopes and scales, as lines that can be edited and printed.

import { duration, short } from "./format";
import { middles, rangeOfX, rangeOfY } from "./range";
import { lineOf, type Axis, type Column, type Drawing, type Look } from "./types";

export interface SvgStyle {
  width: number;
  height: number;
  title: string;
  text: string;
  grid: string;
  ground: string;
}

const LEFT = 60;
const RIGHT = 14;
const TOP = 34;
const BOTTOM = 30;
const LEGEND_ROW = 16;

/** An SVG document with title and legend. */
export function svgOf(drawing: Drawing, look: Look, style: SvgStyle): string {
  const x = middles(drawing);
  const { width, height, text, grid } = style;
  const [xs, ys] = [rangeOfX(drawing, look, x), rangeOfY(drawing, look, x)];
  const logX = look.logX && drawing.axis !== "time";
  const across = scale(xs, LEFT, width - RIGHT, logX);
  const up = scale(ys, height - BOTTOM, TOP, look.logY);
  const place = (at: number, value: number) => `${round(across(x[at]!))},${round(up(value))}`;
  const legendHeight = drawing.curves.length * LEGEND_ROW + 8;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + legendHeight}" viewBox="0 0 ${width} ${height + legendHeight}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="${style.ground}"/>`,
    `<text x="${LEFT}" y="20" font-size="14" font-weight="600" fill="${text}">${escaped(style.title)}</text>`,
  ];
  for (const tick of ticks(ys, look.logY, 6)) {
    const at = round(up(tick));
    parts.push(`<line x1="${LEFT}" x2="${width - RIGHT}" y1="${at}" y2="${at}" stroke="${grid}"/>`);
    parts.push(`<text x="${LEFT - 6}" y="${at + 4}" text-anchor="end" fill="${text}">${short(tick)}</text>`);
  }
  for (const tick of ticks(xs, logX, 6)) {
    const at = round(across(tick));
    parts.push(`<line x1="${at}" x2="${at}" y1="${TOP}" y2="${height - BOTTOM}" stroke="${grid}"/>`);
    parts.push(`<text x="${at}" y="${height - BOTTOM + 16}" text-anchor="middle" fill="${text}">${escaped(label(tick, drawing.axis))}</text>`);
  }
  parts.push(`<clipPath id="plot"><rect x="${LEFT}" y="${TOP}" width="${width - LEFT - RIGHT}" height="${height - TOP - BOTTOM}"/></clipPath><g clip-path="url(#plot)" fill="none" stroke-linejoin="round">`);
  for (const curve of drawing.curves) {
    if (curve.band || drawing.mode === "buckets") {
      const [top, bottom] = [points(curve.max, place), points(curve.min, place).reverse()];
      if (top.length) parts.push(`<polygon points="${[...top, ...bottom].join(" ")}" fill="${curve.color}" fill-opacity="0.18"/>`);
    }
    for (const ghost of curve.ghosts ?? []) parts.push(`<polyline points="${points(ghost, place).join(" ")}" stroke="${curve.color}" stroke-opacity="0.35"/>`);
  }
  for (const curve of drawing.curves) {
    const dash = curve.dashed ? ' stroke-dasharray="5 4"' : "";
    parts.push(`<polyline points="${points(lineOf(curve, drawing.mode), place).join(" ")}" stroke="${curve.color}" stroke-width="${curve.front ? 2.5 : 1.25}"${dash}/>`);
  }
  parts.push("</g>");
  drawing.curves.forEach((curve, at) => {
    const y = height + at * LEGEND_ROW + 4;
    parts.push(`<rect x="${LEFT}" y="${y - 4}" width="12" height="3" fill="${curve.color}"/><text x="${LEFT + 18}" y="${y + 1}" fill="${text}">${escaped(curve.name)}</text>`);
  });
  parts.push("</svg>");
  return parts.join("\n");
}

function points(column: Column, place: (at: number, value: number) => string): string[] {
  const found: string[] = [];
  for (let at = 0; at < column.length; at += 1) {
    const value = column[at];
    if (value !== null && value !== undefined && Number.isFinite(value)) found.push(place(at, value));
  }
  return found;
}

function scale([low, high]: [number, number], from: number, to: number, log: boolean): (value: number) => number {
  const of = log ? (value: number) => Math.log(Math.max(value, low)) : (value: number) => value;
  const [first, span] = [of(low), of(high) - of(low)];
  return (value) => from + ((of(value) - first) / span) * (to - from);
}

/** Round numbers within a range: multiples of 1, 2 or 5, or powers of ten. */
export function ticks([low, high]: [number, number], log: boolean, most: number): number[] {
  if (log) {
    const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const every = Math.max(1, Math.ceil((last - first + 1) / most));
    const powers = [];
    for (let power = first; power <= last; power += every) powers.push(10 ** power);
    if (powers.length > 1) return powers;
  }
  const rough = (high - low) / most;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 5, 10].find((one) => one * size >= rough) ?? 10);
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at += 1) found.push(Number((at * step).toPrecision(12)));
  return found;
}

function label(tick: number, axis: Axis): string {
  if (axis === "relative") return duration(tick);
  return axis === "time" ? new Date(tick * 1000).toLocaleString() : short(tick);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Names are people's: never markup. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
