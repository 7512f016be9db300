// A config as rows of a tree, and the part of it that a search finds.

export interface ConfigRow {
  /** As the filter and the table's columns name it: `config.optimizer.lr`. */
  path: string;
  name: string;
  depth: number;
  value: unknown;
  /** How many entries it has; null for what has none to open. */
  entries: number | null;
  open: boolean;
}

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export function pathOf(parent: string, name: string): string {
  return NAME.test(name) || /^\d+$/.test(name) ? `${parent}.${name}` : `${parent}[${JSON.stringify(name)}]`;
}

/** What is shown of a value in one line, and copied. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Mappings open, and lists of such; a list of plain values is a value. */
function entriesOf(value: unknown): [string, unknown][] | null {
  if (value === null || typeof value !== "object") return null;
  if (Array.isArray(value) && !value.some((one) => one !== null && typeof one === "object")) return null;
  const entries = Object.entries(value);
  return entries.length ? entries : null;
}

/** Rows that are seen: those in open branches, or with a search, those that match and what leads to them. */
export function configRows(config: Record<string, unknown>, isOpen: (path: string) => boolean, search = ""): ConfigRow[] {
  const wanted = search.trim().toLowerCase();
  const rows: ConfigRow[] = [];
  const walk = (parent: string, entries: [string, unknown][], depth: number, found: boolean) => {
    for (const [name, value] of entries) {
      const path = pathOf(parent, name);
      const inner = entriesOf(value);
      const matches = found || path.slice("config.".length).toLowerCase().includes(wanted) || (!inner && textOf(value).toLowerCase().includes(wanted));
      const at = rows.length;
      const open = inner !== null && (wanted ? true : isOpen(path));
      rows.push({ path, name, depth, value, entries: inner?.length ?? null, open });
      if (open && inner) walk(path, inner, depth + 1, matches);
      if (wanted && !matches && rows.length === at + 1) rows.pop();
    }
  };
  walk("config", Object.entries(config), 0, !wanted);
  return rows;
}

/** How many values it has, counted up to `most`. */
export function countLeaves(value: unknown, most: number): number {
  const entries = entriesOf(value);
  if (!entries) return 1;
  let count = 0;
  for (const [, inner] of entries) {
    count += countLeaves(inner, most - count);
    if (count >= most) break;
  }
  return count;
}
