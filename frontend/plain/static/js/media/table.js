// Tables: columns sort by their type, a filter finds rows, and only as many rows are drawn as can be read.

import { h } from "../dom.js";
import { number, real } from "../format.js";

const ROWS = 100;
const NUMERIC = new Set(["number", "integer"]);

export class Tables {
  static wide = true;

  constructor(panel) {
    this.panel = panel;
    this.sort = null;
    this.most = ROWS;
    this.filter = h("input", { type: "search", placeholder: "Find rows", "aria-label": `Find rows of ${panel.entry.tag}`, oninput: () => this.draw() });
    this.said = h("span.muted");
    this.more = h("button", { type: "button", hidden: true, onclick: () => this.showMore() });
    this.head = h("tr");
    this.body = h("tbody");
    this.caption = h("p", { hidden: true });
    this.file = h("a.quiet", { download: "" }, "download");
    this.element = h(
      "div.data-table",
      {},
      this.caption,
      h("div.tools", {}, this.filter, this.said, this.file),
      h("div.scroll.tall", { tabindex: 0 }, h("table", {}, h("thead", {}, this.head), this.body)),
      this.more,
    );
  }

  async show([item]) {
    if (!item) return;
    const { columns, rows } = await this.panel.source.content(item);
    this.columns = columns.map((one) => (typeof one === "string" ? { name: one, type: "string" } : one));
    this.rows = rows;
    this.cut = Number.isInteger(item.meta?.rows) && item.meta.rows > rows.length ? item.meta.rows : null;
    this.caption.textContent = item.meta?.caption ?? "";
    this.caption.hidden = !this.caption.textContent;
    this.file.hidden = item.body !== null && item.body !== undefined;
    this.file.href = this.panel.source.file(item);
    if (this.sort && this.sort.column >= this.columns.length) this.sort = null;
    this.draw();
  }

  draw() {
    const wanted = this.filter.value.trim().toLowerCase();
    const rows = wanted ? this.rows.filter((row) => row.some((value) => text(value).toLowerCase().includes(wanted))) : [...this.rows];
    if (this.sort) rows.sort(this.order());
    const total = this.cut ?? this.rows.length;
    this.said.textContent = wanted ? `${number(rows.length)} of ${number(total)} rows` : `${number(total)} rows${this.cut ? `, the first ${number(this.rows.length)} kept` : ""}`;
    this.head.replaceChildren(...this.columns.map((column, at) => this.heading(column, at)));
    this.body.replaceChildren(...rows.slice(0, this.most).map((row) => h("tr", {}, this.columns.map((column, at) => cell(column, row[at])))));
    this.more.hidden = rows.length <= this.most;
    this.more.textContent = `Show more (${number(rows.length - this.most)} left)`;
  }

  heading({ name, type }, at) {
    const up = this.sort?.column === at ? this.sort.up : null;
    const mark = up === null ? "" : up ? " ↑" : " ↓";
    return h(
      NUMERIC.has(type) ? "th.number" : "th",
      { "aria-sort": up === null ? "none" : up ? "ascending" : "descending", title: type },
      h("button.quiet", { type: "button", onclick: () => this.sortBy(at, type) }, `${name}${mark}`),
    );
  }

  /** Numbers begin with the largest, everything else with A; a third click restores the order of the rows. */
  sortBy(column, type) {
    const first = !NUMERIC.has(type);
    if (this.sort?.column !== column) this.sort = { column, up: first };
    else this.sort = this.sort.up === first ? { column, up: !first } : null;
    this.draw();
  }

  order() {
    const { column, up } = this.sort;
    const { type } = this.columns[column];
    const key = NUMERIC.has(type) ? (value) => Number(real(value)) : type === "datetime" ? (value) => Date.parse(value) : type === "boolean" ? Number : null;
    const missing = (value) => value === null || value === undefined || (key && Number.isNaN(key(value)));
    const compare = key ? (a, b) => key(a) - key(b) : (a, b) => text(a).localeCompare(text(b), "en", { numeric: true });
    return (left, right) => {
      const [a, b] = [left[column], right[column]];
      if (missing(a) || missing(b)) return missing(a) - missing(b); // what is missing comes last, either way
      return up ? compare(a, b) : compare(b, a);
    };
  }

  showMore() {
    this.most *= 4;
    this.draw();
  }
}

function cell({ type }, value) {
  if (value === null || value === undefined) return h(NUMERIC.has(type) ? "td.number.muted" : "td.muted", {}, "–");
  if (NUMERIC.has(type)) return h("td.number", { title: text(value) }, typeof value === "number" || typeof value === "string" ? number(value) : text(value));
  if (type === "datetime" && !Number.isNaN(Date.parse(value))) return h("td", { title: value }, new Date(value).toLocaleString());
  if (type === "boolean") return h("td", {}, value ? "yes" : "no");
  return h("td", {}, text(value));
}

function text(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
