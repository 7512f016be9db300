// Which rows are chosen, and the row where the keyboard is. Ranges go by what is shown, from the row chosen last.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { Training } from "./data";

export interface Selection {
  chosen: ReadonlyMap<string, Training>;
  /** The id of the row where the keyboard is. */
  cursor: string | null;
  setCursor(id: string | null): void;
  toggle(row: Training): void;
  /** Chooses everything from the row chosen last to this one. */
  reach(row: Training): void;
  choose(rows: readonly Training[]): void;
  clear(): void;
}

/** `shown` are the rows in the order of the screen. */
export function useSelection(shown: readonly Training[]): Selection {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Training>>(new Map());
  const [cursor, setCursor] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);
  const rows = useRef(shown);
  useEffect(() => {
    rows.current = shown;
  });

  const toggle = useCallback((row: Training) => {
    anchor.current = row.id;
    setChosen((before) => {
      const now = new Map(before);
      if (!now.delete(row.id)) now.set(row.id, row);
      return now;
    });
  }, []);
  const reach = useCallback((row: Training) => {
    const range = between(rows.current, anchor.current ?? row.id, row.id);
    anchor.current = row.id;
    setChosen((before) => new Map([...before, ...range.map((one) => [one.id, one] as const)]));
  }, []);
  const choose = useCallback((some: readonly Training[]) => setChosen(new Map(some.map((row) => [row.id, row]))), []);
  const clear = useCallback(() => {
    anchor.current = null;
    setChosen(new Map());
  }, []);
  return useMemo(() => ({ chosen, cursor, setCursor, toggle, reach, choose, clear }), [chosen, cursor, toggle, reach, choose, clear]);
}

/** Both ends and what stands between them; an end that is not shown leaves the other one. */
export function between(rows: readonly Training[], from: string, to: string): Training[] {
  const [a, b] = [rows.findIndex((row) => row.id === from), rows.findIndex((row) => row.id === to)];
  if (a < 0 || b < 0) return rows.filter((row) => row.id === to);
  return rows.slice(Math.min(a, b), Math.max(a, b) + 1);
}
