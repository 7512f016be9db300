// What charts are drawn from: the series of trainings, and answers of the query route as binary columns.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, ok, send } from "@/api/client";
import { COLUMNS_TYPE, decodeColumns } from "@/api/columns";
import { ApiError } from "@/api/error";
import type { Axis, Column } from "@/charts/types";

/** One curve as the server answers it. */
export interface AnsweredCurve {
  training: string;
  tag: string;
  rank: number | null;
  points: number;
  total: number;
  min: Column;
  max: Column;
  mean: Column;
  last: Column;
  smoothed?: Column;
  nonfinite: [number, number | string][];
  nonfinite_count: number;
}

/** The axes that the server knows. */
export type ServerAxis = Exclude<Axis, "value">;

export interface Answer {
  axis: ServerAxis;
  mode: "points" | "buckets";
  x: ArrayLike<number>;
  width: number | null;
  series: AnsweredCurve[];
}

export interface ChartRequest {
  trainings: string[];
  tags: string[];
  axis: ServerAxis;
  from: number | null;
  to: number | null;
  buckets: number;
  smoothing: number;
}

/** Proxies refuse addresses of more than some 8 kB. */
const AT_A_TIME = 100;

export const seriesKey = (trainings: readonly string[]) => ["series", [...trainings].sort()] as const;

/** Every series of some trainings, with its statistics. */
export const seriesQuery = (trainings: string[]) =>
  queryOptions({
    queryKey: seriesKey(trainings),
    queryFn: async ({ signal }) => {
      const parts = [];
      for (let at = 0; at < trainings.length; at += AT_A_TIME) parts.push(trainings.slice(at, at + AT_A_TIME));
      const answers = await Promise.all(parts.map((training) => ok(client.GET("/api/v1/scalars/series", { params: { query: { training } }, signal }))));
      return answers.flatMap((answer) => answer.items);
    },
    enabled: trainings.length > 0,
  });

/** One chart: the curves of one tag, or of all that an expression names, on one grid. */
export const chartQuery = (request: ChartRequest) =>
  queryOptions({
    queryKey: ["chart", request.tags, request],
    queryFn: ({ signal }) => inTurn(() => fetchChart(request, signal), signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

const COLUMNS = ["min", "max", "mean", "last"];

async function fetchChart(request: ChartRequest, signal: AbortSignal): Promise<Answer> {
  const response = await send(
    new Request(new URL("/api/v1/scalars/query", location.origin), {
      method: "POST",
      signal,
      headers: { Accept: COLUMNS_TYPE, "Content-Type": "application/json" },
      body: JSON.stringify({
        trainings: request.trainings,
        tags: request.tags,
        x: request.axis,
        start: request.from,
        stop: request.to,
        buckets: request.buckets,
        smoothing: request.smoothing,
        columns: COLUMNS,
      }),
    }),
  );
  if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => null));
  const raw = await response.arrayBuffer();
  if (response.headers.get("Content-Type")?.startsWith(COLUMNS_TYPE)) return decodeColumns<Answer>(raw);
  return JSON.parse(new TextDecoder().decode(raw)) as Answer;
}

const AT_ONCE = 4;
let running = 0;
const waiting: (() => void)[] = [];

/** A handful of charts at a time: the browser has six connections, and people look at the first ones first. */
async function inTurn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
