// Embeddings: rows as points in their first three principal components, coloured and named by their metadata.

import { h } from "../dom.js";
import { number } from "../format.js";
import { color, token } from "../palette.js";
import { Orbit } from "./orbit.js";

const NEAR_PX = 12;
const MOST_COLOURS = 20;

export class Embeddings {
  constructor(panel) {
    this.panel = panel;
    this.marked = null;
    this.orbit = new Orbit({
      height: 340,
      label: `Embedding ${panel.entry.tag}`,
      draw: () => this.draw(),
      point: (event) => this.point(event),
    });
    this.reading = h("output.reading");
    this.orbit.element.append(this.reading);
    this.column = h("select", { "aria-label": "Colour by", hidden: true, onchange: () => this.colour() });
    this.legend = h("ul.legend");
    this.facts = h("p.muted.facts-line");
    panel.tools.append(this.column);
    this.element = h("div", {}, this.orbit.element, this.legend, this.facts);
  }

  async show([item]) {
    if (!item) return;
    const body = await this.panel.source.content(item);
    this.points = body.points;
    this.metadata = body.metadata ?? [];
    const width = this.metadata[0]?.length ?? 0;
    this.header = body.metadata_header ?? Array.from({ length: width }, (_, at) => (width > 1 ? `column ${at + 1}` : "label"));
    const chosen = Math.min(Number(this.column.value) || 0, Math.max(0, width - 1));
    this.column.replaceChildren(...this.header.map((name, at) => h("option", { value: at, selected: at === chosen }, name)));
    this.column.hidden = width < 2;
    const share = body.explained?.length ? `, ${body.explained.map((one) => `${(100 * Number(one)).toFixed(1)} %`).join(" + ")} of the variance` : "";
    const { rows, dimensions } = item.meta ?? {};
    this.facts.textContent = `${number(rows ?? this.points.length)} × ${number(dimensions)}${rows > this.points.length ? `, ${number(this.points.length)} shown` : ""}; ${body.method ?? "pca"}${share}`;
    this.orbit.frame(this.points);
    this.colour();
  }

  resized() {
    if (this.points) this.colour();
  }

  /** Few different labels get a colour each; many are told by hovering. */
  colour() {
    const column = Number(this.column.value) || 0;
    const labels = this.metadata.map((row) => String(Array.isArray(row) ? row[column] : row));
    const names = [...new Set(labels)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    const few = names.length > 1 && names.length <= MOST_COLOURS;
    const places = new Map(names.map((name, at) => [name, at]));
    this.colours = this.points.map((_, at) => (few ? color(places.get(labels[at])) : token("--accent")));
    this.legend.replaceChildren(
      ...(few ? names : []).map((name, at) => {
        const swatch = h("span.swatch");
        swatch.style.color = color(at);
        return h("li", {}, swatch, name);
      }),
    );
    this.orbit.draw();
  }

  draw() {
    const { ctx } = this.orbit;
    this.places = this.points.map((point) => this.orbit.project(point));
    const order = [...this.places.keys()].sort((a, b) => this.places[a][2] - this.places[b][2]);
    const radius = this.points.length > 3_000 ? 1.6 : 3;
    for (const at of order) {
      const [x, y, depth] = this.places[at];
      ctx.globalAlpha = 0.55 + 0.4 * Math.max(0, Math.min(1, depth / this.orbit.extent + 0.5));
      ctx.fillStyle = this.colours[at];
      ctx.beginPath();
      ctx.arc(x, y, at === this.marked ? radius + 3 : radius, 0, 7);
      ctx.fill();
    }
    ctx.globalAlpha = 1;
  }

  point(event) {
    let nearest = null;
    if (event && this.places) {
      this.places.forEach(([x, y], at) => {
        const distance = Math.hypot(x - event.offsetX, y - event.offsetY);
        if (distance < NEAR_PX && (!nearest || distance < nearest.distance)) nearest = { at, distance };
      });
    }
    const marked = nearest?.at ?? null;
    if (marked === this.marked) return;
    this.marked = marked;
    const row = marked === null ? undefined : this.metadata[marked];
    const words = (Array.isArray(row) ? row : row === undefined ? [] : [row]).map((value, at) => (this.header.length > 1 ? `${this.header[at]} ${value}` : value));
    this.reading.textContent = marked === null ? "" : words.join(", ") || `row ${marked}`;
    this.orbit.draw();
  }
}
