// Keeps charts current: pushed points mark their charts as old, and those that are seen are asked for again.

import { useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import type { Schemas } from "@/api/client";
import { live } from "@/api/live";

import { seriesKey, seriesQuery } from "./data";

const SOON_MS = 500;
/** Charts are asked for during at most this share of the time, so that hundreds of live trainings leave the server room. */
const BUSY_SHARE = 0.33;
const LONGEST_MS = 10_000;

export function useLiveCharts(trainings: string[]): void {
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

type Stats = Schemas["Series"][];

/** Gathers what is old, and asks for it: never twice at once, never while nobody looks, and slower when answers are slow. */
export class Refresher {
  private readonly stale = new Set<string>();
  private everything = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private wait = SOON_MS;
  private stopped = false;
  /** How much each metric had when all were last looked at; charts are asked for later, so none is older. */
  private counts: Map<string, string> | null = null;

  constructor(
    private readonly queries: QueryClient,
    private readonly trainings: string[],
    private readonly series: () => Promise<Stats> = () => queries.fetchQuery({ ...seriesQuery(trainings), staleTime: 0 }),
  ) {
    document.addEventListener("visibilitychange", this.soon);
  }

  /** Null: whichever have changed. */
  mark(tags: readonly string[] | null): void {
    if (tags === null) {
      this.everything = true;
      this.counts ??= countsOf(this.queries.getQueryData(seriesKey(this.trainings)));
    } else for (const tag of tags) this.stale.add(tag);
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
    this.asking = true;
    const began = performance.now();
    try {
      await this.ask();
    } finally {
      this.asking = false;
      this.wait = Math.min(LONGEST_MS, Math.max(SOON_MS, (performance.now() - began) * (1 / BUSY_SHARE - 1)));
      this.soon();
    }
  }

  private async ask(): Promise<void> {
    const { everything } = this;
    const stale = new Set(this.stale);
    this.everything = false;
    this.stale.clear();
    const key = seriesKey(this.trainings);
    const known = new Set(this.queries.getQueryData<Stats>(key)?.map((one) => one.tag));
    if (everything || [...stale].some((tag) => !known.has(tag))) {
      // One question about all metrics, instead of asking for every chart again.
      const counts = countsOf(await this.series().catch(() => undefined));
      if (everything) {
        for (const [tag, count] of counts ?? []) if (this.counts?.get(tag) !== count) stale.add(tag);
        this.counts = counts ?? this.counts;
      }
    }
    const isStale = (query: Query) => (query.queryKey[1] as string[]).some((tag) => stale.has(tag));
    await this.queries.invalidateQueries({ queryKey: ["chart"], predicate: isStale }, { cancelRefetch: false });
  }
}

function countsOf(series: Stats | undefined): Map<string, string> | null {
  if (!series) return null;
  const counts = new Map<string, string>();
  for (const { tag, count, last_step, last_time } of series) counts.set(tag, `${counts.get(tag) ?? ""} ${count},${last_step},${last_time}`);
  return counts;
}
