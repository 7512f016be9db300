// The table of trainings: choosing rows, and values that stay fresh without moving what is under the pointer.

import { refreshAges } from "./ages.js";
import { fetchPage, throttled } from "./fragments.js";

const EVERY_MS = 4_000;
const table = document.getElementById("trainings");
const compare = document.getElementById("compare");
const news = document.getElementById("news");
const chosen = new Set();

for (const control of document.querySelectorAll("[data-submit]")) {
  control.addEventListener("change", () => control.form.requestSubmit());
}

function showChosen() {
  const numbers = [...chosen].sort((a, b) => a - b);
  compare.textContent = numbers.length ? `Compare ${numbers.length}` : "Compare";
  compare.setAttribute("aria-disabled", String(numbers.length < 2));
  compare.href = `/compare?trainings=${numbers.join(",")}`;
  for (const box of table?.querySelectorAll("tbody input") ?? []) box.checked = chosen.has(Number(box.value));
}

table?.addEventListener("change", ({ target }) => {
  if (target.checked) chosen.add(Number(target.value));
  else chosen.delete(Number(target.value));
  showChosen();
});

/** New values into the rows that are there; another order or other rows wait until the pointer is elsewhere. */
function apply(fresh) {
  const now = fresh.querySelector("#trainings tbody");
  if (!now) return;
  if (!table) {
    location.reload(); // the first training has arrived
    return;
  }
  const body = table.tBodies[0];
  const ids = (rows) => [...rows].map((row) => row.dataset.id).join();
  if (ids(now.rows) !== ids(body.rows) || fresh.querySelector("#trainings thead").textContent !== table.tHead.textContent) {
    const added = [...now.rows].filter((row) => !body.querySelector(`[data-id="${row.dataset.id}"]`)).length;
    if (table.matches(":hover")) {
      news.textContent = added ? `${added} new` : "New order";
      news.hidden = false;
      news.onclick = () => replace(fresh);
      updateCells(now, body);
      return;
    }
    replace(fresh);
    return;
  }
  updateCells(now, body);
}

function replace(fresh) {
  news.hidden = true;
  table.replaceChildren(...document.importNode(fresh.getElementById("trainings"), true).childNodes);
  const total = document.querySelector('[data-live="total"]');
  total.textContent = fresh.querySelector('[data-live="total"]').textContent;
  refreshAges(table);
  showChosen();
}

function updateCells(now, body) {
  for (const row of now.rows) {
    const old = body.querySelector(`[data-id="${row.dataset.id}"]`);
    if (!old || old.cells.length !== row.cells.length) continue;
    [...row.cells].forEach((cell, index) => {
      if (index === 0 || old.cells[index].textContent === cell.textContent) return;
      old.cells[index].replaceChildren(...document.importNode(cell, true).childNodes);
      old.cells[index].title = cell.title;
    });
  }
  refreshAges(body);
}

const refresh = throttled(async () => {
  const fresh = await fetchPage();
  if (fresh) apply(fresh);
}, EVERY_MS);

setInterval(() => document.hidden || refresh(), EVERY_MS);
showChosen();
