// What the SDK told of the process that trains, read with care: it came over the wire, and older SDKs tell less.

type Told = Record<string, unknown>;

export interface GitState {
  commit: string | null;
  branch: string | null;
  remote: string | null;
  dirty: boolean | null;
  diff: string | null;
  truncated: boolean;
  untracked: string[];
}

const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);
const mapping = (value: unknown): Told | null => (value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Told) : null);

export function gitOf(environment: Told): GitState | null {
  const git = mapping(environment.git);
  if (!git) return null;
  return {
    commit: text(git.commit),
    branch: text(git.branch),
    remote: text(git.remote),
    dirty: typeof git.dirty === "boolean" ? git.dirty : null,
    diff: text(git.diff),
    truncated: git.diff_truncated === true,
    untracked: Array.isArray(git.untracked) ? git.untracked.filter((one): one is string => typeof one === "string") : [],
  };
}

/** Names and versions of the installed packages. */
export function packagesOf(environment: Told): [string, string][] {
  return Object.entries(mapping(environment.packages) ?? {}).map(([name, version]) => [name, String(version ?? "")]);
}

const ELSEWHERE = new Set(["command", "git", "packages"]);

/** All that is shown as plain facts: name and value in one line. */
export function factsOf(environment: Told): [string, string][] {
  return Object.entries(environment).flatMap(([name, value]): [string, string][] => {
    if (ELSEWHERE.has(name) || value === null || value === "") return [];
    if (name === "cpu") return [[name, cpuText(mapping(value) ?? {})]];
    if (name === "memory_mb" && typeof value === "number") return [["memory", `${(value / 1024).toFixed(1)} GiB`]];
    if (name === "gpus" && Array.isArray(value)) return value.length ? [[name, counted(value.map(String))]] : [];
    if (name === "variables") return Object.entries(mapping(value) ?? {}).map(([key, one]) => [key, String(one)]);
    return [[name, typeof value === "object" ? JSON.stringify(value) : String(value)]];
  });
}

function cpuText({ model, count, usable }: Told): string {
  const cores = typeof usable === "number" && usable !== count ? `${usable} / ${String(count)}` : String(count ?? "?");
  return `${text(model) ?? "?"} × ${cores}`;
}

/** "2 × A100" for equal names. */
function counted(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${count} × ${name}` : name)).join(", ");
}
