// The trash of a project: what was in it, and the two ways out.

import { refreshAges } from "../ages.js";
import * as api from "../api.js";
import { h } from "../dom.js";
import { ask } from "../form.js";
import { size } from "../format.js";
import { addressOf, mayRule, mayWrite } from "./paths.js";

export async function showTrash(folder, again) {
  const items = await api.all("modelcloud/trash", { project: folder.project.id, limit: 200 }, 1_000);
  const back = h("p", {}, h("a", { href: addressOf(folder.path) }, "Back to the folder"));
  if (!items.length) return [h("p.muted", {}, "The trash is empty."), back];
  const head = h("tr", {}, h("th", {}, "Where it was"), h("th", {}, "Kind"), h("th.number", {}, "Size"), h("th.number", {}, "Put here"), h("th"));
  const table = h("div.scroll", {}, h("table", { id: "trash" }, h("thead", {}, head), h("tbody", {}, items.map((node) => row(node, folder, again)))));
  refreshAges(table);
  return [h("p.muted", {}, "What lies here for 30 days is removed for good."), table, back];
}

function row(node, folder, again) {
  return h(
    "tr",
    {},
    h("td.name", {}, node.path),
    h("td", {}, node.kind),
    h("td.number", {}, node.size === null ? "" : size(node.size)),
    h("td.number.muted", {}, h("time", { datetime: node.trashed_at })),
    h(
      "td.actions",
      {},
      mayWrite(folder) ? h("button.quiet", { type: "button", onclick: () => askRestore(node, again) }, "restore…") : null,
      mayRule(folder) ? h("button.quiet.danger", { type: "button", onclick: () => askPurge(node, again) }, "remove for good…") : null,
    ),
  );
}

function askRestore(node, again) {
  ask({
    title: `Restore ${node.name}`,
    fields: [{ name: "to", label: "To", required: true, value: node.path }],
    act: "Restore",
    onact: async ({ to }) => {
      await api.post(`modelcloud/nodes/${node.id}/restore`, to === node.path ? {} : { to });
      await again();
    },
  });
}

function askPurge(node, again) {
  ask({
    title: `Remove ${node.name} for good?`,
    text: "Its versions cannot be brought back.",
    act: "Remove for good",
    onact: async () => {
      await api.remove(`modelcloud/nodes/${node.id}`);
      await again();
    },
  });
}
