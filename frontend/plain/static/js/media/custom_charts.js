// Custom charts, as a layout asks for them: several metrics in one chart, or a value with a margin.

import * as api from "../api.js";
import { Chart } from "../chart.js";
import { h, problem } from "../dom.js";
import { color } from "../palette.js";

const BUCKETS = 600;
const REFETCH_MS = 10_000;

export class CustomCharts {
  static wide = true;

  constructor(panel) {
    this.panel = panel;
    this.unstepped = true;
    this.element = h("div");
    this.charts = [];
    setInterval(() => document.hidden || !panel.onScreen || this.charts.forEach((one) => this.load(one)), REFETCH_MS);
  }

  async show([item]) {
    if (!item) return;
    const layout = await this.panel.source.content(item);
    this.charts.forEach((one) => one.chart.destroy());
    this.charts = [];
    const groups = Object.entries(layout).map(([category, charts]) => {
      const parts = Object.entries(charts).map(([title, definition]) => this.chart(title, definition));
      return [h("h4", {}, category), h("div.grid", {}, parts)];
    });
    this.element.replaceChildren(...groups.flat());
    this.known = (await api.series([this.panel.source.training])).map((one) => one.tag);
    await Promise.all(this.charts.map((one) => this.load(one)));
  }

  chart(title, [kind, tags]) {
    const count = h("span.count");
    const legend = h("ul.legend");
    const element = h("section.chart", {}, h("header", {}, h("h3", { title }, title), count), h("div.plot.waiting"), legend);
    const chart = new Chart(element, { zoom: () => {}, reset: () => {} });
    this.charts.push({ chart, kind, tags, count, legend, element });
    return element;
  }

  async load(one) {
    try {
      const wanted = one.kind === "Margin" ? one.tags : this.matching(one.tags);
      if (!wanted.length) {
        one.count.textContent = "no such metric yet";
        return;
      }
      const columns = ["min", "max", "mean", "last", "count"];
      const answer = await api.query({ trainings: [this.panel.source.training], tags: [...new Set(wanted)], x: "step", buckets: BUCKETS, smoothing: 0, columns });
      if (one.kind === "Margin") margins(answer, one.tags);
      answer.series.sort((a, b) => wanted.indexOf(a.tag) - wanted.indexOf(b.tag));
      answer.series.forEach((series, at) => (series.curve = { key: series.tag, name: series.tag, color: color(at), visible: true }));
      one.chart.draw(answer, { logarithmic: false, smoothing: 0 });
      one.count.textContent = `${answer.series.length} ${answer.series.length === 1 ? "metric" : "metrics"}`;
      one.legend.replaceChildren(...answer.series.map(({ curve }) => entry(curve)));
    } catch (error) {
      one.legend.replaceChildren(problem(error));
    }
  }

  /** TensorBoard takes the tags of a Multiline chart as regular expressions. */
  matching(patterns) {
    const tests = patterns.map((pattern) => {
      try {
        return new RegExp(pattern);
      } catch {
        return { test: (tag) => tag === pattern };
      }
    });
    return [...new Set(this.known)].filter((tag) => tests.some((one) => one.test(tag)));
  }

  resized() {
    this.charts.forEach((one) => one.chart.resize());
  }
}

/** `[value, lower, upper]`, thrice and more: the bounds become the value's envelope. */
function margins(answer, tags) {
  const of = (tag) => answer.series.find((one) => one.tag === tag);
  const shown = [];
  for (let at = 0; at < tags.length; at += 3) {
    const [value, lower, upper] = tags.slice(at, at + 3).map(of);
    if (!value) continue;
    shown.push({ ...value, min: lower?.min ?? value.min, max: upper?.max ?? value.max, envelope: Boolean(lower && upper) });
  }
  answer.series = shown;
}

function entry(curve) {
  const swatch = h("span.swatch");
  swatch.style.color = curve.color;
  return h("li", {}, swatch, curve.name);
}
