// Keeps the page of one training current: what was said to have changed is asked for again, in its own rhythm.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { live } from "@/api/live";

import { rowKey } from "./data";

const EVERY_MS = 2_000;
/** Events after which the whole training reads differently. */
const WHOLE = new Set(["open", "config", "summary", "environment", "details", "finish", "loss", "rewind"]);
const SNAPSHOTS = new Set(["snapshot", "finish"]);

/** What is asked for again after events; points move only the row. */
export function staleAfter(what: readonly string[]): string[] {
  const stale = ["training-row"];
  if (what.some((one) => WHOLE.has(one))) stale.push("training");
  if (what.some((one) => SNAPSHOTS.has(one))) stale.push("snapshots", "lineage");
  return stale;
}

export function useLiveTraining(id: string | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (id === undefined) return undefined;
    const stale = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      const keys = [...stale];
      stale.clear();
      for (const key of keys) void queries.invalidateQueries({ queryKey: key === "training-row" ? rowKey(id) : key === "training" ? [key] : [key, id] });
    };
    const mark = (keys: string[]) => {
      for (const key of keys) stale.add(key);
      timer ??= setTimeout(refresh, EVERY_MS);
    };
    const stop = live.watch([id], {
      points: () => mark(["training-row"]),
      changed: (_, what) => mark(staleAfter(what)),
      refetch: (_, tags) => mark(tags === null ? ["training-row", "snapshots"] : ["training-row"]),
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [queries, id]);
}
