// One drawn chart. Owns uPlot; knows neither React nor the network.

import uPlot from "uplot";

import { duration, short } from "./format";
import { hoveredAt } from "./hovering";
import { middles, rangeOfX, rangeOfY } from "./range";
import { fillEnvelope, markNonFinite, placeOf, strokeExtents, strokeLine } from "./strokes";
import { lineOf, type Axis, type Curve, type Drawing, type Hovered, type HoveredRow, type Look } from "./types";

const DOTS_BELOW = 60;
/** With more curves than this, what is costly a curve is drawn more simply. */
const MANY = 12;
const CLICK_PX = 14;
const DRAG_PX = 4;

export interface PlotEvents {
  /** The reader dragged over a part of x. */
  zoom(from: number, to: number): void;
  /** The reader asked for what was shown before. */
  back(): void;
  hover(hovered: Hovered | null): void;
  /** The reader clicked a curve. */
  pick(curve: Curve, clientX: number, clientY: number): void;
}

/** A curve and its values as uPlot wants them. */
export interface Line {
  curve: Curve;
  values: (number | null)[];
  /** Index of the last value. */
  end: number;
}

/** Draws into an element until `destroy`. Sizes are CSS pixels. */
export class Plot {
  private plot: uPlot | null = null;
  private shape = "";
  private lines: Line[] = [];
  private x: number[] = [];
  private highlighted: string | null = null;
  private overlay: HTMLCanvasElement | null = null;
  private drawing: Drawing = { axis: "step", mode: "points", x: [], width: null, curves: [] };
  private look: Look = { logX: false, logY: false, ignoreOutliers: false, from: null, to: null };
  private hovered: Hovered | null = null;
  private ground = "";

  constructor(
    private readonly element: HTMLElement,
    private readonly events: PlotEvents,
    /** Charts of one key share the pointer. */
    private readonly sync: string,
  ) {}

  draw(drawing: Drawing, look: Look): void {
    this.drawing = drawing;
    this.look = look;
    this.x = middles(drawing);
    this.lines = [...drawing.curves].sort((a, b) => Number(a.front ?? false) - Number(b.front ?? false)).map((curve) => this.line(curve));
    const data: uPlot.AlignedData = [this.x, ...this.lines.map((line) => line.values)];
    const shape = JSON.stringify([
      drawing.axis,
      look.logX,
      look.logY,
      this.lines.map(({ curve }) => [curve.key, curve.color, curve.front, curve.dashed]),
    ]);
    if (this.plot && this.shape === shape) {
      const highlighted = this.highlighted;
      const [min, max] = rangeOfX(drawing, look, this.x);
      this.plot.batch(() => {
        this.plot!.setData(data, false);
        this.plot!.setScale("x", { min, max });
        this.plot!.redraw(true, true);
      });
      this.highlighted = null;
      this.highlight(highlighted);
      return;
    }
    this.destroy();
    this.shape = shape;
    this.plot = new uPlot(this.options(drawing.axis), data, this.element);
  }

  /** Follows the element's size, in whole pixels: a fraction more is no reason to draw again. */
  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!this.plot || width <= 0 || height <= 0 || (this.plot.width === width && this.plot.height === height)) return;
    this.plot.setSize({ width, height });
  }

  /** Puts one curve in front and dims the others; null ends that. */
  highlight(key: string | null): void {
    const plot = this.plot;
    if (!plot || this.highlighted === key || !this.overlay) return;
    this.highlighted = key;
    const canvas = this.overlay;
    const { width, height } = plot.bbox;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const line = this.lines.find((one) => one.curve.key === key);
    const ctx = canvas.getContext("2d");
    if (!ctx) return;
    ctx.globalAlpha = 1;
    ctx.clearRect(0, 0, width, height);
    if (!line || this.lines.length < 2) return;
    // A canvas above them: restyling the plot itself would be slow with a hundred.
    ctx.fillStyle = this.ground;
    ctx.globalAlpha = 0.65;
    ctx.fillRect(0, 0, width, height);
    const place = placeOf(plot, this.x, plot.bbox.left, plot.bbox.top);
    ctx.globalAlpha = 0.2;
    if (this.enveloped(line.curve)) fillEnvelope(ctx, place, line.curve);
    ctx.globalAlpha = 1;
    strokeLine(ctx, place, line.curve.color, line.values, 2 * devicePixelRatio);
  }

  /** Moves the cursor by some x positions, for the keyboard. */
  walk(by: number): void {
    const plot = this.plot;
    if (!plot || !this.x.length) return;
    const [first, last] = [plot.valToIdx(plot.scales.x!.min!), plot.valToIdx(plot.scales.x!.max!)];
    const at = Math.max(first, Math.min(last, (this.hovered ? (plot.cursor.idx ?? first) : Math.floor((first + last) / 2) - by) + by));
    const left = plot.valToPos(this.x[at]!, "x");
    plot.setCursor({ left, top: plot.over.clientHeight / 2 }, false);
    const box = plot.over.getBoundingClientRect();
    this.tell(hoveredAt(plot, this.drawing, this.lines, at, null, box.left + left, box.top + 8));
  }

  /** Ends what the pointer or `walk` began. */
  leave(): void {
    this.plot?.setCursor({ left: -10, top: -10 }, false);
    this.tell(null);
    this.highlight(null);
  }

  destroy(): void {
    this.plot?.destroy();
    this.plot = null;
    this.overlay = null;
    this.highlighted = null;
    this.shape = "";
  }

  /** The picture as it is on the screen, for export. */
  canvas(): HTMLCanvasElement | null {
    return this.plot?.ctx.canvas ?? null;
  }

  private line(curve: Curve): Line {
    const source = lineOf(curve, this.drawing.mode);
    const values: (number | null)[] = new Array(this.x.length);
    let end = -1;
    for (let at = 0; at < values.length; at += 1) {
      const value = source[at];
      const drawn = value !== null && value !== undefined && Number.isFinite(value) ? value : null;
      values[at] = drawn;
      if (drawn !== null) end = at;
    }
    return { curve, values, end };
  }

  private enveloped(curve: Curve): boolean {
    return curve.band === true || this.drawing.mode === "buckets";
  }

  private options(axis: Axis): uPlot.Options {
    const stroke = this.token("--mantine-color-dimmed");
    this.ground = this.token("--mantine-color-body");
    const grid = { stroke: this.token("--pavi-grid"), width: 1 };
    const common = { stroke, grid, font: `11px ${getComputedStyle(this.element).fontFamily}`, ticks: { show: false } };
    const xValues = axis === "time" ? {} : { values: (_: uPlot, at: number[]) => at.map(axis === "relative" ? duration : short) };
    const many = this.lines.length > MANY;
    return {
      width: this.element.clientWidth || 400,
      height: this.element.clientHeight || 220,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: {
        // Only the pointer is shared: a drag shared as well would zoom once for each chart, each deeper than the last.
        sync: { key: this.sync, scales: ["x", null], filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
        // A hand that trembles clicks all the same: `clicked` decides.
        drag: { x: true, y: false, setScale: false, click: () => {} },
        points: {
          show: !many,
          size: 6,
          width: 1.5,
          stroke: (_, index) => this.lines[index - 1]?.curve.color ?? "",
          fill: this.ground,
        },
        bind: { dblclick: () => () => (this.events.back(), null) },
        y: false,
      },
      scales: {
        x: { time: axis === "time", distr: this.look.logX && axis !== "time" ? 3 : 1, range: () => rangeOfX(this.drawing, this.look, this.x) },
        y: { distr: this.look.logY ? 3 : 1, range: () => rangeOfY(this.drawing, this.look, this.x) },
      },
      axes: [
        { ...common, size: 22, gap: 3, space: 70, ...xValues },
        { ...common, size: 54, space: this.look.logY ? 18 : 36, values: (_, at) => at.map(short) },
      ],
      series: [{}, ...this.lines.map((line) => this.series(line))],
      hooks: {
        drawAxes: [(plot) => this.drawBehind(plot)],
        draw: [(plot) => this.drawMarks(plot)],
        setSelect: [(plot) => this.selected(plot)],
        setCursor: [(plot) => this.pointed(plot)],
        ready: [(plot) => this.ready(plot)],
      },
    };
  }

  private series({ curve }: Line): uPlot.Series {
    return {
      stroke: curve.color,
      width: curve.front ? 2.5 : 1.25,
      ...(curve.dashed ? { dash: [5, 4] } : {}),
      spanGaps: true,
      points: { show: () => this.x.length <= DOTS_BELOW && this.lines.length <= 10, size: 4, fill: curve.color },
    };
  }

  private ready(plot: uPlot): void {
    this.overlay = document.createElement("canvas");
    this.overlay.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none";
    plot.over.append(this.overlay);
    plot.over.addEventListener("mouseleave", () => this.leave());
    let [downX, downY] = [0, 0];
    plot.over.addEventListener("mousedown", ({ clientX, clientY }) => ([downX, downY] = [clientX, clientY]));
    plot.over.addEventListener("click", (event) => {
      if (Math.hypot(event.clientX - downX, event.clientY - downY) < DRAG_PX) this.clicked(event);
    });
  }

  private clicked({ clientX, clientY }: MouseEvent): void {
    const rows = this.hovered?.rows ?? [];
    const best = rows.reduce<HoveredRow | null>((a, b) => (a && a.distance <= b.distance ? a : b), null);
    if (best && best.distance < CLICK_PX) this.events.pick(best.curve, clientX, clientY);
  }

  private drawBehind(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const place = placeOf(plot, this.x);
    const many = this.lines.length > MANY;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const { curve } of this.lines) {
      ctx.globalAlpha = many ? 0.1 : 0.18;
      if (this.enveloped(curve)) (many ? strokeExtents : fillEnvelope)(ctx, place, curve);
      ctx.globalAlpha = many ? 0.2 : 0.35;
      for (const ghost of curve.ghosts ?? []) strokeLine(ctx, place, curve.color, ghost, devicePixelRatio);
    }
    ctx.restore();
  }

  private drawMarks(plot: uPlot): void {
    for (const { curve } of this.lines) markNonFinite(plot, curve);
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width === 0) return;
    const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width >= DRAG_PX) this.events.zoom(from, to);
  }

  /** The values under the pointer. Charts that only share it show the line and nothing else. */
  private pointed(plot: uPlot): void {
    const { left, top, idx, event } = plot.cursor;
    if (!event) return;
    if (left === undefined || left < 0 || top === undefined || idx === null || idx === undefined) this.tell(null);
    else this.tell(hoveredAt(plot, this.drawing, this.lines, idx, top, event.clientX, event.clientY));
  }

  private tell(hovered: Hovered | null): void {
    if (hovered === null && this.hovered === null) return;
    this.hovered = hovered;
    this.events.hover(hovered);
  }

  private token(name: string): string {
    return getComputedStyle(this.element).getPropertyValue(name).trim();
  }
}
