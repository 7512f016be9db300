// The names of the metrics that some trainings have.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { seriesQuery } from "./data";

/** From the same answer that the charts are arranged by; empty until it is there. */
export function useTags(trainings: string[]): string[] {
  const { data } = useQuery(seriesQuery(trainings));
  return useMemo(() => [...new Set(data?.map((one) => one.tag))].sort(), [data]);
}

/** The one that counts epochs, if any: the shortest `epoch` or `…/epoch`. */
export function epochTag(tags: readonly string[]): string | null {
  const found = tags.filter((tag) => /(^|\/)epoch$/i.test(tag));
  return found.reduce<string | null>((best, tag) => (best === null || tag.length < best.length ? tag : best), null);
}
