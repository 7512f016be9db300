// Keeps "3 min ago" true, and shows the exact local time on hover.

import { age } from "./format.js";

export function refreshAges(root = document) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    element.textContent = age(date);
    element.title = date.toLocaleString();
  }
}

refreshAges();
setInterval(refreshAges, 10_000);
