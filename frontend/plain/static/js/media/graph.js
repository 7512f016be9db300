// Model graphs: one scope at a time as boxes and arrows, search over everything, and what is known of the chosen node.

import { h, svg } from "../dom.js";
import { number } from "../format.js";
import { Scopes, place, shapeText } from "./graph_layout.js";

const FOUND = 40;
const LETTER = 7;
const WIDEST = 210;
const HEIGHT = 34;

export class Graphs {
  static wide = true;

  constructor(panel) {
    this.panel = panel;
    this.scale = 1;
    this.search = h("input", { type: "search", placeholder: "Find nodes by name or operator", "aria-label": "Find nodes", oninput: () => this.find() });
    this.path = h("nav.crumbs", { "aria-label": "Scope" });
    this.view = h("div.graph-view", { tabindex: 0 });
    this.side = h("aside.graph-side");
    const zoom = (by) => () => this.zoom(by);
    const buttons = [
      h("button", { type: "button", title: "Smaller", onclick: zoom(1 / 1.25) }, "−"),
      h("button", { type: "button", title: "Larger", onclick: zoom(1.25) }, "+"),
      h("button", { type: "button", onclick: () => this.fit() }, "Fit"),
    ];
    this.element = h("div.graph", {}, h("div.tools", {}, this.search, this.path, buttons), h("div.graph-body", {}, this.view, this.side));
  }

  async show([item]) {
    if (!item) return;
    const graph = await this.panel.source.content(item);
    this.graph = graph;
    this.format = item.meta?.format ?? "";
    this.scopes = new Scopes(graph);
    this.selected = null;
    this.enter([]);
  }

  resized() {}

  /** Shows what lies in a scope. Scopes that hold one scope alone are passed through. */
  enter(path) {
    this.at = path;
    const level = this.scopes.level(path);
    const only = level.boxes.filter((box) => box.kind !== "edge");
    if (only.length === 1 && only[0].kind === "scope") {
      this.enter(only[0].path);
      return;
    }
    for (const box of level.boxes) {
      box.width = Math.min(WIDEST, Math.max(64, 20 + LETTER * Math.max(box.label.length, sub(box).length * 0.86)));
    }
    this.level = { ...level, ...place(level.boxes, level.edges) };
    this.drawPath();
    this.draw();
    if (this.level.width * this.scale > this.view.clientWidth) this.fit();
    if (!this.selected) this.describeScope();
  }

  drawPath() {
    const crumb = (label, path) => h("button.quiet", { type: "button", disabled: path.length === this.at.length, onclick: () => this.enter(path) }, label);
    const parts = this.at.map((part, at) => ["/", crumb(part, this.at.slice(0, at + 1))]);
    this.path.replaceChildren(crumb("model", []), ...parts.flat());
  }

  draw() {
    const { boxes, places, routes, width, height } = this.level;
    const drawing = svg("svg", { width: width * this.scale, height: height * this.scale, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Model graph" });
    for (const { points, count, from, to } of routes) {
      drawing.append(svg("path.arrow", { d: curve(points), "stroke-width": count > 1 ? 2 : 1 }, svg("title", {}, `${label(boxes, from)} → ${label(boxes, to)}${count > 1 ? `, ${count} tensors` : ""}`)));
    }
    for (const box of boxes) drawing.append(this.box(box, places.get(box.id)));
    this.drawing = drawing;
    this.view.replaceChildren(drawing);
  }

  box(box, { x, y }) {
    const chosen = box.node && box.node === this.selected;
    const act = () => (box.kind === "scope" ? this.enter(box.path) : box.node && this.select(box.node));
    return svg(
      `g.box.${box.kind}${chosen ? ".chosen" : ""}`,
      {
        transform: `translate(${x - box.width / 2} ${y - HEIGHT / 2})`,
        tabindex: box.kind === "edge" ? null : 0,
        role: box.kind === "edge" ? null : "button",
        onclick: act,
        onkeydown: (event) => event.key === "Enter" && act(),
      },
      svg("title", {}, box.title ?? box.node?.name ?? `${box.path.join("/")}: open`),
      svg("rect", { width: box.width, height: HEIGHT, rx: box.kind === "scope" ? 8 : 4 }),
      svg("text", { x: box.width / 2, y: sub(box) ? 14 : 21 }, cut(box.label, box.width, 1)),
      sub(box) ? svg("text.sub", { x: box.width / 2, y: 27 }, cut(sub(box), box.width, 0.86)) : null,
    );
  }

  select(node) {
    this.selected = node;
    this.describe(node);
    if (this.level.boxes.some((box) => box.node === node)) this.draw();
    else this.enter(node.path);
    this.view.querySelector(".chosen")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  describe(node) {
    const lines = [
      ["operator", node.op],
      ["scope", node.path.join("/") || "–"],
      ...Object.entries(node.attributes ?? {}).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]),
      ...(node.parameters === undefined || node.parameters === null ? [] : [["parameters", typeof node.parameters === "number" ? number(node.parameters) : JSON.stringify(node.parameters)]]),
    ];
    const go = (other, name) => (other ? h("button.quiet", { type: "button", onclick: () => this.select(other) }, name) : name);
    const inputs = (node.inputs ?? []).map((name) => h("li", {}, go(this.scopes.makers.get(name), name)));
    const outputs = (node.outputs ?? []).map((name) => h("li", {}, go(this.scopes.users.get(name)?.[0], name)));
    this.side.replaceChildren(
      h("h4", {}, node.name),
      h("table.pairs", {}, h("tbody", {}, lines.map(([name, text]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text))))),
      h("h5", {}, "inputs"),
      h("ul", {}, inputs),
      h("h5", {}, "outputs"),
      h("ul", {}, outputs),
    );
  }

  describeScope() {
    const ends = (list) => h("ul", {}, list.map((one) => h("li", {}, h("b", {}, one.name), ` ${shapeText(one)}`)));
    const operators = new Map();
    for (const node of this.scopes.nodes) operators.set(node.op, (operators.get(node.op) ?? 0) + 1);
    const most = [...operators].sort((a, b) => b[1] - a[1]).slice(0, 12);
    this.side.replaceChildren(
      h("h4", {}, `${number(this.scopes.nodes.length)} nodes`),
      this.format ? h("p.muted", {}, { onnx: "from an ONNX export", trace: "from a traced run", modules: "modules, without the flow of data" }[this.format] ?? this.format) : null,
      this.graph.inputs?.length ? h("h5", {}, "inputs") : "",
      ends(this.graph.inputs ?? []),
      this.graph.outputs?.length ? h("h5", {}, "outputs") : "",
      ends(this.graph.outputs ?? []),
      h("h5", {}, "operators"),
      h("ul", {}, most.map(([op, count]) => h("li", {}, `${op} `, h("span.muted", {}, `× ${count}`)))),
    );
  }

  find() {
    const words = this.search.value.trim();
    if (!words) {
      this.selected = null;
      this.describeScope();
      return;
    }
    const { total, nodes } = this.scopes.find(words, FOUND);
    const line = (node) => h("li", {}, h("button.quiet", { type: "button", onclick: () => this.select(node) }, node.name), " ", h("span.muted", {}, node.op));
    this.side.replaceChildren(h("h4", {}, total > FOUND ? `${number(total)} found, the first ${FOUND}` : `${number(total)} found`), h("ul", {}, nodes.map(line)));
    if (!total) this.side.append(h("p.muted", {}, "Nothing has such a name or operator."));
  }

  zoom(by) {
    this.scale = Math.min(3, Math.max(0.05, this.scale * by));
    this.drawing.setAttribute("width", this.level.width * this.scale);
    this.drawing.setAttribute("height", this.level.height * this.scale);
  }

  fit() {
    this.scale = Math.min(1, (this.view.clientWidth - 12) / this.level.width || 1);
    if (this.scale < 0.35) this.scale = 0.35; // rather scroll than not read
    this.zoom(1);
  }
}

function sub(box) {
  if (box.kind === "scope") return `${number(box.count)} ${box.count === 1 ? "node" : "nodes"}`;
  return box.below ?? "";
}

function label(boxes, id) {
  return boxes.find((box) => box.id === id)?.label ?? "";
}

function cut(text, width, share) {
  const most = Math.floor((width - 12) / (LETTER * share));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function curve(points) {
  const [first, ...others] = points.map(({ x, y }, at) => [x, y + (at === 0 ? HEIGHT / 2 : at === points.length - 1 ? -HEIGHT / 2 : 0)]);
  let before = first;
  let path = `M${first}`;
  for (const point of others) {
    const middle = (before[1] + point[1]) / 2;
    path += `C${before[0]},${middle} ${point[0]},${middle} ${point}`;
    before = point;
  }
  return path;
}
