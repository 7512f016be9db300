// A folder: what it holds, page by page, and a project's quota.

import { refreshAges } from "../ages.js";
import * as api from "../api.js";
import { h } from "../dom.js";
import { ask } from "../form.js";
import { number, size } from "../format.js";
import { addressOf, askMove, askTrash, fileOf, mayRule, mayWrite, parentOf } from "./paths.js";

const PAGE = 200;
const MIB = 1024 * 1024;
const SHAPES = { folder: "▸", model: "◆", file: "·" };

/** Elements of the page of a folder; `again` draws it anew. */
export async function showFolder(folder, again) {
  const page = await api.get(`modelcloud/nodes${api.search({ path: folder.path, limit: PAGE })}`);
  const isProject = folder.project !== null && folder.id === folder.project.id;
  const body = h("tbody", {}, page.items.map((node) => row(node, again)));
  const head = h("tr", {}, ["Name", "Version", "Aliases", "Stage", "Size", "From", "Made"].map((name) => h(["Version", "Size", "Made"].includes(name) ? "th.number" : "th", {}, name)), h("th"));
  const table = h("div.scroll", {}, h("table", { id: "nodes" }, h("thead", {}, head), body));
  refreshAges(table);
  return [
    buttons(folder, isProject, again),
    isProject ? await quota(folder, again) : null,
    page.items.length ? table : empty(folder),
    page.next ? more(folder, page.next, body, again) : null,
  ].filter(Boolean);
}

function buttons(folder, isProject, again) {
  const made = (to) => location.assign(addressOf(to));
  const writes = mayWrite(folder) && [
    h("button", { type: "button", onclick: () => askNew(folder, "folder", again) }, "New folder"),
    h("button", { type: "button", onclick: () => askNew(folder, "model", again) }, "New model"),
    isProject ? null : h("button", { type: "button", onclick: () => askMove(folder, made) }, "Move or rename"),
    isProject ? null : h("button", { type: "button", onclick: () => askTrash(folder, () => made(parentOf(folder.path))) }, "Move to trash"),
    h("a.button", { href: `${addressOf(folder.path)}?trash` }, "Trash"),
  ];
  return writes ? h("div.tools", {}, writes) : null;
}

function askNew(folder, kind, again) {
  ask({
    title: `New ${kind} in ${folder.name}`,
    fields: [{ name: "name", label: "Name", required: true, maxlength: 255 }],
    act: "Make",
    onact: async ({ name }) => {
      await api.post("modelcloud/nodes", { path: `${folder.path}/${name}`, kind });
      await again();
    },
  });
}

function row(node, again) {
  const aliases = Object.entries(node.aliases).map(([name, version]) => [h("span.alias", { title: `${name} is version ${version}` }, name), " "]);
  const acts = mayWrite(node) && node.id !== node.project?.id;
  return h(
    "tr",
    { data: { kind: node.kind, path: node.path } },
    h("td.name", {}, h("span.node-kind", { "aria-label": node.kind }, SHAPES[node.kind]), h("a", { href: addressOf(node.path) }, node.name), node.project && node.id === node.project.id ? h("span.muted", {}, ` ${node.project.owner}`) : null),
    h("td.number", {}, node.version ? `v${node.version}` : ""),
    h("td", {}, aliases.flat()),
    h("td", {}, node.stage === "none" ? "" : h(`span.stage.stage-${node.stage}`, {}, node.stage)),
    h("td.number", { title: node.size === null ? "" : `${node.size} bytes` }, node.size === null ? "" : size(node.size)),
    h("td", {}, origin(node.training)),
    h("td.number.muted", {}, node.created_at ? h("time", { datetime: node.created_at }) : ""),
    h(
      "td.actions",
      {},
      node.size === null ? null : h("a", { href: fileOf(node.path), download: "" }, "download"),
      acts ? h("button.quiet", { type: "button", onclick: () => askMove(node, again) }, "move…") : null,
      acts ? h("button.quiet.danger", { type: "button", onclick: () => askTrash(node, again) }, "trash…") : null,
    ),
  );
}

/** The training that a version comes from. */
export function origin(training) {
  if (!training) return "";
  const name = training.name || (training.number === null ? "a training" : `#${training.number}`);
  const step = training.iteration === null ? "" : ` at ${number(training.iteration)}`;
  return [h("a", { href: `/trainings/${training.number ?? training.id}` }, name), h("span.muted", {}, step)];
}

function more(folder, cursor, body, again) {
  let next = cursor;
  const button = h("button", {
    type: "button",
    onclick: async () => {
      button.disabled = true;
      const page = await api.get(`modelcloud/nodes${api.search({ path: folder.path, limit: PAGE, cursor: next })}`);
      body.append(...page.items.map((node) => row(node, again)));
      refreshAges(body);
      next = page.next;
      button.disabled = false;
      button.hidden = next === null;
    },
  });
  button.textContent = "Show more";
  return h("p", {}, button);
}

function empty(folder) {
  const path = folder.path || "project";
  return h(
    "div.muted",
    {},
    h("p", {}, "Nothing here so far. Snapshots are promoted to models on the page of their training; files come from the command line or from code:"),
    h("pre.paste", {}, `pavi cp model.pth pavi://${path}/model.pth`),
  );
}

async function quota(folder, again) {
  const found = await api.get(`modelcloud/quota${api.search({ project: folder.project.id })}`);
  const text = found.allowed ? `${size(found.used)} of ${size(found.allowed)} used` : `${size(found.used)} used, no limit`;
  const change = () =>
    ask({
      title: `Quota of ${folder.name}`,
      text: "Counted are all versions, those in the trash too; equal contents once.",
      fields: [{ name: "mebibytes", label: "MiB (0: no limit; empty: the server's default)", type: "number", min: 0, step: 1, value: found.set === null ? "" : Math.ceil(found.set / MIB) }],
      act: "Save",
      onact: async ({ mebibytes }) => {
        const allowed = mebibytes === null ? null : mebibytes * MIB;
        await api.put(`modelcloud/quota${api.search({ project: folder.project.id })}`, { allowed });
        await again();
      },
    });
  return h(
    "p.quota",
    {},
    found.allowed ? h("progress", { max: found.allowed, value: Math.min(found.used, found.allowed) }) : null,
    h("span", {}, text),
    mayRule(folder) ? h("button.quiet", { type: "button", onclick: change }, "change…") : null,
  );
}
