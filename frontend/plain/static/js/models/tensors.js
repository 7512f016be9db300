// What a weights file holds: names, shapes and types of its tensors, and for pickles the globals that they name.

import * as api from "../api.js";
import { h, problem } from "../dom.js";
import { number } from "../format.js";

const ROWS = 100;

/** A section that asks when it is opened: reading a large file's index takes a moment. */
export function showTensors(path) {
  const place = h("div");
  const details = h("details", {}, h("summary.muted", {}, "List them"), place);
  details.addEventListener("toggle", () => details.open && load(path, place), { once: true });
  return h("section.section", { "aria-label": "Tensors" }, h("h2", {}, "Tensors"), details);
}

async function load(path, place) {
  place.replaceChildren(h("p.muted", {}, "Reading…"));
  try {
    const found = await api.get(`modelcloud/tensors${api.search({ path })}`);
    place.replaceChildren(...listing(found));
  } catch (error) {
    place.replaceChildren(problem(error));
  }
}

function listing(found) {
  const tensors = found.tensors ?? found.items ?? [];
  const filter = h("input", { type: "search", placeholder: "Find tensors", "aria-label": "Find tensors", oninput: () => draw() });
  const said = h("span.muted");
  const body = h("tbody");
  let most = ROWS;
  const more = h("button", { type: "button", onclick: () => ((most *= 10), draw()) }, "Show more");
  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    const shown = tensors.filter((one) => one.name.toLowerCase().includes(wanted));
    said.textContent = `${number(shown.length)} tensors, ${number(shown.reduce((sum, one) => sum + elements(one), 0))} elements${found.truncated ? "; there are more than are listed" : ""}`;
    body.replaceChildren(...shown.slice(0, most).map((one) => h("tr", {}, h("td.name", {}, one.name), h("td", {}, one.dtype), h("td", {}, one.shape.length ? one.shape.join(" × ") : "one number"), h("td.number", {}, number(elements(one))))));
    more.hidden = shown.length <= most;
  };
  draw();
  const head = h("tr", {}, h("th", {}, "Name"), h("th", {}, "dtype"), h("th", {}, "Shape"), h("th.number", {}, "Elements"));
  return [globals(found), h("div.tools", {}, filter, said), h("div.scroll", {}, h("table", { id: "tensors" }, h("thead", {}, head), body)), more];
}

/** Loading a pickle calls what it names: whoever loads it should know. */
function globals(found) {
  const named = found.globals ?? [];
  if (!named.length) return "";
  const bad = named.filter((one) => one.dangerous);
  const list = named.map((one) => [h(one.dangerous ? "code.dangerous" : "code", {}, one.name ?? one), " "]);
  const warning = bad.length ? h("div.problem", { role: "alert" }, `This file is a program: unpickling it calls ${bad.map((one) => one.name).join(", ")}. Do not load it unless you know who wrote it.`) : "";
  return h("div", {}, warning, h("p.muted", {}, "Globals that the pickle names: ", list.flat()));
}

function elements({ shape }) {
  return shape.reduce((product, one) => product * one, 1);
}
