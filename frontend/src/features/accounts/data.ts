// Tokens of the signed-in person, what was done lately, and whether the first training is here.

import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, ok, type Schemas } from "@/api/client";

export type Token = Schemas["Token"];
export type NewToken = Schemas["NewToken"];

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => (await ok(client.GET("/api/v1/tokens", { signal }))).items,
});

export function useCreateToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, expires }: { name: string; expires: string | null }) => ok(client.POST("/api/v1/tokens", { body: { name, expires_at: expires } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

export function useRevokeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => ok(client.DELETE("/api/v1/tokens/{token_id}", { params: { path: { token_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

/** What was done, newest first: by me and in projects of mine; all of it for administrators. */
export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) => ok(client.GET("/api/v1/audit", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
  getNextPageParam: (page) => page.next ?? undefined,
});

const LOOK_MS = 3_000;

/** Whether a training is here, of one project or of any; looks again every few seconds until one is. */
export const arrivedQuery = (project?: string) =>
  queryOptions({
    queryKey: ["arrived", project ?? ""],
    queryFn: async ({ signal }) => (await ok(client.GET("/api/v1/trainings", { params: { query: { project, limit: 1 } }, signal }))).items.length > 0,
    refetchInterval: (query) => (query.state.data ? false : LOOK_MS),
    staleTime: 0,
  });
