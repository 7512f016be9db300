// What columns there are, and what each is called by the server: a column's id is the text of `column` and `order_by`.

export const STATS = ["last", "min", "max"] as const;
export type Stat = (typeof STATS)[number];

/** Fields of every training that can be a column; the name always stands first. */
export const FIELDS = [
  "status",
  "progress",
  "tags",
  "user",
  "created_at",
  "duration",
  "number",
  "project",
  "model",
  "host",
  "started_at",
  "finished_at",
  "heartbeat_at",
  "lost_points",
] as const;
export type Field = (typeof FIELDS)[number] | "name";

export const USUAL_FIELDS: Field[] = ["status", "progress", "tags", "user", "created_at", "duration"];

export type Column =
  | { id: string; kind: "field"; field: Field }
  | { id: string; kind: "config"; key: string }
  | { id: string; kind: "metric"; tag: string; stat: Stat }
  | { id: string; kind: "spark"; tag: string };

const UNSORTED = new Set<Field>(["progress", "tags"]);
const NUMERIC = new Set<Field>(["duration", "number", "lost_points"]);
const TIMES = new Set<Field>(["created_at", "started_at", "finished_at", "heartbeat_at"]);

const WIDTHS: Partial<Record<Field, number>> = { name: 220, status: 92, progress: 184, tags: 120, user: 76, created_at: 100, duration: 92, number: 64, lost_points: 90 };
export const NARROWEST = 56;
export const WIDEST = 800;

/** A column from its id; null where there is no such column. */
export function columnOf(id: string): Column | null {
  if (id === "name" || (FIELDS as readonly string[]).includes(id)) return { id, kind: "field", field: id as Field };
  const metric = /^(metrics|spark)\[(".*")\](?:\.(last|min|max))?$/s.exec(id);
  if (metric) {
    const tag = unquoted(metric[2]!);
    if (tag === null) return null;
    if (metric[1] === "spark") return metric[3] ? null : { id, kind: "spark", tag };
    return metric[3] ? { id, kind: "metric", tag, stat: metric[3] as Stat } : null;
  }
  const key = /^(?:config|summary)(?:\.|\[).+$/s.test(id) ? id : null;
  return key ? { id, kind: "config", key: shortKey(id) } : null;
}

export const metricId = (tag: string, stat: Stat) => `metrics[${JSON.stringify(tag)}].${stat}`;
export const sparkId = (tag: string) => `spark[${JSON.stringify(tag)}]`;

/** The filter's name of a leaf: `config.lr`, and in quotes where a part of the key is no plain name. */
export function leafId(section: "config" | "summary", key: string): string {
  const plain = key.split(".").every((part, at) => /^[A-Za-z_]\w*$/.test(part) || (at > 0 && /^\d+$/.test(part)));
  return plain ? `${section}.${key}` : `${section}[${JSON.stringify(key)}]`;
}

/** What the server is asked to send along for these columns. */
export function asked(columns: readonly Column[]): string[] {
  return columns.filter((one) => one.kind === "config" || one.kind === "metric").map((one) => one.id);
}

/** What `order_by` says for a column; null where nothing sorts by it. */
export function sortOf(column: Column): string | null {
  if (column.kind === "field") return UNSORTED.has(column.field) ? null : column.id;
  return column.kind === "spark" ? metricId(column.tag, "last") : column.id;
}

/** Whether a first click sorts downwards: large and new first, names from A. */
export function descendsFirst(column: Column): boolean {
  if (column.kind === "field") return NUMERIC.has(column.field) || TIMES.has(column.field);
  return column.kind !== "config" && !(column.kind === "metric" && column.stat === "min");
}

export function isNumeric(column: Column): boolean {
  return column.kind === "metric" || (column.kind === "field" && NUMERIC.has(column.field));
}

export function isTime(field: Field): boolean {
  return TIMES.has(field);
}

export function widthOf(column: Column): number {
  if (column.kind === "field") return WIDTHS[column.field] ?? 110;
  if (column.kind === "spark") return 110;
  return column.kind === "metric" ? 112 : 110;
}

/** Leaves of a document by the dotted key under which the server knows them. */
export function leaves(document: unknown, above = ""): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (document === null || typeof document !== "object") return above ? { [above]: document } : found;
  for (const [name, value] of Object.entries(document)) Object.assign(found, leaves(value, above ? `${above}.${name}` : name));
  return found;
}

function shortKey(id: string): string {
  const quoted = /^(?:config|summary)\[(".*")\]$/s.exec(id);
  return (quoted && unquoted(quoted[1]!)) ?? id.replace(/^(config|summary)\./, "");
}

function unquoted(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
