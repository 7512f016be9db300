// How a place of the ModelCloud is looked at. The address holds it.

export const TABS = ["versions", "tensors", "history"] as const;
export type Tab = (typeof TABS)[number];

export interface CloudSearch {
  tab?: Tab;
  /** A project's trash in place of its content. */
  trash?: boolean;
}

export function readCloudSearch(search: Record<string, unknown>): CloudSearch {
  const found: CloudSearch = {};
  if (TABS.includes(search.tab as Tab) && search.tab !== "versions") found.tab = search.tab as Tab;
  if (search.trash === true) found.trash = true;
  return found;
}
