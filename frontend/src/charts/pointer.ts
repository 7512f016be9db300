// Where the reader points, shared by all charts and the legend of a page. Kept out of React: it changes every frame.

import type { Hovered } from "./types";

export interface Pointed {
  /** Which chart: what it was named by. */
  chart: string;
  hovered: Hovered;
}

class Pointer {
  private readonly observers = new Set<() => void>();
  private at: Pointed | null = null;
  private emphasised: string | null = null;

  get current(): Pointed | null {
    return this.at;
  }

  /** The curve that all charts put in front: the nearest to the pointer, or the legend's. */
  get emphasis(): string | null {
    return this.emphasised;
  }

  /** Calls back at every change; returns how to stop. */
  observe(observer: () => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  point(at: Pointed | null): void {
    if (at === null && this.at === null) return;
    this.at = at;
    this.emphasised = at?.hovered.nearest?.key ?? null;
    this.tell();
  }

  emphasise(key: string | null): void {
    if (this.emphasised === key) return;
    this.emphasised = key;
    this.tell();
  }

  private tell(): void {
    for (const observer of this.observers) observer();
  }
}

export const pointer = new Pointer();
