// A model or a file: its versions with aliases, stages and where they come from; who changed what; and what is in it.

import { refreshAges } from "../ages.js";
import * as api from "../api.js";
import { h, problem } from "../dom.js";
import { ask } from "../form.js";
import { number, size } from "../format.js";
import { origin } from "./folder.js";
import { addressOf, askMove, askTrash, fileOf, mayWrite, parentOf, plain } from "./paths.js";
import { showTensors } from "./tensors.js";

const PAGE = 50;
const STAGES = ["none", "candidate", "staging", "production", "archived"];

export async function showVersions(node, again) {
  const path = plain(node.path);
  const page = await api.get(`modelcloud/versions${api.search({ path, limit: PAGE })}`);
  const context = { node, path, again, writable: mayWrite(node) };
  const body = h("tbody", {}, page.items.map((one) => row(one, context)));
  const names = ["Version", "File", "Aliases", "Stage", "Comment", "From", "Size", "sha256", "Made"];
  const head = h("tr", {}, names.map((name) => h(["Size", "Made"].includes(name) ? "th.number" : "th", {}, name)), h("th"));
  const table = h("div.scroll", {}, h("table", { id: "versions" }, h("thead", {}, head), body));
  refreshAges(table);
  const parts = [
    facts(node),
    buttons(context),
    section("Versions", page.items.length ? table : h("p.muted", {}, "None so far. Promote a snapshot on the page of its training, or copy a file here."), page.next ? more(context, page.next, body) : null),
    section("History", await history(path)),
  ];
  if (node.size !== null) parts.push(showTensors(node.path));
  return parts;
}

function facts(node) {
  if (!node.version) return h("p.facts", {}, h("span", {}, "no version yet"));
  const training = node.training;
  return h(
    "p.facts",
    {},
    h("span", {}, "shown is ", h("b", {}, `version ${node.version}`), ` of ${number(node.versions)}`),
    h("span", {}, h("b", {}, size(node.size))),
    training ? h("span", {}, "from ", origin(training)) : null,
    training?.commit ? h("span", {}, "commit ", h("code", { title: training.commit }, training.commit.slice(0, 12))) : null,
    training?.config_sha256 ? h("span", {}, "config ", h("code", { title: training.config_sha256 }, training.config_sha256.slice(0, 12))) : null,
    node.created_by ? h("span", {}, "by ", h("b", {}, node.created_by)) : null,
  );
}

function buttons({ node, path, writable }) {
  return h(
    "div.tools",
    {},
    node.size === null ? null : h("a.button.primary", { href: fileOf(node.path), download: "" }, "Download"),
    writable ? h("button", { type: "button", onclick: () => askMove(node, (to) => location.assign(addressOf(to))) }, "Move or rename") : null,
    writable ? h("button", { type: "button", onclick: () => askTrash(node, () => location.assign(addressOf(parentOf(path)))) }, "Move to trash") : null,
    h("code.muted", {}, `pavi cp pavi://${node.path} .`),
  );
}

function section(title, ...content) {
  return h("section.section", { "aria-label": title }, h("h2", {}, title), content);
}

function row(one, context) {
  const { node, path, writable } = context;
  const act = (text, onclick, extra = "") => h(`button.quiet${extra}`, { type: "button", onclick }, text);
  const aliases = one.aliases.map((name) => [writable ? h("button.alias", { type: "button", title: "Take it away", onclick: () => askAlias(context, one, name) }, name) : h("span.alias", {}, name), " "]);
  return h(
    one.number === node.version ? "tr.current" : "tr",
    { data: { version: one.number } },
    h("td", {}, h("a", { href: addressOf(`${path}@v${one.number}`) }, `v${one.number}`)),
    h("td.name", {}, one.name),
    h("td", {}, aliases.flat()),
    h("td", {}, one.stage === "none" ? h("span.muted", {}, "–") : h(`span.stage.stage-${one.stage}`, {}, one.stage)),
    h("td", {}, one.comment),
    h("td", {}, origin(one.training)),
    h("td.number", { title: `${one.size} bytes` }, size(one.size)),
    h("td.muted", {}, h("code", { title: one.sha256 }, one.sha256.slice(0, 12))),
    h("td.number.muted", { title: one.created_by ?? "" }, h("time", { datetime: one.created_at })),
    h(
      "td.actions",
      {},
      h("a", { href: fileOf(one.path), download: "" }, "download"),
      writable ? act("alias…", () => askAlias(context, one)) : null,
      writable ? act("stage…", () => askStage(context, one)) : null,
      writable ? act("comment…", () => askComment(context, one)) : null,
    ),
  );
}

/** Points an alias at a version, or takes a given one away from it. */
function askAlias({ path, again }, one, taken = null) {
  ask({
    title: taken === null ? `Alias for version ${one.number}` : `Take ${taken} away from version ${one.number}?`,
    text: taken === null ? "An alias is one version at a time: one that is set elsewhere moves here." : `${path}@${taken} will name nothing until it is set again.`,
    fields: [
      ...(taken === null ? [{ name: "alias", label: "Alias", required: true, placeholder: "production", pattern: "[a-z0-9][a-z0-9._\\-]{0,63}", title: "a-z 0-9 . _ -" }] : []),
      { name: "comment", label: "Comment (optional)" },
    ],
    act: taken === null ? "Set" : "Take away",
    onact: async ({ alias, comment }) => {
      await api.put("modelcloud/aliases", { path, alias: taken ?? alias, version: taken === null ? one.number : null, comment: comment ?? "" });
      await again();
    },
  });
}

function askStage({ again }, one) {
  ask({
    title: `Stage of version ${one.number}`,
    fields: [
      { name: "stage", label: "Stage", type: "select", value: one.stage, options: STAGES.map((stage) => [stage, stage]) },
      { name: "comment", label: "Why (optional)" },
    ],
    act: "Set",
    onact: async ({ stage, comment }) => {
      await api.patch(`modelcloud/versions/${one.id}`, { stage, ...(comment === null ? {} : { comment }) });
      await again();
    },
  });
}

function askComment({ again }, one) {
  ask({
    title: `Comment on version ${one.number}`,
    fields: [{ name: "comment", label: "Comment", value: one.comment }],
    act: "Save",
    onact: async ({ comment }) => {
      await api.patch(`modelcloud/versions/${one.id}`, { comment: comment ?? "" });
      await again();
    },
  });
}

function more(context, cursor, body) {
  let next = cursor;
  const button = h("button", { type: "button" }, "Show older versions");
  button.addEventListener("click", async () => {
    const page = await api.get(`modelcloud/versions${api.search({ path: context.path, limit: PAGE, cursor: next })}`);
    body.append(...page.items.map((one) => row(one, context)));
    refreshAges(body);
    next = page.next;
    button.hidden = next === null;
  });
  return h("p", {}, button);
}

async function history(path) {
  try {
    const { items } = await api.get(`modelcloud/history${api.search({ path, limit: 100 })}`);
    if (!items.length) return h("p.muted", {}, "No alias or stage was ever set.");
    const list = h("ul.history", {}, items.map((one) => h("li", {}, change(one))));
    refreshAges(list);
    return list;
  } catch (error) {
    return problem(error);
  }
}

function change(one) {
  const when = h("time.muted", { datetime: one.at });
  const who = h("b", {}, one.by ?? "somebody");
  const why = one.comment ? h("span.muted", {}, ` “${one.comment}”`) : null;
  if (one.kind === "stage") {
    const before = one.previous_stage && one.previous_stage !== "none" ? ` (was ${one.previous_stage})` : "";
    return [who, ` set version ${one.version} to `, h(`span.stage.stage-${one.stage}`, {}, one.stage), `${before} `, when, why];
  }
  const alias = h("span.alias", {}, one.alias);
  if (one.version === null) return [who, " took ", alias, ` away from version ${one.previous} `, when, why];
  return [who, one.previous === null ? " set " : " moved ", alias, one.previous === null ? ` to version ${one.version} ` : ` from version ${one.previous} to version ${one.version} `, when, why];
}
