// One drawn chart. Owns uPlot; knows neither React nor the network.

import uPlot from "uplot";

import { duration, short } from "./format";
import { fillEnvelope, markNonFinite, strokeLine } from "./strokes";
import type { Axis, Column, Curve, Drawing, Hovered, Look } from "./types";

const NEAR_PX = 40;
const DOTS_BELOW = 60;

export interface PlotEvents {
  /** The reader dragged over a part of x. */
  zoom(from: number, to: number): void;
  /** The reader asked for all of x again. */
  reset(): void;
  hover(hovered: Hovered | null): void;
}

interface Line {
  curve: Curve;
  values: (number | null)[];
  envelope: boolean;
}

/** Draws into an element until `destroy`. Sizes are CSS pixels. */
export class Plot {
  private plot: uPlot | null = null;
  private shape = "";
  private lines: Line[] = [];
  private x: number[] = [];
  private highlighted: string | null = null;
  private overlay: HTMLCanvasElement | null = null;
  private drawing: Drawing | null = null;
  private look: Look = { logX: false, logY: false, ignoreOutliers: false, from: null, to: null };

  constructor(
    private readonly element: HTMLElement,
    private readonly events: PlotEvents,
    /** Charts of one key share the pointer. */
    private readonly sync: string,
  ) {}

  draw(drawing: Drawing, look: Look): void {
    this.drawing = drawing;
    this.look = look;
    const half = drawing.mode === "buckets" ? (drawing.width ?? 0) / 2 : 0;
    this.x = Array.from(drawing.x, (x) => x + half);
    this.lines = drawing.curves.map((curve) => this.line(curve));
    const data: uPlot.AlignedData = [this.x, ...this.lines.map((line) => line.values)];
    const shape = JSON.stringify([drawing.axis, look.logX, look.logY, this.lines.map((line) => [line.curve.key, line.curve.color])]);
    if (this.plot && this.shape === shape) {
      this.plot.batch(() => {
        this.plot!.setData(data, false);
        this.plot!.setScale("x", this.range());
        this.plot!.redraw(true, true);
      });
      return;
    }
    this.destroy();
    this.shape = shape;
    this.plot = new uPlot(this.options(drawing.axis), data, this.element);
  }

  resize(width: number, height: number): void {
    if (width > 0 && height > 0) this.plot?.setSize({ width, height });
  }

  /** Puts one curve in front and dims the others; null ends that. */
  highlight(key: string | null): void {
    const plot = this.plot;
    if (!plot || this.highlighted === key || !this.overlay) return;
    this.highlighted = key;
    const canvas = this.overlay;
    canvas.width = plot.bbox.width;
    canvas.height = plot.bbox.height;
    const line = this.lines.find((one) => one.curve.key === key);
    const ctx = canvas.getContext("2d");
    if (!line || !ctx) return;
    // A canvas above them: restyling the plot itself would be slow with a hundred.
    ctx.fillStyle = this.token("--mantine-color-body");
    ctx.globalAlpha = 0.65;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    const at = { plot, x: this.x, left: plot.bbox.left, top: plot.bbox.top };
    ctx.globalAlpha = 0.2;
    if (line.envelope) fillEnvelope(ctx, at, line.curve, this.floor());
    ctx.globalAlpha = 1;
    strokeLine(ctx, at, line.curve.color, line.values);
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
    this.overlay = null;
    this.highlighted = null;
    this.shape = "";
  }

  /** The picture as a canvas, on the page's ground, for export. */
  canvas(): HTMLCanvasElement | null {
    return this.plot?.ctx.canvas ?? null;
  }

  private line(curve: Curve): Line {
    const buckets = this.drawing?.mode === "buckets";
    const source: Column = curve.smoothed ?? (buckets ? curve.mean : curve.last);
    const values = Array.from({ length: this.x.length }, (_, at) => finite(source[at]));
    return { curve, values, envelope: buckets || curve.smoothed !== undefined };
  }

  private options(axis: Axis): uPlot.Options {
    const stroke = this.token("--mantine-color-dimmed");
    const grid = { stroke: this.token("--pavi-grid"), width: 1 };
    const common = { stroke, grid, font: `11px ${getComputedStyle(this.element).fontFamily}`, ticks: { show: false } };
    const xValues = axis === "time" ? {} : { values: (_: uPlot, at: number[]) => at.map(axis === "relative" ? duration : short) };
    return {
      width: this.element.clientWidth || 400,
      height: this.element.clientHeight || 220,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: {
        // Only the pointer is shared: a drag shared as well would zoom once for each chart, each deeper than the last.
        sync: { key: this.sync, scales: ["x", null], filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
        drag: { x: true, y: false, setScale: false },
        points: { size: 6, width: 1.5, stroke: (_, index) => this.lines[index - 1]?.curve.color ?? "", fill: this.token("--mantine-color-body") },
        bind: { dblclick: () => () => (this.events.reset(), null) },
        y: false,
      },
      scales: {
        x: { time: axis === "time", distr: this.look.logX && axis !== "time" ? 3 : 1, range: () => this.rangePair() },
        y: { distr: this.look.logY ? 3 : 1, range: () => this.bounds() },
      },
      axes: [
        { ...common, size: 26, space: 70, ...xValues },
        { ...common, size: 54, space: 36, values: (_, at) => at.map(short) },
      ],
      series: [{}, ...this.lines.map((line) => this.series(line))],
      hooks: {
        drawAxes: [(plot) => this.drawEnvelopes(plot)],
        draw: [(plot) => this.drawMarks(plot)],
        setSelect: [(plot) => this.selected(plot)],
        setCursor: [(plot) => this.pointed(plot)],
        ready: [(plot) => this.ready(plot)],
      },
    };
  }

  private series(line: Line): uPlot.Series {
    return {
      stroke: line.curve.color,
      width: 1.25,
      spanGaps: true,
      points: { show: () => this.x.length <= DOTS_BELOW && this.lines.length <= 10, size: 4, fill: line.curve.color },
    };
  }

  private ready(plot: uPlot): void {
    this.overlay = document.createElement("canvas");
    this.overlay.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none";
    plot.over.append(this.overlay);
    plot.over.addEventListener("mouseleave", () => {
      this.events.hover(null);
      this.highlight(null);
    });
  }

  private range(): { min: number; max: number } {
    const { from, to } = this.look;
    const raw = this.drawing?.x ?? [];
    const first = from ?? raw[0] ?? 0;
    const last = to ?? (raw.length ? raw[raw.length - 1]! + (this.drawing?.width ?? 0) : 1);
    return first === last ? { min: first - 0.5, max: last + 0.5 } : { min: first, max: last };
  }

  private rangePair(): [number, number] {
    const { min, max } = this.range();
    if (!this.look.logX) return [min, max];
    const positive = this.x.find((x) => x > 0) ?? 1;
    return [min > 0 ? min : positive, Math.max(max, positive * 10)];
  }

  /** The shown part of y holds every extreme, not only the drawn averages, unless outliers are to be ignored. */
  private bounds(): [number, number] {
    const log = this.look.logY;
    const [low, high] = this.look.ignoreOutliers ? quantiles(this.lines, log) : extremes(this.lines, log);
    if (low > high) return log ? [0.1, 1] : [0, 1];
    if (log) return low === high ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
    const room = (high - low || Math.abs(high) || 1) * 0.05;
    return [low - room, high + room];
  }

  private floor(): number {
    return this.look.logY ? (this.plot?.scales.y?.min ?? 0) : -Infinity;
  }

  private drawEnvelopes(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.globalAlpha = this.lines.length > 10 ? 0.1 : 0.18;
    for (const line of this.lines) if (line.envelope) fillEnvelope(ctx, { plot, x: this.x, left: 0, top: 0 }, line.curve, this.floor());
    ctx.restore();
  }

  private drawMarks(plot: uPlot): void {
    for (const { curve } of this.lines) markNonFinite(plot, curve);
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.events.zoom(from, to);
  }

  /** The values under the pointer. Charts that only share it show the line and nothing else. */
  private pointed(plot: uPlot): void {
    const { left, top, idx, event } = plot.cursor;
    const drawing = this.drawing;
    if (!drawing || !event || left === undefined || left < 0 || top === undefined || idx === null || idx === undefined) {
      this.events.hover(null);
      return;
    }
    const rows = [];
    for (const { curve, values } of this.lines) {
      const at = lastWith(values, idx);
      if (at < 0) continue;
      const value = values[at]!;
      const distance = Math.abs(plot.valToPos(value, "y") - top);
      rows.push({ curve, value, min: curve.min[at] ?? value, max: curve.max[at] ?? value, distance });
    }
    const best = rows.reduce<(typeof rows)[number] | null>((a, b) => (a && a.distance <= b.distance ? a : b), null);
    const nearest = best && best.distance < NEAR_PX && this.lines.length > 1 ? best.curve : null;
    this.highlight(nearest?.key ?? null);
    const x = drawing.x[idx]!;
    const to = drawing.mode === "buckets" ? x + (drawing.width ?? 0) : null;
    this.events.hover({ x, to, axis: drawing.axis, rows, nearest, clientX: event.clientX, clientY: event.clientY });
  }

  private token(name: string): string {
    return getComputedStyle(this.element).getPropertyValue(name).trim();
  }
}

function finite(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : value;
}

function lastWith(values: readonly (number | null)[], from: number): number {
  for (let at = from; at >= 0; at -= 1) if (values[at] !== null) return at;
  return -1;
}

function extremes(lines: readonly Line[], log: boolean): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { curve } of lines) {
    for (let at = 0; at < curve.min.length; at += 1) {
      const [min, max] = [curve.min[at], curve.max[at]];
      if (min !== null && min !== undefined && min < low && (!log || min > 0)) low = min;
      if (max !== null && max !== undefined && max > high && (!log || max > 0)) high = max;
    }
  }
  return [low, high];
}

function quantiles(lines: readonly Line[], log: boolean): [number, number] {
  const values = lines.flatMap((line) => line.values.filter((value): value is number => value !== null && (!log || value > 0)));
  if (!values.length) return [Infinity, -Infinity];
  values.sort((a, b) => a - b);
  return [values[Math.floor(values.length * 0.01)]!, values[Math.min(values.length - 1, Math.ceil(values.length * 0.99))]!];
}
