// Addresses of places in the ModelCloud, and what may be done there.

import * as api from "../api.js";
import { ask } from "../form.js";

/** The page of a path. */
export function addressOf(path) {
  return path ? `/models/${path.split("/").map(encodeURIComponent).join("/")}` : "/models";
}

/** The bytes at a path. */
export function fileOf(path) {
  return `/api/v1/modelcloud/file${api.search({ path })}`;
}

/** A path without the version that it names. */
export function plain(path) {
  const at = path.lastIndexOf("@");
  return at > path.lastIndexOf("/") ? path.slice(0, at) : path;
}

export function parentOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export const mayWrite = (node) => ["member", "owner"].includes(node.role);
export const mayRule = (node) => node.role === "owner";

export function askMove(node, done) {
  const from = plain(node.path);
  ask({
    title: `Move or rename ${node.name}`,
    fields: [{ name: "to", label: "New path", required: true, value: from }],
    act: "Move",
    onact: async ({ to }) => {
      await api.post("modelcloud/move", { from, to });
      done(to);
    },
  });
}

export function askTrash(node, done) {
  const path = plain(node.path);
  ask({
    title: `Move ${node.name} to the trash?`,
    text: `Everything in it disappears from its place. The project's trash gives it back until it is emptied.`,
    act: "Move to trash",
    onact: async () => {
      await api.remove(`modelcloud/node${api.search({ path })}`);
      done();
    },
  });
}
