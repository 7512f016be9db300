// Where in a console a text occurs. The server looks through all lines; here their numbers are kept.

import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Stream } from "../overview/tab";
import { linesOf } from "./lines";

const FINDS_AT_ONCE = 1_000;

const findsQuery = (training: string, search: string, stream: Stream | undefined) =>
  infiniteQueryOptions({
    queryKey: ["console-finds", training, search, stream],
    initialPageParam: 0,
    queryFn: async ({ pageParam }) => {
      const page = await linesOf(training)({ from: pageParam, limit: FINDS_AT_ONCE, search, stream });
      return { numbers: page.items.map((line) => line.number), next: page.next };
    },
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: search !== "",
    staleTime: Infinity,
  });

export interface Finds {
  /** Numbers of lines, ascending. */
  numbers: readonly number[];
  /** There may be more than these. */
  more: boolean;
  pending: boolean;
  error: unknown;
  /** Looks for more, also among lines that came since; answers all numbers that are known then. */
  further(): Promise<readonly number[]>;
}

export function useFinds(training: string, search: string, stream: Stream | undefined): Finds {
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery(findsQuery(training, search, stream));
  const numbers = useMemo(() => data?.pages.flatMap((page) => page.numbers) ?? [], [data]);
  const further = async () => {
    const answer = await (hasNextPage ? fetchNextPage() : refetch());
    return answer.data?.pages.flatMap((page) => page.numbers) ?? [];
  };
  return { numbers, more: hasNextPage, pending: search !== "" && isFetching && !data, error, further };
}

/** The place among finds of the one at a line, or else of the next (the one before it, going back); null where there is none. */
export function nextFind(numbers: readonly number[], line: number | null, step: 1 | -1): number | null {
  if (step > 0) {
    const place = numbers.findIndex((number) => line === null || number > line);
    return place < 0 ? null : place;
  }
  const place = numbers.findLastIndex((number) => line === null || number < line);
  return place < 0 ? null : place;
}
