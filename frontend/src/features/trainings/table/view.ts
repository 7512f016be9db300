// How the table is looked at: which trainings, in which order, with which columns. The address holds it all.

import { asked, columnOf, NARROWEST, USUAL_FIELDS, WIDEST, type Column } from "./columns";

export type Shelf = "active" | "archived" | "trash";

export interface TableView {
  /** `owner/name`; empty is all projects. */
  project: string;
  where: string;
  /** A field, metric or config key; `-` in front sorts downwards. */
  sort: string;
  shelf: Shelf;
  /** Ids of columns in order; null is what usually is shown. */
  columns: string[] | null;
  widths: Record<string, number>;
  /** The id of the column whose values make groups; empty is none. */
  group: string;
}

export const NEWEST = "-created_at";

/** Search parameters as the address has them; what is usual is left out. */
export type TableSearch = Partial<{
  project: string;
  where: string;
  sort: string;
  shelf: "archived" | "trash";
  cols: string[];
  widths: Record<string, number>;
  group: string;
}>;

export function readTableSearch(search: Record<string, unknown>): TableSearch {
  const found: TableSearch = {};
  // The router reads `project=123` as a number.
  for (const name of ["project", "where", "sort"] as const) {
    const value = search[name];
    if ((typeof value === "string" || typeof value === "number") && String(value).trim()) found[name] = String(value);
  }
  if (search.shelf === "archived" || search.shelf === "trash") found.shelf = search.shelf;
  if (Array.isArray(search.cols)) found.cols = [...new Set(search.cols.filter((one): one is string => typeof one === "string" && one !== "name" && columnOf(one) !== null))];
  if (search.widths !== null && typeof search.widths === "object" && !Array.isArray(search.widths)) {
    const widths = Object.entries(search.widths).filter((pair): pair is [string, number] => columnOf(pair[0]) !== null && Number.isFinite(pair[1]));
    if (widths.length) found.widths = Object.fromEntries(widths.map(([id, width]) => [id, Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)))]));
  }
  if (typeof search.group === "string" && canGroup(columnOf(search.group))) found.group = search.group;
  return found;
}

export function tableViewOf(search: TableSearch): TableView {
  return {
    project: search.project ?? "",
    where: search.where ?? "",
    sort: search.sort ?? NEWEST,
    shelf: search.shelf ?? "active",
    columns: search.cols ?? null,
    widths: search.widths ?? {},
    group: search.group ?? "",
  };
}

export function tableSearchOf(view: TableView): TableSearch {
  return {
    project: view.project || undefined,
    where: view.where.trim() || undefined,
    sort: view.sort === NEWEST ? undefined : view.sort,
    shelf: view.shelf === "active" ? undefined : view.shelf,
    cols: view.columns ?? undefined,
    widths: Object.keys(view.widths).length ? view.widths : undefined,
    group: view.group || undefined,
  };
}

/** The columns beside the name; without a choice of the reader the usual fields, then `suggested`. */
export function columnsOf(view: TableView, suggested: readonly string[]): Column[] {
  return (view.columns ?? [...USUAL_FIELDS, ...suggested]).map(columnOf).filter((one) => one !== null);
}

export function canGroup(column: Column | null): boolean {
  return column !== null && (column.kind === "config" || (column.kind === "field" && ["status", "user", "project", "model", "host"].includes(column.field)));
}

/** What the server is asked for. */
export function requestOf(view: TableView, columns: readonly Column[]) {
  const column = [...new Set([...asked(columns), ...asked([columnOf(view.group)].filter((one) => one !== null))])];
  return {
    project: view.project || undefined,
    where: view.where.trim() || undefined,
    order_by: view.sort,
    archived: view.shelf === "archived" ? ("true" as const) : ("false" as const),
    trashed: view.shelf === "trash" || undefined,
    column: column.length ? column : undefined,
  };
}

export type TableRequest = ReturnType<typeof requestOf>;
