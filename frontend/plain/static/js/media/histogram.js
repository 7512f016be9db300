// Histograms of all steps: as a map of density over steps, as ridges behind each other, or one step alone.

import { choice, h } from "../dom.js";
import { number, real } from "../format.js";
import { token } from "../palette.js";
import { Plane } from "./plane.js";

const STEPS = 120;
const RIDGES = 24;
const ROWS = 96;

export class Histograms {
  static whole = STEPS;

  constructor(panel) {
    this.panel = panel;
    this.mode = "map";
    this.plane = new Plane({
      label: `Histograms of ${panel.entry.tag}`,
      draw: () => ({ map: () => this.drawMap(), ridges: () => this.drawRidges(), bars: () => this.drawBars() })[this.mode](),
      hover: (at) => this.read(at),
    });
    this.facts = h("p.muted.facts-line");
    panel.tools.append(choice("View", { map: "over steps", ridges: "ridges", bars: "one step" }, this.mode, (mode) => this.choose(mode)));
    this.element = h("div", {}, this.plane.element, this.facts);
  }

  /** @param items one or more a step; the first of each is shown */
  async showAll(items) {
    const bySteps = new Map();
    for (const item of items) {
      if (bySteps.has(item.step)) continue;
      const body = await this.panel.source.content(item);
      bySteps.set(item.step, histogram(item, body));
    }
    this.all = [...bySteps.values()].filter((one) => one.counts.length);
    this.x = [Math.min(...this.all.map((one) => one.edges[0])), Math.max(...this.all.map((one) => one.edges[one.edges.length - 1]))];
    if (!this.all.length) this.x = [0, 1];
    this.rows = this.all.map((one) => resample(one, this.x, ROWS));
  }

  async show(items, step) {
    this.at = Math.max(0, this.all.findIndex((one) => one.step === step));
    this.draw();
  }

  resized() {
    if (this.all) this.draw();
  }

  choose(mode) {
    this.mode = mode;
    this.draw();
  }

  draw() {
    const current = this.all[this.at];
    if (!current) {
      this.facts.textContent = "Nothing finite to show.";
      return;
    }
    const odd = current.odd ? `, ${current.odd}` : "";
    this.facts.textContent = `step ${current.step.toLocaleString("en")}: ${number(current.num)} values, ${number(current.min)} … ${number(current.max)}, mean ${number(current.mean)}, deviation ${number(current.deviation)}${odd}`;
    if (this.mode === "map") this.plane.show([this.all[0].step, this.all[this.all.length - 1].step], this.x);
    else if (this.mode === "ridges") this.plane.show(this.x, [0, 1], { yTicks: false });
    else this.plane.show([current.edges[0], current.edges[current.edges.length - 1]], [0, 1.05 * Math.max(...current.counts)]);
  }

  /** One column a step, as wide as the gap to its neighbours; darker where more values lie. */
  drawMap() {
    const { ctx } = this.plane;
    const ink = token("--accent");
    const most = Math.max(...this.rows.flat()) || 1;
    const centres = this.all.map((one) => this.plane.px(one.step));
    ctx.fillStyle = ink;
    this.rows.forEach((densities, at) => {
      const from = at ? (centres[at - 1] + centres[at]) / 2 : this.plane.left;
      const to = at < centres.length - 1 ? (centres[at] + centres[at + 1]) / 2 : this.plane.right;
      densities.forEach((density, row) => {
        if (!density) return;
        ctx.globalAlpha = Math.sqrt(density / most);
        const top = Math.round(this.plane.py(this.value(row + 1)));
        ctx.fillRect(Math.round(from), top, Math.max(1, Math.round(to) - Math.round(from)), Math.round(this.plane.py(this.value(row))) - top);
      });
    });
    ctx.globalAlpha = 1;
    ctx.strokeStyle = token("--ink");
    ctx.lineWidth = 1;
    ctx.setLineDash([3, 3]);
    if (this.all.length > 1) ctx.strokeRect(centres[this.at], this.plane.top - 2, 0.01, this.plane.height);
    ctx.setLineDash([]);
  }

  /** Old steps behind, new ones in front, each a little lower. */
  drawRidges() {
    const { ctx } = this.plane;
    const chosen = spread(this.all.length, RIDGES);
    if (!chosen.includes(this.at)) chosen.push(this.at);
    chosen.sort((a, b) => a - b);
    const most = Math.max(...chosen.flatMap((at) => this.rows[at])) || 1;
    const room = chosen.length > 1 ? 0.62 : 0;
    chosen.forEach((row, place) => {
      const base = chosen.length > 1 ? room * (1 - place / (chosen.length - 1)) : 0;
      const points = this.rows[row].map((density, at) => [this.value(at + 0.5), base + (density / most) * (0.95 - room)]);
      ctx.beginPath();
      ctx.moveTo(this.plane.px(this.x[0]), this.plane.py(base));
      for (const [x, y] of points) ctx.lineTo(this.plane.px(x), this.plane.py(y));
      ctx.lineTo(this.plane.px(this.x[1]), this.plane.py(base));
      ctx.closePath();
      ctx.globalAlpha = 0.82;
      ctx.fillStyle = token("--ground");
      ctx.fill();
      ctx.globalAlpha = row === this.at ? 0.5 : 0.12;
      ctx.fillStyle = token("--accent");
      ctx.fill();
      ctx.globalAlpha = row === this.at ? 1 : 0.55;
      this.plane.path(points, token("--accent"), row === this.at ? 2 : 1);
    });
    ctx.globalAlpha = 1;
  }

  drawBars() {
    const { ctx } = this.plane;
    const { edges, counts } = this.all[this.at];
    ctx.fillStyle = token("--accent");
    ctx.globalAlpha = 0.75;
    counts.forEach((count, at) => {
      const from = this.plane.px(edges[at]);
      ctx.fillRect(from, this.plane.py(count), Math.max(0.5, this.plane.px(edges[at + 1]) - from - 0.5), this.plane.py(0) - this.plane.py(count));
    });
    ctx.globalAlpha = 1;
  }

  value(row) {
    return this.x[0] + ((this.x[1] - this.x[0]) * row) / ROWS;
  }

  read(at) {
    if (!at || !this.all?.length) {
      this.plane.read("");
      return;
    }
    if (this.mode === "ridges") {
      this.plane.read(`value ${number(at.x)}`);
      return;
    }
    const one = this.mode === "map" ? this.all.reduce((best, each) => (Math.abs(each.step - at.x) < Math.abs(best.step - at.x) ? each : best)) : this.all[this.at];
    const value = this.mode === "map" ? at.y : at.x;
    const bin = one.edges.findIndex((edge, index) => value >= edge && value < one.edges[index + 1]);
    this.plane.read(bin < 0 ? `step ${one.step}` : `step ${one.step}: ${number(one.counts[bin])} in ${number(one.edges[bin])} … ${number(one.edges[bin + 1])}`);
  }
}

/** A body as numbers; bins with an infinite edge are cut off. */
function histogram(item, body) {
  const edges = body.edges.map(real);
  const counts = body.counts.map(real);
  let first = 0;
  let last = counts.length;
  while (first < last && !(Number.isFinite(edges[first]) && edges[first] > -1e300)) first += 1;
  while (last > first && !(Number.isFinite(edges[last]) && edges[last] < 1e300)) last -= 1;
  const num = real(body.num);
  const mean = real(body.sum) / num;
  const deviation = Math.sqrt(Math.max(0, real(body.sum_squares) / num - mean * mean));
  const odd = Object.entries({ nan: "NaN", positive_infinity: "∞", negative_infinity: "−∞" })
    .filter(([name]) => item.meta?.[name])
    .map(([name, text]) => `${item.meta[name]} × ${text}`)
    .join(", ");
  return { step: item.step, edges: edges.slice(first, last + 1), counts: counts.slice(first, last), num, mean, deviation, min: body.min, max: body.max, odd };
}

/** Densities on `rows` equal bins; what a bin of the histogram holds lies evenly in it. */
function resample({ edges, counts, num }, [low, high], rows) {
  const size = (high - low) / rows || 1;
  const densities = new Array(rows).fill(0);
  counts.forEach((count, at) => {
    if (!count) return;
    const [from, to] = [edges[at], edges[at + 1]];
    const first = Math.max(0, Math.min(rows - 1, Math.floor((from - low) / size)));
    const last = Math.max(first, Math.min(rows - 1, Math.ceil((to - low) / size) - 1));
    for (let row = first; row <= last; row++) {
      const overlap = Math.min(to, low + (row + 1) * size) - Math.max(from, low + row * size);
      densities[row] += to > from ? ((count / num) * Math.max(0, overlap)) / (to - from) : count / num;
    }
  });
  return densities;
}

/** `count` indexes of `length`, evenly. */
function spread(length, count) {
  if (length <= count) return [...Array(length).keys()];
  return [...new Set(Array.from({ length: count }, (_, at) => Math.round((at * (length - 1)) / (count - 1))))];
}
