// Snapshots of a training: the files, which of them are kept, and how one becomes a model.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, ok, type Schemas } from "@/api/client";

export type Snapshot = Schemas["Snapshot"];
export type Rules = Schemas["TrainingRules"];
export type NewRules = Schemas["RulesRequest"];

const ARRIVAL_MS = 3_000;

export const snapshotsQuery = (training: string) =>
  queryOptions({
    queryKey: ["snapshots", training],
    queryFn: async ({ signal }) => (await ok(client.GET("/api/v1/trainings/{ref}/snapshots", { params: { path: { ref: training } }, signal }))).items,
    // Bytes arrive without an event of their own.
    refetchInterval: (query) => (query.state.data?.some((one) => one.pending) ? ARRIVAL_MS : false),
  });

export const rulesQuery = (training: string) =>
  queryOptions({
    queryKey: ["snapshots", training, "rules"],
    queryFn: ({ signal }) => ok(client.GET("/api/v1/trainings/{ref}/snapshots/rules", { params: { path: { ref: training } }, signal })),
  });

export function fileOf(training: string, snapshot: Snapshot): string {
  return `/api/v1/trainings/${training}/snapshots/${snapshot.id}/file`;
}

function useRefreshed(training: string) {
  const queries = useQueryClient();
  return () => Promise.all([["snapshots", training], ["lineage", training]].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export function usePin(training: string) {
  return useMutation({
    mutationFn: ({ id, pinned }: { id: string; pinned: boolean }) =>
      ok(client.PATCH("/api/v1/trainings/{ref}/snapshots/{snapshot_id}", { params: { path: { ref: training, snapshot_id: id } }, body: { pinned } })),
    onSuccess: useRefreshed(training),
  });
}

export function useDeleteSnapshot(training: string) {
  return useMutation({
    mutationFn: (id: string) => ok(client.DELETE("/api/v1/trainings/{ref}/snapshots/{snapshot_id}", { params: { path: { ref: training, snapshot_id: id } } })),
    onSuccess: useRefreshed(training),
  });
}

export function usePromote(training: string) {
  return useMutation({
    mutationFn: (body: Omit<Schemas["PromoteRequest"], "training">) => ok(client.POST("/api/v1/modelcloud/promote", { body: { ...body, training } })),
    onSuccess: useRefreshed(training),
  });
}

/** Whom rules are for: this training, its project, or this training again what its project says. */
export type RulesScope = "training" | "project" | "inherited";

export function useSetRules(training: string, project: string) {
  return useMutation({
    mutationFn: async ({ scope, rules }: { scope: RulesScope; rules: NewRules }): Promise<void> => {
      if (scope === "project") await ok(client.PUT("/api/v1/projects/{project_id}/snapshots/rules", { params: { path: { project_id: project } }, body: rules }));
      else await ok(client.PUT("/api/v1/trainings/{ref}/snapshots/rules", { params: { path: { ref: training } }, body: { ...rules, inherited: scope === "inherited" } }));
    },
    onSuccess: useRefreshed(training),
  });
}
