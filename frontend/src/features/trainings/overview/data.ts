// One training: what of it moves while it runs, asked for often and small; and the changes that people make.

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { client, ok, type Schemas } from "@/api/client";

import { trainingQuery, type Training, type WholeTraining } from "../data";

export type TrainingChange = Schemas["PatchedChangeTrainingRequest"];

const HEARTBEAT_MS = 10_000;

/** What the server changes by itself; all else of a training changes only when somebody acts. */
type Moving = Pick<
  Training,
  "status" | "reason" | "exit_code" | "progress" | "finished_at" | "heartbeat_at" | "duration" | "lost_points" | "console_lines"
>;

export const rowKey = (id: string) => ["training-row", id] as const;

/** A training as the table has it: a hundredth of the whole, whose environment alone may be megabytes. */
const rowQuery = (training: WholeTraining | undefined) =>
  queryOptions({
    queryKey: rowKey(training?.id ?? ""),
    queryFn: async ({ signal }) => {
      const query = { where: `number == ${training?.number}`, archived: "any" as const, limit: 1 };
      return (await ok(client.GET("/api/v1/trainings", { params: { query }, signal }))).items[0] ?? null;
    },
    enabled: training !== undefined && training.deleted_at === null,
    refetchInterval: (query) => (isOpen(query.state.data?.status ?? training?.status) ? HEARTBEAT_MS : false),
  });

export function isOpen(status: Training["status"] | undefined): boolean {
  return status === "running" || status === "lost"; // a lost one may come back
}

/** A whole training that keeps up with its own progress, and when what moves was read. */
export function useTraining(ref: string): { training: WholeTraining | undefined; readAt: number } {
  const whole = useQuery({ ...trainingQuery(ref), throwOnError: (_, query) => query.state.data === undefined });
  const row = useQuery(rowQuery(whole.data));
  if (!whole.data || !row.data || row.dataUpdatedAt < whole.dataUpdatedAt) return { training: whole.data, readAt: whole.dataUpdatedAt };
  return { training: { ...whole.data, ...moving(row.data) }, readAt: row.dataUpdatedAt };
}

function moving(row: Training): Moving {
  const { status, reason, exit_code, progress, finished_at, heartbeat_at, duration, lost_points, console_lines } = row;
  return { status, reason, exit_code, progress, finished_at, heartbeat_at, duration, lost_points, console_lines };
}

/** Puts a changed training in place wherever it is shown. */
function useChanged() {
  const queries = useQueryClient();
  return (changed: WholeTraining) => {
    const same = (query: { state: { data?: unknown } }) => (query.state.data as WholeTraining | undefined)?.id === changed.id;
    queries.setQueriesData({ queryKey: ["training"], predicate: same }, changed);
    void queries.invalidateQueries({ queryKey: ["trainings"] });
  };
}

export function useChangeTraining(id: string) {
  return useMutation({
    mutationFn: (body: TrainingChange) => ok(client.PATCH("/api/v1/trainings/{ref}", { params: { path: { ref: id } }, body })),
    onSuccess: useChanged(),
  });
}

/** Moves it to the trash. */
export function useDeleteTraining(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => ok(client.DELETE("/api/v1/trainings/{ref}", { params: { path: { ref: id } } })),
    onSuccess: () => Promise.all([["training"], ["trainings"]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

export function useRestoreTraining(id: string) {
  return useMutation({
    mutationFn: () => ok(client.POST("/api/v1/trainings/{ref}/restore", { params: { path: { ref: id } } })),
    onSuccess: useChanged(),
  });
}
