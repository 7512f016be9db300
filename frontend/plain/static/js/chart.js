// One chart: a metric's curves of several trainings. Owns uPlot; knows nothing of the network.

import uPlot from "../vendor/uplot/uPlot.esm.js";
import { duration, short } from "./format.js";
import { HoverCard } from "./hover.js";
import { token } from "./palette.js";

const HEIGHT = 220;
const NEAR_PX = 40;

/** @typedef {{key: string, name: string, color: string, visible: boolean}} Curve */

export class Chart {
  /**
   * @param {HTMLElement} element the chart's `<section>`
   * @param {{zoom: function(number, number): void, reset: function(): void}} on what the reader did
   */
  constructor(element, on) {
    this.element = element;
    this.plotElement = element.querySelector(".plot");
    this.on = on;
    this.highlighted = null;
  }

  /**
   * Draws an answer of the query route.
   *
   * @param {object} answer x, mode, width, axis, series (each with `curve`, a Curve)
   * @param {{logarithmic: boolean, smoothing: number}} options
   */
  draw(answer, options) {
    this.answer = answer;
    this.options = options;
    this.x = Array.from(answer.x, answer.mode === "buckets" ? (x) => x + answer.width / 2 : (x) => x);
    this.lines = answer.series.filter((one) => one.curve.visible).map((one) => this.line(one));
    const data = [this.x];
    for (const line of this.lines) data.push(line.values);
    const shape = `${answer.axis} ${options.logarithmic} ${this.lines.map((line) => line.curve.color + line.ghost + line.curve.key)}`;
    if (this.plot && this.shape === shape) {
      this.plot.batch(() => {
        this.plot.setData(data, false);
        this.plot.setScale("x", this.range());
        this.plot.redraw(true, true);
      });
    } else {
      this.destroy();
      this.shape = shape;
      this.plotElement.classList.remove("waiting");
      this.plot = new uPlot(this.config(answer.axis), data, this.plotElement);
    }
  }

  /** Adds pushed points of a curve at the right end; false when only fetching can show them rightly. */
  append(key, steps, values) {
    if (!this.answer || this.answer.axis !== "step" || this.options.smoothing) return false;
    const series = this.answer.series.find((one) => one.curve.key === key);
    if (!series || this.answer.mode !== "points") return false;
    const columns = ["min", "max", "mean", "last"];
    for (let at = 0; at < steps.length; at++) {
      if (typeof values[at] !== "number") return false;
      let index = this.answer.x.length - 1;
      if (index < 0 || steps[at] > this.answer.x[index]) {
        index += 1;
        this.growGrid(steps[at]);
      } else if (steps[at] !== this.answer.x[index]) {
        index = this.answer.x.indexOf(steps[at]);
        if (index < 0) return false;
      }
      if (Number.isNaN(series.last[index])) {
        series.points += 1;
        series.total += 1;
      }
      for (const name of columns) series[name][index] = values[at];
    }
    this.draw(this.answer, this.options);
    return true;
  }

  growGrid(x) {
    const grown = (column) => {
      const longer = Array.from(column);
      longer.push(NaN);
      return longer;
    };
    this.answer.x = Array.from(this.answer.x);
    this.answer.x.push(x);
    for (const one of this.answer.series) for (const name of ["min", "max", "mean", "last"]) one[name] = grown(one[name]);
  }

  destroy() {
    if (!this.plot) return;
    this.hover?.hide();
    this.plot.destroy();
    this.plot = null;
    this.highlighted = null;
  }

  resize() {
    this.plot?.setSize({ width: this.plotElement.clientWidth, height: HEIGHT });
  }

  /** One curve as uPlot takes it: null where there is nothing. */
  line(series) {
    const buckets = this.answer.mode === "buckets";
    const source = series.smoothed ?? (buckets ? series.mean : series.last);
    return {
      curve: series.curve,
      series,
      values: Array.from(source, (value) => (value === null || Number.isNaN(value) ? null : value)),
      envelope: buckets || Boolean(series.smoothed) || Boolean(series.envelope),
      ghost: Boolean(series.smoothed),
    };
  }

  config(axis) {
    const muted = token("--muted");
    const grid = { stroke: token("--grid"), width: 1 };
    const font = `11px ${token("--font")}`;
    const common = { stroke: muted, font, grid, ticks: { show: false } };
    const xValues = { step: (u, splits) => splits.map(short), relative: (u, splits) => splits.map(duration) }[axis];
    return {
      width: this.plotElement.clientWidth || 400,
      height: HEIGHT,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: {
        // Only the pointer is shared: a drag shared as well would zoom once for each chart, each deeper than the last.
        sync: { key: `pavi-${axis}`, scales: ["x", null], filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
        drag: { x: true, y: false, setScale: false },
        points: { size: 6, width: 1.5, stroke: (u, index) => this.lines[index - 1]?.curve.color, fill: token("--ground") },
        bind: { dblclick: () => () => this.on.reset() },
        y: false,
      },
      scales: {
        x: { time: axis === "time", range: () => Object.values(this.range()) },
        y: { distr: this.options.logarithmic ? 3 : 1, range: () => this.bounds() },
      },
      axes: [
        { ...common, size: 26, space: 70, ...(xValues ? { values: xValues } : {}) },
        { ...common, size: 54, space: 36, values: (u, splits) => splits.map(short) },
      ],
      series: [{}, ...this.lines.map((line) => this.stroke(line))],
      hooks: {
        drawAxes: [(u) => this.drawEnvelopes(u)],
        draw: [(u) => this.drawNonFinite(u)],
        setSelect: [(u) => this.select(u)],
        setCursor: [(u) => this.pointAt(u)],
        ready: [(u) => this.ready(u)],
      },
    };
  }

  stroke(line) {
    return {
      stroke: line.curve.color,
      width: 1.25,
      spanGaps: true,
      points: { show: () => this.x.length <= 60 && this.lines.length <= 10, size: 4, fill: line.curve.color },
    };
  }

  ready(u) {
    this.hover = new HoverCard(u.over);
    this.overlay = document.createElement("canvas");
    this.overlay.className = "highlight";
    u.over.append(this.overlay);
    u.over.addEventListener("mouseleave", () => {
      this.hover.hide();
      this.highlight(u, null);
    });
  }

  /** The shown part of x: what was asked for, so that all charts agree. */
  range() {
    const { start, stop } = this.answer;
    const { x, width } = this.answer;
    const first = start ?? x[0] ?? 0;
    const last = stop ?? (x.length ? x[x.length - 1] + (width ?? 0) : 1);
    return first === last ? { min: first - 0.5, max: last + 0.5 } : { min: first, max: last };
  }

  /** The shown part of y holds every extreme, not only the drawn averages. */
  bounds() {
    const logarithmic = this.options.logarithmic;
    let low = Infinity;
    let high = -Infinity;
    for (const { series } of this.lines) {
      for (const value of series.min) if (value < low && (!logarithmic || value > 0)) low = value;
      for (const value of series.max) if (value > high && (!logarithmic || value > 0)) high = value;
    }
    if (low > high) return logarithmic ? [0.1, 1] : [0, 1];
    if (logarithmic) return low === high ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
    const room = (high - low || Math.abs(high) || 1) * 0.05;
    return [low - room, high + room];
  }

  drawEnvelopes(u) {
    const { ctx } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    ctx.globalAlpha = this.lines.length > 10 ? 0.1 : 0.18;
    for (const line of this.lines) if (line.envelope) this.fillEnvelope(u, ctx, line, 0, 0);
    ctx.restore();
  }

  fillEnvelope(u, ctx, line, left, top) {
    const { min, max } = line.series;
    const floor = this.options.logarithmic ? u.scales.y.min : -Infinity;
    ctx.beginPath();
    ctx.fillStyle = line.curve.color;
    ctx.strokeStyle = line.curve.color;
    const shown = [];
    for (let at = 0; at < this.x.length; at++) if (min[at] <= max[at]) shown.push(at);
    const place = (at, value) => [u.valToPos(this.x[at], "x", true) - left, u.valToPos(Math.max(value, floor), "y", true) - top];
    for (const at of shown) ctx.lineTo(...place(at, max[at]));
    for (let index = shown.length - 1; index >= 0; index--) ctx.lineTo(...place(shown[index], min[shown[index]]));
    ctx.closePath();
    ctx.fill();
    ctx.stroke(); // a spike one bucket wide would be a sliver without it
  }

  /** NaN and infinities have no place on y: marks at the edges say where they are. */
  drawNonFinite(u) {
    const { ctx } = u;
    const size = 4 * devicePixelRatio;
    ctx.save();
    for (const { series, curve } of this.lines) {
      ctx.fillStyle = curve.color;
      for (const [x, value] of series.nonfinite ?? []) {
        const at = u.valToPos(x, "x", true);
        if (at < u.bbox.left || at > u.bbox.left + u.bbox.width) continue;
        const up = value === "Infinity";
        const edge = up ? u.bbox.top + size : u.bbox.top + u.bbox.height - size;
        ctx.beginPath();
        ctx.moveTo(at - size, edge + (up ? size : -size) * 0.5);
        ctx.lineTo(at + size, edge + (up ? size : -size) * 0.5);
        ctx.lineTo(at, edge - (up ? size : -size));
        ctx.fill();
      }
    }
    ctx.restore();
  }

  select(u) {
    if (u.select.width < 4) return;
    const from = u.posToVal(u.select.left, "x");
    const to = u.posToVal(u.select.left + u.select.width, "x");
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.on.zoom(from, to);
  }

  /** The values under the pointer, beside it; the nearest curve in front. Synced charts only show the line. */
  pointAt(u) {
    const { left, top, idx, event } = u.cursor;
    if (!event || left < 0 || idx === null || idx === undefined) {
      this.hover?.hide();
      return;
    }
    const found = [];
    for (const line of this.lines) {
      const at = lastIndexWith(line.values, idx);
      if (at < 0) continue;
      found.push({ line, at, value: line.values[at], distance: Math.abs(u.valToPos(line.values[at], "y") - top) });
    }
    const nearest = found.reduce((best, one) => (best && best.distance <= one.distance ? best : one), null);
    this.highlight(u, nearest && nearest.distance < NEAR_PX && this.lines.length > 1 ? nearest.line : null);
    this.hover.show(event, this.where(idx), found, nearest, this.answer.mode === "buckets");
  }

  where(index) {
    const x = this.answer.x[index];
    const to = this.answer.mode === "buckets" ? x + this.answer.width : null;
    if (this.answer.axis === "time") return new Date(x * 1000).toLocaleString();
    if (this.answer.axis === "relative") return `${duration(x)} after the start`;
    return to === null || to - x <= 1 ? `step ${x.toLocaleString("en")}` : `steps ${Math.ceil(x).toLocaleString("en")} – ${(Math.ceil(to) - 1).toLocaleString("en")}`;
  }

  /** Dims the other curves on a canvas above them: restyling the plot itself would be slow with a hundred. */
  highlight(u, line) {
    if (this.highlighted === line) return;
    this.highlighted = line;
    const canvas = this.overlay;
    canvas.width = u.bbox.width;
    canvas.height = u.bbox.height;
    if (!line) return;
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = token("--ground");
    ctx.globalAlpha = 0.6;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.globalAlpha = 0.2;
    if (line.envelope) this.fillEnvelope(u, ctx, line, u.bbox.left, u.bbox.top);
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.strokeStyle = line.curve.color;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.lineJoin = "round";
    for (let at = 0; at < this.x.length; at++) {
      if (line.values[at] === null) continue;
      ctx.lineTo(u.valToPos(this.x[at], "x", true) - u.bbox.left, u.valToPos(line.values[at], "y", true) - u.bbox.top);
    }
    ctx.stroke();
  }
}

function lastIndexWith(values, from) {
  for (let at = from; at >= 0; at--) if (values[at] !== null) return at;
  return -1;
}
