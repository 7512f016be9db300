// What the table shows: pages of trainings, what can be a column, little curves, and what is done to many at once.

import { infiniteQueryOptions, keepPreviousData, queryOptions, type InfiniteData } from "@tanstack/react-query";

import { client, ok, type Schemas } from "@/api/client";

import { leaves } from "./columns";
import type { TableRequest } from "./view";

export type Training = Schemas["Training"];
export type Page = Schemas["TrainingPage"];
export type Pages = InfiniteData<Page, string | undefined>;

export const PAGE = 100;

export const tableKey = (request: TableRequest) => ["trainings", "table", request] as const;

export async function fetchPage(request: TableRequest, cursor?: string, signal?: AbortSignal): Promise<Page> {
  return ok(client.GET("/api/v1/trainings", { params: { query: { ...request, limit: PAGE, cursor } }, signal }));
}

/** Pages by filter and order. `useLiveRows` keeps them current: fetching hundreds of pages anew would be no help. */
export const tableQuery = (request: TableRequest) =>
  infiniteQueryOptions({
    queryKey: tableKey(request),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => fetchPage(request, pageParam, signal),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });

/** Rows of some trainings, whatever their place in the order is. */
export async function fetchRows(request: TableRequest, numbers: readonly number[], signal?: AbortSignal): Promise<Training[]> {
  const where = `number in [${numbers.join(", ")}]`;
  const query = { ...request, where, order_by: "-number", limit: 500 };
  return (await ok(client.GET("/api/v1/trainings", { params: { query }, signal }))).items;
}

export interface Keys {
  /** Metrics, those of most trainings first. */
  tags: string[];
  config: string[];
  summary: string[];
}

/** Few: a training may have ten thousand metrics. */
const LOOK_AT = 8;

/** A few of many, evenly: the newest alone may not have logged anything yet. */
export function sampleOf<T>(rows: readonly T[]): T[] {
  const some = Math.min(LOOK_AT, rows.length);
  return Array.from({ length: some }, (_, at) => rows[Math.floor((at * rows.length) / some)]!);
}

type Sampled = Pick<Training, "id" | "number">;

/** What some trainings of a view have logged and were configured with: what its columns can be. */
export const keysQuery = (request: TableRequest, sample: readonly Sampled[]) =>
  queryOptions({
    // Not by the ids: columns that were suggested stay when a training arrives.
    queryKey: ["trainings", "keys", request.project, request.where, request.archived, request.trashed],
    queryFn: async ({ signal }): Promise<Keys> => {
      const [series, documents] = await Promise.all([
        // What is in the trash has no curves to ask for until it is restored.
        request.trashed ? { items: [] } : ok(client.GET("/api/v1/scalars/series", { params: { query: { training: sample.map((row) => row.id) } }, signal })),
        fetchRows({ ...request, column: ["config", "summary"] }, sample.map((row) => row.number), signal),
      ]);
      const held = new Map<string, Set<string>>();
      for (const { tag, training } of series.items) held.set(tag, (held.get(tag) ?? new Set()).add(training));
      const tags = [...held.keys()].sort((a, b) => held.get(b)!.size - held.get(a)!.size || a.localeCompare(b));
      const keys = (section: string) => [...new Set(documents.flatMap((row) => Object.keys(leaves(row.columns[section]))))].sort();
      return { tags, config: keys("config"), summary: keys("summary") };
    },
    enabled: sample.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

const WANTED = [/^val.*(acc|map|f1|auc|iou|score)/i, /(acc|map|f1|auc|iou|score)/i, /^val.*loss/i, /loss/i];

/** The metrics that say most at first sight: how good, how wrong. */
export function tellingTags(tags: readonly string[]): string[] {
  const own = tags.filter((tag) => !tag.startsWith("system/"));
  const found = WANTED.map((pattern) => own.find((tag) => pattern.test(tag))).filter((tag) => tag !== undefined);
  return [...new Set([...found.slice(0, 1), ...found.filter((tag) => /loss/i.test(tag)).slice(-1), ...own])].slice(0, 2);
}

export type Spark = [number, number][];

/** A little curve, and of how many points it was made. */
export interface SparkCurve {
  spark: Spark;
  total: number;
}

const SPARK_BUCKETS = 48;

/** A metric's course in few buckets for some trainings, by training. */
export const sparkQuery = (tag: string, ids: readonly string[], running: boolean) =>
  queryOptions({
    queryKey: ["trainings", "spark", tag, ids],
    queryFn: async ({ signal }) => {
      const body = { trainings: [...ids], tags: [tag], x: "step" as const, buckets: SPARK_BUCKETS, smoothing: 0, ranks: "reduced" as const, include_hidden: false, columns: ["mean" as const] };
      const answer = (await ok(client.POST("/api/v1/scalars/query", { body, signal }))) as Schemas["Answer"];
      const curves: Record<string, SparkCurve> = {};
      for (const { training, mean, total } of answer.series) {
        const spark = answer.x.flatMap((x, at): Spark => {
          const y = mean?.[at];
          return typeof y === "number" && Number.isFinite(y) ? [[x, y]] : [];
        });
        curves[training] ??= { spark, total };
      }
      return curves;
    },
    staleTime: 15_000,
    refetchInterval: running ? 15_000 : false,
  });

/** A short training beside a long one falls into few of the buckets that they share: it is asked for alone. */
export function isCrowded({ spark, total }: SparkCurve): boolean {
  return spark.length < Math.min(total, SPARK_BUCKETS / 4);
}

export type Action = Schemas["ActionEnum"];
const AT_ONCE = 500;

/** One thing to many trainings, in portions that the server takes. */
export async function changeMany(ids: readonly string[], action: Action): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_ONCE) await ok(client.POST("/api/v1/trainings", { body: { trainings: ids.slice(at, at + AT_ONCE), action } }));
}

/** The tags of each training, all of them; a few requests at a time. */
export async function setTags(wanted: readonly { id: string; tags: string[] }[]): Promise<void> {
  const left = [...wanted];
  const work = async () => {
    for (let one = left.shift(); one; one = left.shift()) {
      await ok(client.PATCH("/api/v1/trainings/{ref}", { params: { path: { ref: one.id } }, body: { tags: one.tags } }));
    }
  };
  await Promise.all([work(), work(), work(), work()]);
}
