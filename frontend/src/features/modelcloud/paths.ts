// What a path of the ModelCloud says: `project/folder/name@v3`, with `~owner` in front of other people's projects.

/** The folder that a project is in the ModelCloud. */
export function addressOf(project: { name: string; owner: string }, me: string): string {
  return project.owner === me ? project.name : `~${project.owner}/${project.name}`;
}

/** A path without the version that it names. */
export function plain(path: string): string {
  const at = path.lastIndexOf("@");
  return at > path.lastIndexOf("/") ? path.slice(0, at) : path;
}

/** The folder that holds a path; empty for a project, which the root holds. */
export function parentOf(path: string): string {
  const above = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  return above.startsWith("~") && !above.includes("/") ? "" : above;
}

export interface Crumb {
  name: string;
  path: string;
}

/** The way from a project down to a path. An owner alone is no place: `~ada/vision` is one step. */
export function crumbsOf(path: string): Crumb[] {
  const parts = path.split("/").filter(Boolean);
  const first = parts[0]?.startsWith("~") && parts.length > 1 ? 2 : 1;
  return parts.slice(first - 1).map((part, depth) => ({ name: depth === 0 ? parts.slice(0, first).join("/") : part, path: parts.slice(0, depth + first).join("/") }));
}

/** Whether `path` is `folder` or lies in it. */
export function isIn(folder: string, path: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

/** Where the bytes at a path are fetched. */
export function fileOf(path: string): string {
  return `/api/v1/modelcloud/file?path=${encodeURIComponent(path)}`;
}

/** One word of a shell's command line. Names are other people's texts: pasted bare, `a & b` would run `b`. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
