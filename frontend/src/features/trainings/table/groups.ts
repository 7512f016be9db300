// Rows by a value that they share, with what can be said of each group: how many, and the mean of its numbers.

import { real } from "@/charts/format";

import type { Column } from "./columns";
import type { Training } from "./data";

export interface GroupLine {
  kind: "group";
  key: string;
  label: string;
  rows: Training[];
  open: boolean;
}

export type Line = GroupLine | { kind: "row"; key: string; row: Training; block: readonly string[] };

/** Rows whose little curves are asked for together. */
export const BLOCK = 25;

/** What stands under each other: rows, or headings with the rows of the groups that are open, in order of first sight. */
export function linesOf(rows: readonly Training[], by: Column | null, closed: ReadonlySet<string>, blocks: readonly (readonly string[])[]): Line[] {
  const place = new Map(rows.map((row, at) => [row.id, at]));
  const line = (row: Training): Line => ({ kind: "row", key: row.id, row, block: blocks[Math.floor(place.get(row.id)! / BLOCK)]! });
  if (!by) return rows.map(line);
  const groups = new Map<string, Training[]>();
  for (const row of rows) {
    const label = groupLabel(row, by);
    const group = groups.get(label);
    if (group) group.push(row);
    else groups.set(label, [row]);
  }
  return [...groups].flatMap(([label, group]): Line[] => {
    const open = !closed.has(label);
    return [{ kind: "group", key: `group ${label}`, label, rows: group, open }, ...(open ? group.map(line) : [])];
  });
}

export function groupLabel(row: Training, by: Column): string {
  const value = by.kind === "field" ? (by.field === "project" ? row.project.path : row[by.field as "status"]) : row.columns[by.id];
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export interface Spread {
  count: number;
  mean: number;
  /** Of the sample; null of a single value. */
  deviation: number | null;
}

/** Mean and standard deviation of a column's finite numbers; null where there are none. */
export function spreadOf(rows: readonly Training[], id: string): Spread | null {
  const values = rows.map((row) => real(row.columns[id] as number | string | null)).filter((one): one is number => one !== null && Number.isFinite(one));
  if (!values.length) return null;
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  if (values.length === 1) return { count: 1, mean, deviation: null };
  const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { count: values.length, mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
