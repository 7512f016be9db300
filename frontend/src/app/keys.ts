// Keys that work on every page. Pages have their own; what all of them do is said in `KeysHelp`.

import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { PLACES } from "./places";

const CHORD_MS = 1_200;

/** Whether a key goes into a text: then it is no command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName)) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button", "submit"].includes(target.type);
}

interface Acts {
  onPalette(): void;
  onHelp(): void;
}

/** `Ctrl K` opens the palette, `?` the keys, `g` and a letter goes to a place. */
export function useGlobalKeys({ onPalette, onHelp }: Acts): void {
  const navigate = useNavigate();
  const going = useRef(0);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("[role=dialog][aria-modal=true]")) return;
      const place = event.timeStamp - going.current < CHORD_MS ? PLACES.find(({ letter }) => letter === event.key) : undefined;
      going.current = event.key === "g" ? event.timeStamp : 0;
      if (place) {
        event.preventDefault();
        event.stopPropagation();
        void navigate({ to: place.to } as never);
      } else if (event.key === "?") {
        event.preventDefault();
        onHelp();
      }
    };
    // Before pages see the key: `g t` is one command, not a page's `t`.
    window.addEventListener("keydown", press, true);
    return () => window.removeEventListener("keydown", press, true);
  }, [navigate, onPalette, onHelp]);
}
