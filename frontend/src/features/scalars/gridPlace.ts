// Where the grid of charts is on the page, how many columns it has, and that it does not move under the reader.

import type { Virtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";

import type { Row } from "./rows";

const LEAST_WIDTH = 380;
const GAP = 10;

export function useColumns(element: HTMLElement | null): number {
  const [columns, setColumns] = useState(1);
  useLayoutEffect(() => {
    if (!element) return undefined;
    const measure = () => setColumns(Math.max(1, Math.floor((element.clientWidth + GAP) / (LEAST_WIDTH + GAP))));
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [element]);
  return columns;
}

/** Distance from the page's top; it changes when what stands above grows. */
export function useOffset(element: HTMLElement | null): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    if (!element) return undefined;
    const measure = () => setOffset(Math.round(element.getBoundingClientRect().top + scrollY));
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(document.body);
    if (element.parentElement) sizes.observe(element.parentElement);
    return () => sizes.disconnect();
  }, [element]);
  return offset;
}

/** When rows are added above what is looked at, the page scrolls by as much, and what is looked at stays. */
export function useKeptPlace(rows: readonly Row[], virtual: Virtualizer<Window, Element>): void {
  const seen = useRef<{ key: string; top: number } | null>(null);
  const before = useRef(rows);
  useLayoutEffect(() => {
    const items = virtual.getVirtualItems();
    if (before.current !== rows && seen.current) {
      const { key, top } = seen.current;
      const at = rows.findIndex((row) => row.key === key);
      const item = at < 0 ? undefined : virtual.measurementsCache[at];
      if (item && item.start !== top && scrollY > virtual.options.scrollMargin) scrollBy({ top: item.start - top, behavior: "instant" });
    }
    before.current = rows;
    const first = items.find((item) => item.end > scrollY);
    seen.current = first && rows[first.index] ? { key: rows[first.index]!.key, top: first.start } : null;
  });
}
