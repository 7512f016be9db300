// What a new page does to the window: its title, and the keyboard's place in it.

import { useEffect, useRef, type RefObject } from "react";

/** Names the window after what is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "Pavi" ? title : `${title} · Pavi`;
  }, [title]);
}

/** Puts the focus on the page after going to another one, so that a screen reader reads it and Tab goes on inside. */
export function useArrival(main: RefObject<HTMLElement | null>, path: string): void {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    // What stays on the screen keeps the focus: a tree that was clicked, a field of the page.
    if (main.current?.contains(document.activeElement)) return;
    main.current?.focus({ preventScroll: true });
  }, [main, path]);
}
