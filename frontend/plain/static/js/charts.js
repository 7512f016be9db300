// All charts of a page: which metrics there are, when they are drawn, one zoom, one smoothing, one axis. The address
// holds the view, so that a link shows what was seen.

import * as api from "./api.js";
import { Chart } from "./chart.js";
import { throttled } from "./fragments.js";
import { color, darkScheme, paint } from "./palette.js";

const AT_ONCE = 4;
const PER_GROUP = 48;
const REFETCH_MS = 700;
const CLOSED_GROUPS = new Set(["system"]);

export class Charts {
  /** @param {{id, number, name}[]} trainings */
  constructor(trainings) {
    this.curves = new Map(
      trainings.map((one, index) => [one.id, { key: one.id, name: one.name, number: one.number, index, color: color(index), visible: true }]),
    );
    this.panels = new Map();
    this.view = readAddress();
    this.waiting = [];
    this.running = 0;
    this.visible = new IntersectionObserver((entries) => entries.forEach((entry) => this.seen(entry)), { rootMargin: "250px" });
    this.resized = new ResizeObserver((entries) => entries.forEach((entry) => this.panels.get(entry.target.dataset.tag)?.chart.resize()));
    this.loadTagsSoon = throttled(() => this.loadTags(), 2_000);
    this.bindControls();
    this.drawLegend();
    darkScheme.addEventListener("change", () => this.recolor());
  }

  get trainings() {
    return [...this.curves.keys()];
  }

  // Metrics

  async loadTags() {
    const found = await api.series(this.trainings);
    const tags = [...new Set(found.map((one) => one.tag))];
    const note = document.getElementById("charts-note");
    if (note) note.textContent = tags.length ? "" : "No curves yet. They appear with the first log call.";
    this.known = new Set(tags);
    this.showTags(tags);
  }

  showTags(tags) {
    const groups = new Map();
    for (const tag of tags.filter(this.matcher()).sort(byName)) {
      const name = tag.includes("/") ? tag.slice(0, tag.indexOf("/")) : "";
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(tag);
    }
    const shape = JSON.stringify([...groups]);
    if (shape === this.shape) return;
    this.shape = shape;
    const before = this.panels;
    this.panels = new Map();
    const open = new Map([...document.querySelectorAll("#groups .group")].map((group) => [group.dataset.name, group.open]));
    const names = [...groups.keys()].sort((a, b) => CLOSED_GROUPS.has(a) - CLOSED_GROUPS.has(b) || byName(a, b));
    const sections = names.map((name) => this.group(name, groups.get(name), open.get(name), before));
    for (const panel of before.values()) if (!this.panels.has(panel.tag)) this.discard(panel);
    document.getElementById("groups").replaceChildren(...sections);
  }

  group(name, tags, open, before) {
    const group = document.createElement("details");
    group.className = "group";
    group.dataset.name = name;
    group.open = open ?? (!CLOSED_GROUPS.has(name) || Boolean(this.view.filter));
    const summary = document.createElement("summary");
    const count = document.createElement("span");
    count.className = "muted";
    count.textContent = tags.length;
    summary.append(name || "metrics", count);
    const grid = document.createElement("div");
    grid.className = "grid";
    const fill = (list) => grid.append(...list.map((tag) => this.panel(tag, before).element));
    fill(tags.slice(0, PER_GROUP));
    group.append(summary, grid);
    if (tags.length > PER_GROUP) {
      const more = document.createElement("button");
      more.type = "button";
      more.textContent = `Show ${tags.length - PER_GROUP} more`;
      more.addEventListener("click", () => {
        more.remove();
        fill(tags.slice(PER_GROUP));
      });
      group.append(more);
    }
    return group;
  }

  panel(tag, before) {
    const kept = before.get(tag);
    if (kept) {
      this.panels.set(tag, kept);
      return kept;
    }
    const element = document.createElement("section");
    element.className = "chart";
    element.dataset.tag = tag;
    const header = document.createElement("header");
    const title = document.createElement("h3");
    title.title = tag;
    const slash = tag.lastIndexOf("/") + 1;
    const prefix = document.createElement("span");
    prefix.className = "prefix";
    prefix.textContent = tag.slice(0, slash);
    title.append(prefix, tag.slice(slash));
    const count = document.createElement("span");
    count.className = "count";
    header.append(title, count);
    const plot = document.createElement("div");
    plot.className = "plot waiting";
    element.append(header, plot);
    const chart = new Chart(element, { zoom: (from, to) => this.zoom(from, to), reset: () => this.zoom(null, null) });
    const panel = { tag, element, chart, count, onScreen: false, stale: true, aborter: null };
    panel.refetch = throttled(() => this.load(panel), REFETCH_MS);
    this.panels.set(tag, panel);
    this.visible.observe(element);
    this.resized.observe(element);
    return panel;
  }

  discard(panel) {
    this.visible.unobserve(panel.element);
    this.resized.unobserve(panel.element);
    panel.aborter?.abort();
    panel.chart.destroy();
  }

  seen(entry) {
    const panel = this.panels.get(entry.target.dataset.tag);
    if (!panel) return;
    panel.onScreen = entry.isIntersecting;
    if (panel.onScreen && panel.stale) panel.refetch();
  }

  // Data

  async load(panel) {
    if (!panel.onScreen) return;
    panel.stale = false;
    panel.aborter?.abort();
    panel.aborter = new AbortController();
    await this.turn();
    try {
      const { axis, smoothing, from, to } = this.view;
      const answer = await api.query(
        {
          trainings: this.trainings,
          tags: [panel.tag],
          x: axis,
          start: from,
          stop: to,
          buckets: Math.max(500, Math.min(1500, Math.round(panel.element.clientWidth * 1.5))),
          smoothing,
          columns: ["min", "max", "mean", "last", "count"],
        },
        panel.aborter.signal,
      );
      this.show(panel, answer);
    } catch (error) {
      if (error.name === "AbortError") return;
      panel.stale = true;
      panel.count.textContent = error.message;
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Waits until fewer than a handful of requests are under way. */
  async turn() {
    if (this.running >= AT_ONCE) await new Promise((resolve) => this.waiting.push(resolve));
    this.running += 1;
  }

  show(panel, answer) {
    answer.start = this.view.from;
    answer.stop = this.view.to;
    answer.series = answer.series.filter((one) => this.curves.has(one.training));
    for (const one of answer.series) one.curve = this.curves.get(one.training);
    answer.series.sort((a, b) => a.curve.index - b.curve.index);
    panel.answer = answer;
    this.drawPanel(panel);
  }

  drawPanel(panel) {
    panel.chart.draw(panel.answer, { logarithmic: this.view.logarithmic, smoothing: this.view.smoothing });
    this.describe(panel);
  }

  describe(panel) {
    const { series, mode, x } = panel.answer;
    const sum = (name) => series.reduce((total, one) => total + one[name], 0);
    const [inRange, total] = [sum("points"), sum("total")];
    const drawn = mode === "points" ? inRange : series.reduce((count, one) => count + one.count.reduce((n, c) => n + (c > 0), 0), 0);
    const bad = sum("nonfinite_count");
    panel.count.textContent = `${drawn.toLocaleString("en")} of ${total.toLocaleString("en")} points${bad ? `, ${bad} not finite` : ""}`;
    panel.count.title =
      mode === "points" ? "Every point in range is drawn." : `${inRange.toLocaleString("en")} points in ${x.length} buckets; the fill reaches every minimum and maximum.`;
  }

  // News

  points(training, series) {
    for (const one of series) {
      const panel = this.panels.get(one.tag);
      if (!panel) {
        if (!this.known?.has(one.tag)) this.loadTagsSoon();
        continue;
      }
      panel.stale = true;
      if (!panel.onScreen) continue;
      const whole = one.rank === -1 && this.view.from === null && this.view.to === null;
      if (panel.answer && whole && panel.chart.append(training, one.steps, one.values)) {
        this.describe(panel);
        continue;
      }
      panel.refetch();
    }
  }

  refetch(tags) {
    this.loadTagsSoon();
    for (const panel of this.panels.values()) {
      if (tags && !tags.includes(panel.tag)) continue;
      panel.stale = true;
      if (panel.onScreen) panel.refetch();
    }
  }

  // Controls

  zoom(from, to) {
    this.view.from = from;
    this.view.to = to;
    document.getElementById("reset-zoom").hidden = from === null;
    this.writeAddress();
    for (const panel of this.panels.values()) {
      if (panel.answer && panel.onScreen) {
        Object.assign(panel.answer, { start: from, stop: to });
        this.drawPanel(panel); // at once, coarsely; the finer answer follows
      }
    }
    this.refetch(null);
  }

  bindControls() {
    const filter = document.getElementById("tag-filter");
    const axis = document.getElementById("axis");
    const smoothing = document.getElementById("smoothing");
    const logarithmic = document.getElementById("logarithmic");
    const reset = document.getElementById("reset-zoom");
    filter.value = this.view.filter;
    axis.value = this.view.axis;
    smoothing.value = this.view.smoothing;
    smoothing.nextElementSibling.textContent = smoothing.value;
    logarithmic.checked = this.view.logarithmic;
    reset.hidden = this.view.from === null;
    filter.addEventListener("input", () => {
      this.view.filter = filter.value;
      this.writeAddress();
      this.showTags([...(this.known ?? [])]);
    });
    axis.addEventListener("change", () => {
      this.view.axis = axis.value;
      this.zoom(null, null);
    });
    smoothing.addEventListener("input", () => {
      this.view.smoothing = Number(smoothing.value);
      smoothing.nextElementSibling.textContent = smoothing.value;
      this.writeAddress();
      this.refetch(null);
    });
    logarithmic.addEventListener("change", () => {
      this.view.logarithmic = logarithmic.checked;
      this.writeAddress();
      this.redraw();
    });
    reset.addEventListener("click", () => this.zoom(null, null));
  }

  /** A word finds tags that hold it; what looks like a regular expression is one. */
  matcher() {
    const text = this.view.filter.trim();
    if (!text) return () => true;
    try {
      const pattern = new RegExp(text, "i");
      return (tag) => pattern.test(tag);
    } catch {
      return (tag) => tag.toLowerCase().includes(text.toLowerCase());
    }
  }

  redraw() {
    for (const panel of this.panels.values()) if (panel.answer) this.drawPanel(panel);
  }

  recolor() {
    for (const curve of this.curves.values()) curve.color = color(curve.index);
    for (const panel of this.panels.values()) panel.chart.destroy();
    paint();
    this.redraw();
  }

  drawLegend() {
    const legend = document.getElementById("legend");
    if (this.curves.size < 2) return;
    legend.replaceChildren(...[...this.curves.values()].map((curve) => this.legendEntry(curve)));
    paint(legend);
  }

  legendEntry(curve) {
    const entry = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.setAttribute("aria-pressed", "true");
    button.title = "Show or hide";
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.dataset.color = curve.index;
    button.append(swatch, curve.name);
    button.addEventListener("click", () => {
      curve.visible = !curve.visible;
      button.setAttribute("aria-pressed", String(curve.visible));
      this.redraw();
    });
    entry.append(button);
    return entry;
  }

  writeAddress() {
    const address = new URL(location.href);
    const set = (name, value, usual) => (value === usual ? address.searchParams.delete(name) : address.searchParams.set(name, value));
    set("x", this.view.axis, "step");
    set("smoothing", this.view.smoothing, 0);
    set("metrics", this.view.filter, "");
    set("log", this.view.logarithmic ? 1 : 0, 0);
    set("from", this.view.from, null);
    set("to", this.view.to, null);
    history.replaceState(null, "", address);
  }
}

function readAddress() {
  const query = new URLSearchParams(location.search);
  const number = (name) => (query.has(name) && Number.isFinite(Number(query.get(name))) ? Number(query.get(name)) : null);
  const axis = query.get("x");
  return {
    axis: ["step", "relative", "time"].includes(axis) ? axis : "step",
    smoothing: Math.min(0.99, Math.max(0, number("smoothing") ?? 0)),
    filter: query.get("metrics") ?? "",
    logarithmic: query.get("log") === "1",
    from: number("from"),
    to: number("to"),
  };
}

function byName(a, b) {
  return a.localeCompare(b, "en", { numeric: true });
}
