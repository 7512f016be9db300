// What the address says beside how charts are looked at: the tab, and where in the console.

export const TABS = ["overview", "scalars", "media", "console", "system", "snapshots", "lineage"] as const;
export type Tab = (typeof TABS)[number];
export type Stream = "stdout" | "stderr";

/** Search parameters as the address has them; what is usual is left out. */
export type TabSearch = Partial<{
  tab: Tab;
  /** A line of the console, counted from 1. */
  line: number;
  /** What is searched in the console. */
  find: string;
  stream: Stream;
}>;

export const USUAL_TAB: Tab = "scalars";

export function readTab(search: Record<string, unknown>): TabSearch {
  const found: TabSearch = {};
  if (TABS.includes(search.tab as Tab) && search.tab !== USUAL_TAB) found.tab = search.tab as Tab;
  if (Number.isSafeInteger(search.line) && (search.line as number) > 0) found.line = search.line as number;
  // A number is what the router makes of a search for digits.
  const find = typeof search.find === "number" ? String(search.find) : search.find;
  if (typeof find === "string" && find) found.find = find.slice(0, 200);
  if (search.stream === "stdout" || search.stream === "stderr") found.stream = search.stream;
  return found;
}
