// The table by keyboard: j and k or arrows move, x chooses, Enter opens, / goes to the filter.

import { useHotkeys } from "@mantine/hooks";
import { useCallback, useMemo, type KeyboardEvent, type RefObject } from "react";

import type { Training } from "./data";
import type { Selection } from "./selection";

interface Surroundings {
  /** In the order of the screen. */
  rows: readonly Training[];
  selection: Selection;
  /** How many rows a page is. */
  page(): number;
  show(row: Training): void;
  open(row: Training): void;
  grid: RefObject<HTMLElement | null>;
  filter: RefObject<HTMLInputElement | null>;
}

export function useTableKeys({ rows, selection, page, show, open, grid, filter }: Surroundings) {
  const at = useMemo(() => rows.findIndex((row) => row.id === selection.cursor), [rows, selection.cursor]);
  const move = useCallback(
    (to: number, reach = false) => {
      const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (!row) return;
      if (reach) {
        const from = rows[at];
        if (from && !selection.chosen.has(from.id)) selection.toggle(from);
        selection.reach(row);
      }
      selection.setCursor(row.id);
      show(row);
    },
    [rows, at, selection, show],
  );
  const moveHere = (by: number) => {
    grid.current?.focus({ preventScroll: true });
    move(at < 0 ? 0 : at + by);
  };
  const row = rows[at];
  // Also while nothing has the focus; fields keep their letters.
  useHotkeys([
    ["/", () => filter.current?.focus()],
    ["j", () => moveHere(1)],
    ["k", () => moveHere(-1)],
    ["x", () => row && selection.toggle(row)],
  ]);
  return (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return; // buttons and links inside keep their keys
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page(), PageUp: -page(), Home: -Infinity, End: Infinity };
    const by = steps[event.key];
    if (by !== undefined) move(at < 0 && by > 0 && Number.isFinite(by) ? 0 : at + by, event.shiftKey);
    else if (event.key === "Enter" && row) open(row);
    else if (event.key === " " && row) selection.toggle(row);
    else if (event.key === "Escape" && selection.chosen.size) selection.clear();
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) selection.choose(rows);
    else return;
    event.preventDefault();
  };
}
