// Keeps charts current: pushed points mark their chart as old, and it is asked for again a moment later.

import { useQueryClient, type Query } from "@tanstack/react-query";
import { useEffect } from "react";

import { live } from "@/api/live";

import { seriesKey } from "./data";

const SOON_MS = 500;

export function useLiveCharts(trainings: readonly string[]): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!trainings.length) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let everything = false;
    const stale = new Set<string>();
    const known = () => new Set(queries.getQueryData<{ tag: string }[]>(seriesKey(trainings))?.map((one) => one.tag));

    const refresh = () => {
      timer = undefined;
      const isStale = (query: Query) => everything || stale.has(String(query.queryKey[1]));
      if (everything || [...stale].some((tag) => !known().has(tag))) void queries.invalidateQueries({ queryKey: seriesKey(trainings) });
      void queries.invalidateQueries({ queryKey: ["chart"], predicate: isStale }, { cancelRefetch: false });
      everything = false;
      stale.clear();
    };
    const soon = () => (timer ??= setTimeout(refresh, SOON_MS));
    const stop = live.watch([...trainings], {
      points: (_, series) => {
        for (const one of series) stale.add(one.tag);
        soon();
      },
      refetch: (_, tags) => {
        if (tags === null) everything = true;
        else for (const tag of tags) stale.add(tag);
        soon();
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [queries, trainings]);
}
