// The compare page: charts of several trainings, and saving the set.

import * as api from "./api.js";
import { watch } from "./watch.js";

const { charts } = watch();
const save = document.getElementById("save");

save?.addEventListener("click", async () => {
  const name = prompt("Name of this compare");
  if (name === null) return;
  try {
    const saved = await api.post("compares", { name, trainings: charts.trainings });
    location.assign(`/compares/${saved.number}${location.search.replace(/[?&]trainings=[^&]*/g, "").replace(/^&/, "?")}`);
  } catch (error) {
    alert(error.message);
  }
});
