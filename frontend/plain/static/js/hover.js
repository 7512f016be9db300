// The card beside the pointer: values of all curves at one x, sorted, with the nearest in bold.

import { number } from "./format.js";

const SHOWN = 12;
const GAP = 14;

export class HoverCard {
  constructor() {
    this.card = document.querySelector(".hovercard") ?? document.createElement("div");
    this.card.className = "hovercard";
    this.card.hidden = true;
    document.body.append(this.card);
  }

  /** @param found `{line, at, value, distance}` of every curve that has a value here or to the left */
  show(event, where, found, nearest, buckets) {
    if (!found.length) {
      this.hide();
      return;
    }
    const rows = [...found].sort((a, b) => a.distance - b.distance).slice(0, SHOWN);
    rows.sort((a, b) => b.value - a.value);
    const table = document.createElement("table");
    for (const one of rows) table.append(row(one, one === nearest && rows.length > 1, buckets));
    const title = document.createElement("div");
    title.className = "where";
    title.textContent = found.length > SHOWN ? `${where} · nearest ${SHOWN} of ${found.length}` : where;
    this.card.replaceChildren(title, table);
    this.card.hidden = false;
    this.place(event);
  }

  place(event) {
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const left = event.clientX + GAP + width > innerWidth ? event.clientX - GAP - width : event.clientX + GAP;
    const top = Math.min(event.clientY + GAP, innerHeight - height - 8);
    this.card.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  hide() {
    this.card.hidden = true;
  }
}

function row({ line, at, value }, isNearest, buckets) {
  const element = document.createElement("tr");
  if (isNearest) element.className = "nearest";
  const swatch = document.createElement("span");
  swatch.className = "swatch";
  swatch.style.color = line.curve.color;
  const { min, max } = line.series;
  const spread = buckets && min[at] !== max[at] ? `${number(min[at])} … ${number(max[at])}` : "";
  element.append(cell("", swatch), cell("name", line.curve.name), cell("number", number(value)), cell("number muted", spread));
  return element;
}

function cell(className, content) {
  const element = document.createElement("td");
  element.className = className;
  element.append(content);
  return element;
}
