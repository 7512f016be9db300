// Keeps charts current: pushed points mark their charts as old, and those that are seen are asked for again.

import { useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { live } from "@/api/live";

import { seriesKey } from "./data";

const SOON_MS = 500;
/** Charts are asked for during at most this share of the time, so that hundreds of live trainings leave the server room. */
const BUSY_SHARE = 0.33;
const LONGEST_MS = 10_000;

export function useLiveCharts(trainings: readonly string[]): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!trainings.length) return undefined;
    const refresher = new Refresher(queries, trainings);
    const stop = live.watch([...trainings], {
      points: (_, series) => refresher.mark(series.map((one) => one.tag)),
      refetch: (_, tags) => refresher.mark(tags),
    });
    return () => {
      refresher.stop();
      stop();
    };
  }, [queries, trainings]);
}

/** Gathers what is old, and asks for it: never twice at once, never while nobody looks, and slower when answers are slow. */
export class Refresher {
  private readonly stale = new Set<string>();
  private everything = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private wait = SOON_MS;
  private stopped = false;

  constructor(
    private readonly queries: QueryClient,
    private readonly trainings: readonly string[],
  ) {
    document.addEventListener("visibilitychange", this.soon);
  }

  /** Null: all of them. */
  mark(tags: readonly string[] | null): void {
    if (tags === null) this.everything = true;
    else for (const tag of tags) this.stale.add(tag);
    this.soon();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.soon);
  }

  private readonly soon = (): void => {
    if (this.stopped || this.asking || document.hidden || (!this.everything && !this.stale.size)) return;
    this.timer ??= setTimeout(() => void this.refresh(), this.wait);
  };

  private async refresh(): Promise<void> {
    this.timer = undefined;
    const { everything } = this;
    const stale = new Set(this.stale);
    this.everything = false;
    this.stale.clear();
    this.asking = true;
    const began = performance.now();
    const isStale = (query: Query) => everything || (query.queryKey[1] as string[]).some((tag) => stale.has(tag));
    const key = seriesKey(this.trainings);
    const known = new Set(this.queries.getQueryData<{ tag: string }[]>(key)?.map((one) => one.tag));
    const asked = [this.queries.invalidateQueries({ queryKey: ["chart"], predicate: isStale }, { cancelRefetch: false })];
    if (everything || [...stale].some((tag) => !known.has(tag))) asked.push(this.queries.invalidateQueries({ queryKey: key }, { cancelRefetch: false }));
    await Promise.allSettled(asked);
    this.asking = false;
    this.wait = Math.min(LONGEST_MS, Math.max(SOON_MS, (performance.now() - began) * (1 / BUSY_SHARE - 1)));
    this.soon();
  }
}
