// Who is looking, signing in and out.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, ok } from "@/api/client";
import { ApiError } from "@/api/error";

/** The signed-in person; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }) => {
    try {
      return await ok(client.GET("/api/v1/me", { signal }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; password: string }) => ok(client.POST("/api/v1/login", { body })),
    onSuccess: (me) => {
      queries.setQueryData(meQuery.queryKey, me); // "nobody" is known and fresh: the way in would turn back
      return queries.invalidateQueries();
    },
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => ok(client.POST("/api/v1/logout")),
    onSuccess: () => {
      queries.clear();
      location.assign("/app/login");
    },
  });
}
