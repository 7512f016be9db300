// Views under names of the reader's own, kept in this browser for each user. A view is its part of the address.

import { useCallback, useSyncExternalStore } from "react";

import { readTableSearch, type TableSearch } from "./view";

export interface SavedView {
  name: string;
  search: TableSearch;
}

const observers = new Set<() => void>();
const read = new Map<string, { text: string | null; views: SavedView[] }>();
const keyOf = (user: string) => `pavi.views.${user}`;

function viewsOf(user: string): SavedView[] {
  const text = stored(keyOf(user));
  const before = read.get(user);
  if (before && before.text === text) return before.views;
  const views = parsed(text);
  read.set(user, { text, views });
  return views;
}

/** What another version, or a hand, has written there is left out where it is no view. */
export function parsed(text: string | null): SavedView[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: Partial<SavedView> | null) =>
    typeof one?.name === "string" && one.search !== null && typeof one.search === "object" ? [{ name: one.name, search: readTableSearch(one.search as Record<string, unknown>) }] : [],
  );
}

function observe(observer: () => void): () => void {
  observers.add(observer);
  window.addEventListener("storage", observer); // another tab of this browser
  return () => {
    observers.delete(observer);
    window.removeEventListener("storage", observer);
  };
}

export function useSavedViews(user: string) {
  const views = useSyncExternalStore(observe, () => viewsOf(user));
  const write = useCallback(
    (now: SavedView[]) => {
      try {
        localStorage.setItem(keyOf(user), JSON.stringify(now));
      } catch {
        // A browser that keeps nothing: the address still holds the view.
      }
      for (const observer of observers) observer();
    },
    [user],
  );
  const save = useCallback((view: SavedView) => write([...viewsOf(user).filter((one) => one.name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name))), [user, write]);
  const forget = useCallback((name: string) => write(viewsOf(user).filter((one) => one.name !== name)), [user, write]);
  return { views, save, forget };
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
