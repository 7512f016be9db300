// The ModelCloud: what lies at the address's path, as a folder, as a model or file with its versions, or a project's trash.

import "../ages.js";
import * as api from "../api.js";
import { h, problem } from "../dom.js";
import { showFolder } from "./folder.js";
import { addressOf } from "./paths.js";
import { showTrash } from "./trash.js";
import { showVersions } from "./versions.js";

const place = document.getElementById("models");
const path = place.dataset.path;

async function show() {
  try {
    const node = await api.get(`modelcloud/node${api.search({ path })}`);
    const trash = new URLSearchParams(location.search).has("trash");
    place.replaceChildren(head(node, trash), ...(await content(node, trash)));
  } catch (error) {
    if (error.status === 404) document.title = "Not here · Pavi";
    place.replaceChildren(crumbs(path), error.status === 404 ? h("p.muted", {}, "Nothing is here, or it is not yours to see. ", h("a", { href: "/models" }, "All models")) : problem(error));
  }
}

function content(node, trash) {
  if (trash && node.project) return showTrash(node, show);
  return node.kind === "folder" ? showFolder(node, show) : showVersions(node, show);
}

function head(node, trash) {
  const said = trash ? h("span.muted", {}, "trash") : node.kind === "folder" ? null : h("span.tag", {}, node.kind);
  return h("div.path-head", { id: "actions" }, crumbs(node.path), said);
}

function crumbs(at) {
  const parts = at.split("/").filter(Boolean);
  if (parts[0]?.startsWith("~") && parts.length > 1) parts.splice(0, 2, `${parts[0]}/${parts[1]}`); // an owner alone is no place
  const whole = parts.flatMap((part, depth) => [
    h("span", {}, "/"),
    depth === parts.length - 1 ? h("span", {}, part) : h("a", { href: addressOf(parts.slice(0, depth + 1).join("/")) }, part),
  ]);
  return h("h1.path", {}, parts.length ? h("a", { href: "/models" }, "Models") : "Models", whole);
}

show();
