// Brings parts of a page up to date from the server's own rendering of it: every `[data-live]` by its name.

import { refreshAges } from "./ages.js";
import { paint } from "./palette.js";

/** The page as the server renders it now. */
export async function fetchPage() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Replaces what has changed, but nothing that is being pointed at or selected from. */
export function replaceFragments(fresh) {
  const selection = getSelection();
  for (const old of document.querySelectorAll("[data-live]")) {
    const now = fresh.querySelector(`[data-live="${old.dataset.live}"]`);
    if (!now || now.innerHTML === old.dataset.source) continue;
    if (!selection.isCollapsed && selection.containsNode(old, true)) continue;
    const open = [...old.querySelectorAll("details")].map((details) => details.open);
    old.dataset.source = now.innerHTML;
    old.hidden = now.hidden;
    old.replaceChildren(...document.importNode(now, true).childNodes);
    old.querySelectorAll("details").forEach((details, index) => (details.open = open[index] ?? details.open));
    refreshAges(old);
    paint(old);
  }
}

/** A function that calls `work` soon, at most every `interval` milliseconds, and never twice at once. */
export function throttled(work, interval) {
  let timer = null;
  let running = false;
  let again = false;
  let last = -Infinity;
  const run = async () => {
    timer = null;
    running = true;
    again = false;
    last = performance.now();
    try {
      await work();
    } catch (error) {
      console.warn(error); // the next call tries again
    }
    running = false;
    if (again) plan();
  };
  const plan = () => {
    if (running) again = true;
    else timer ??= setTimeout(run, Math.max(0, last + interval - performance.now()));
  };
  return plan;
}
