// The page's part "Media": which kinds and tags there are, panels for those in sight, and news while the training runs.

import { h } from "../dom.js";
import { throttled } from "../fragments.js";
import { darkScheme } from "../palette.js";
import { Sounds, Videos } from "./players.js";
import { CustomCharts } from "./custom_charts.js";
import { Embeddings } from "./embedding.js";
import { Graphs } from "./graph.js";
import { Histograms } from "./histogram.js";
import { Meshes } from "./mesh.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { PrCurves } from "./pr_curve.js";
import { Source } from "./source.js";
import { Tables } from "./table.js";
import { Tensors } from "./tensor.js";
import { Texts } from "./text.js";
import { Traces } from "./trace.js";

const KINDS = {
  layout: ["Custom charts", CustomCharts],
  image: ["Images", Pictures],
  figure: ["Figures", Pictures],
  video: ["Videos", Videos],
  audio: ["Audio", Sounds],
  histogram: ["Histograms", Histograms],
  pr_curve: ["PR curves", PrCurves],
  table: ["Tables", Tables],
  text: ["Texts", Texts],
  embedding: ["Embeddings", Embeddings],
  mesh: ["Meshes", Meshes],
  graph: ["Graphs", Graphs],
  tensor: ["Tensors", Tensors],
  trace: ["Traces", Traces],
};
const PER_KIND = 24;
const EVERY_MS = 5_000;

export class MediaSection {
  /** @param {HTMLElement} element the section; hidden until there is something in it */
  constructor(element, training) {
    this.element = element;
    this.source = new Source(training);
    this.panels = new Map();
    this.groups = new Map();
    this.kind = new URLSearchParams(location.search).get("media") ?? "";
    this.chips = element.querySelector(".chips");
    this.filter = element.querySelector("input[type=search]");
    this.linked = element.querySelector("input[type=checkbox]");
    this.place = element.querySelector(".media-groups");
    this.visible = new IntersectionObserver((entries) => entries.forEach((one) => this.of(one)?.seen(one.isIntersecting)), {
      rootMargin: "300px",
    });
    this.sized = new ResizeObserver((entries) => entries.forEach((one) => this.of(one)?.resized()));
    this.filter.addEventListener("input", () => this.draw());
    darkScheme.addEventListener("change", () => this.panels.forEach((panel) => panel.resized()));
    this.refresh = throttled(() => this.load(), EVERY_MS);
    this.refresh();
    setInterval(() => document.hidden || !document.querySelector('[data-live="head"] .status-running') || this.refresh(), EVERY_MS);
  }

  of(entry) {
    return this.panels.get(key(entry.target.dataset));
  }

  async load() {
    this.entries = (await this.source.index()).filter((entry) => entry.kind in KINDS);
    this.element.hidden = !this.entries.length;
    for (const entry of this.entries) this.panels.get(key(entry))?.update(entry);
    const shape = this.entries.map(key).join("\n");
    if (shape === this.shape) return;
    this.shape = shape;
    this.draw();
  }

  draw() {
    const kinds = Object.keys(KINDS).filter((kind) => this.entries.some((entry) => entry.kind === kind));
    if (!kinds.includes(this.kind)) this.kind = "";
    this.drawChips(kinds);
    this.linked.parentElement.hidden = !this.entries.some((entry) => entry.first_step !== entry.last_step);
    const wanted = this.filter.value.trim().toLowerCase();
    const matches = (entry) => (!this.kind || entry.kind === this.kind) && entry.tag.toLowerCase().includes(wanted);
    for (const kind of Object.keys(KINDS)) {
      const entries = this.entries.filter((entry) => entry.kind === kind);
      if (!entries.length) continue;
      if (!this.groups.has(kind)) this.groups.set(kind, new Group(KINDS[kind][0], kind));
      const group = this.groups.get(kind);
      const shown = entries.filter(matches).sort((a, b) => a.tag.localeCompare(b.tag, "en", { numeric: true }));
      group.show(shown, (entry) => this.panel(entry).element);
    }
    const places = Object.keys(KINDS).filter((kind) => this.groups.has(kind)).map((kind) => this.groups.get(kind).element);
    if (places.length !== this.place.childElementCount) this.place.replaceChildren(...places);
  }

  drawChips(kinds) {
    const chip = (kind, label) =>
      h(
        "button.chip",
        {
          type: "button",
          "aria-pressed": String(kind === this.kind),
          onclick: () => {
            this.kind = kind;
            const address = new URL(location.href);
            if (kind) address.searchParams.set("media", kind);
            else address.searchParams.delete("media");
            history.replaceState(null, "", address);
            this.draw();
          },
        },
        label,
      );
    const count = (kind) => this.entries.filter((entry) => entry.kind === kind).length;
    const each = kinds.map((kind) => chip(kind, `${KINDS[kind][0]} ${count(kind)}`));
    this.chips.replaceChildren(...(kinds.length > 1 ? [chip("", "All"), ...each] : []));
  }

  panel(entry) {
    const known = this.panels.get(key(entry));
    if (known) return known;
    const panel = new Panel(this.source, entry, KINDS[entry.kind][1], (step) => this.follow(panel, step));
    this.panels.set(key(entry), panel);
    this.visible.observe(panel.element);
    this.sized.observe(panel.element);
    return panel;
  }

  /** Takes the other panels along, where the reader asked for it. */
  follow(leader, step) {
    if (!this.linked.checked) return;
    for (const panel of this.panels.values()) if (panel !== leader) panel.seek(step);
  }
}

/** The panels of one kind, a handful at first. */
class Group {
  constructor(title, kind) {
    this.most = PER_KIND;
    this.count = h("span.muted");
    this.grid = h("div.panels");
    this.more = h("button", { type: "button", onclick: () => this.showAll() });
    this.element = h("details.group", { open: true, data: { kind } }, h("summary", {}, title, this.count), this.grid, this.more);
  }

  show(entries, elementOf) {
    this.entries = entries;
    this.elementOf = elementOf;
    this.element.hidden = !entries.length;
    this.count.textContent = entries.length;
    const elements = entries.slice(0, this.most).map(elementOf);
    this.more.hidden = entries.length <= this.most;
    this.more.textContent = `Show ${entries.length - this.most} more`;
    // Elements that stay are not moved: a moved player would stop, a moved slider lose the focus.
    const keep = new Set(elements);
    for (const old of [...this.grid.children]) if (!keep.has(old)) old.remove();
    elements.forEach((element, at) => {
      if (this.grid.children[at] !== element) this.grid.insertBefore(element, this.grid.children[at] ?? null);
    });
  }

  showAll() {
    this.most = Infinity;
    this.show(this.entries, this.elementOf);
  }
}

function key({ kind, tag }) {
  return `${kind} ${tag}`;
}
