// The page of one training: charts, media, snapshots, and a console that follows its end.

import * as api from "./api.js";
import { throttled } from "./fragments.js";
import { plain } from "./format.js";
import { MediaSection } from "./media/section.js";
import { Snapshots } from "./snapshots.js";
import { watch } from "./watch.js";

const KEPT_LINES = 5_000;
const { id: training, project, writable } = document.getElementById("training").dataset;
const output = document.getElementById("console");
const atEnd = () => output.scrollTop + output.clientHeight >= output.scrollHeight - 8;

async function fetchConsole() {
  let next = Number(output.dataset.next);
  while (next !== null) {
    const page = await api.get(`trainings/${training}/console?from=${next}&limit=1000`);
    if (!page.items.length) return;
    const follow = output.hidden || atEnd();
    output.hidden = false;
    document.getElementById("console-empty").hidden = true;
    output.append(...page.items.map(line));
    while (output.childElementCount > KEPT_LINES) output.firstElementChild.remove();
    output.dataset.next = page.items[page.items.length - 1].number + 1;
    if (follow) output.scrollTop = output.scrollHeight;
    next = page.next;
  }
}

function line({ stream, text, number }) {
  const element = document.createElement("span");
  element.className = stream;
  element.dataset.number = number;
  element.textContent = `${plain(text)}\n`;
  return element;
}

const followConsole = throttled(fetchConsole, 1_000);
output.scrollTop = output.scrollHeight;
const media = new MediaSection(document.getElementById("media"), training);
const snapshots = new Snapshots(document.getElementById("snapshots"), {
  training,
  project,
  writable: writable !== undefined,
});
watch((what) => {
  if (what.includes("console")) followConsole();
  if (what.includes("media")) media.refresh();
  if (what.includes("snapshot") || what.includes("finish")) snapshots.refresh();
});
