// Trainings as the server answers them.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { client, ok, type Schemas } from "@/api/client";

export type Training = Schemas["Training"];
export type WholeTraining = Schemas["WholeTraining"];

export interface ListRequest {
  project?: string;
  where?: string;
  order_by?: string;
  archived?: "true" | "false" | "any";
  trashed?: boolean;
  column?: string[];
}

const PAGE = 100;

/** Pages of trainings, by filter and order. */
export const trainingsQuery = (request: ListRequest) =>
  infiniteQueryOptions({
    queryKey: ["trainings", request],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => ok(client.GET("/api/v1/trainings", { params: { query: { ...request, limit: PAGE, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Everything stored of one training; `ref` is a number or an id. */
export const trainingQuery = (ref: string) =>
  queryOptions({
    queryKey: ["training", ref],
    queryFn: ({ signal }) => ok(client.GET("/api/v1/trainings/{ref}", { params: { path: { ref } }, signal })),
  });

/** Some trainings by their numbers, in that order; those that are not there, or not the reader's to see, are left out. */
export const comparedQuery = (numbers: readonly number[]) =>
  queryOptions({
    queryKey: ["trainings", "compared", numbers],
    queryFn: async ({ signal }) => {
      const where = `number in [${numbers.join(",")}]`;
      const { items } = await ok(client.GET("/api/v1/trainings", { params: { query: { where, archived: "any", limit: 500 } }, signal }));
      const byNumber = new Map(items.map((one) => [one.number, one]));
      return numbers.flatMap((number) => byNumber.get(number) ?? []);
    },
    enabled: numbers.length > 0,
  });
