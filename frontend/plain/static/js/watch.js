// What the pages of one and of several trainings share: charts, live points, and the page's other parts kept fresh.

import "./ages.js";
import { Charts } from "./charts.js";
import { fetchPage, replaceFragments, throttled } from "./fragments.js";
import { Live } from "./live.js";
import { paint } from "./palette.js";

const STATES = { live: "live", paused: "live updates paused", polling: "polling", offline: "reconnecting" };

/** @param {function(string[]): void} onChanged called with the kinds of changes of any training */
export function watch(onChanged = () => {}) {
  const { trainings } = JSON.parse(document.getElementById("chart-data").textContent);
  const charts = new Charts(trainings);
  const refreshPage = throttled(async () => {
    const fresh = await fetchPage();
    if (fresh) replaceFragments(fresh);
  }, 2_000);
  const state = document.getElementById("live");
  paint();
  charts.loadTags().catch((error) => (document.getElementById("charts-note").textContent = error.message));
  new Live(charts.trainings, {
    points: (training, series) => {
      charts.points(training, series);
      refreshPage();
    },
    changed: (training, what) => {
      refreshPage();
      onChanged(what);
    },
    refetch: (training, tags) => {
      charts.refetch(tags);
      refreshPage();
      onChanged(["console"]);
    },
    state: (name) => {
      state.dataset.state = name;
      state.textContent = STATES[name];
    },
  });
  return { charts, refreshPage };
}
