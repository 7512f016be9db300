// The ModelCloud as the server answers it, and what changes it.

import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, ok, type Schemas } from "@/api/client";

import { isIn, plain } from "./paths";

export type Node = Schemas["Node"];
export type Version = Schemas["Version"];
export type Change = Schemas["AliasChange"];
export type Origin = NonNullable<Node["training"]>;
export type Stage = Node["stage"];
export type Contents = Schemas["Tensors"];
export type Quota = Schemas["Quota"];

export const STAGES: Stage[] = ["none", "candidate", "staging", "production", "archived"];

export const mayWrite = (node: Node) => node.role === "member" || node.role === "owner";
export const mayRule = (node: Node) => node.role === "owner";
/** A project is a folder of the tree, but is renamed and deleted as a project. */
export const isProject = (node: Node) => node.project !== null && node.id === node.project.id;

const PAGE = 200;
const ALL = ["modelcloud"] as const;

export const nodeQuery = (path: string) =>
  queryOptions({
    queryKey: [...ALL, "node", path],
    queryFn: ({ signal }) => ok(client.GET("/api/v1/modelcloud/node", { params: { query: { path } }, signal })),
  });

export const childrenQuery = (path: string) =>
  infiniteQueryOptions({
    queryKey: [...ALL, "nodes", path],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => ok(client.GET("/api/v1/modelcloud/nodes", { params: { query: { path, limit: PAGE, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const versionsQuery = (path: string) =>
  infiniteQueryOptions({
    queryKey: [...ALL, "versions", path],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => ok(client.GET("/api/v1/modelcloud/versions", { params: { query: { path, limit: 50, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const historyQuery = (path: string) =>
  infiniteQueryOptions({
    queryKey: [...ALL, "history", path],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => ok(client.GET("/api/v1/modelcloud/history", { params: { query: { path, limit: 100, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** Tensors and globals of a file; bytes never change below a pinned path, so the answer stays. */
export const contentsQuery = (path: string) =>
  queryOptions({
    queryKey: [...ALL, "tensors", path],
    queryFn: ({ signal }) => ok(client.GET("/api/v1/modelcloud/tensors", { params: { query: { path } }, signal })),
    staleTime: 60_000,
    retry: false,
  });

export const trashQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: [...ALL, "trash", project],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => ok(client.GET("/api/v1/modelcloud/trash", { params: { query: { project, limit: PAGE, cursor: pageParam } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const quotaQuery = (project: string) =>
  queryOptions({
    queryKey: [...ALL, "quota", project],
    queryFn: ({ signal }) => ok(client.GET("/api/v1/modelcloud/quota", { params: { query: { project } }, signal })),
  });

/**
 * A change of the tree moves paths, versions and quota alike: all that is shown is asked for anew. What the change took
 * from its path (`goneOf`) is not: the page is about to leave it.
 */
function useChange<Body, Result>(change: (body: Body) => Promise<Result>, goneOf?: (body: Body) => string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (_, body) => {
      const gone = goneOf?.(body);
      const isGone = ({ queryKey }: { queryKey: readonly unknown[] }) => gone !== undefined && typeof queryKey[2] === "string" && isIn(gone, plain(queryKey[2]));
      await queries.invalidateQueries({ queryKey: ALL, refetchType: "none", predicate: isGone });
      await queries.invalidateQueries({ queryKey: ALL, predicate: (query) => !isGone(query) });
    },
  });
}

export const useCreateNode = () => useChange((body: { path: string; kind: "folder" | "model" }) => ok(client.POST("/api/v1/modelcloud/nodes", { body: { ...body, exist_ok: false } })));

export const useCreateFile = () => useChange((body: Schemas["CreateFileRequest"]) => ok(client.POST("/api/v1/modelcloud/files", { body })));

export const useMove = () => useChange((body: { from: string; to: string }) => ok(client.POST("/api/v1/modelcloud/move", { body })), ({ from }) => from);

export const useTrash = () => useChange((path: string) => ok(client.DELETE("/api/v1/modelcloud/node", { params: { query: { path } } })), (path) => path);

export const useRestore = () =>
  useChange(({ id, to }: { id: string; to?: string }) => ok(client.POST("/api/v1/modelcloud/nodes/{node_id}/restore", { params: { path: { node_id: id } }, body: { to } })));

export const usePurge = () => useChange((id: string) => ok(client.DELETE("/api/v1/modelcloud/nodes/{node_id}", { params: { path: { node_id: id } } })));

export const useSetAlias = () => useChange((body: Schemas["SetAliasRequest"]) => ok(client.PUT("/api/v1/modelcloud/aliases", { body })));

export const useChangeVersion = () =>
  useChange(({ id, ...body }: { id: string; stage?: Stage; comment?: string }) => ok(client.PATCH("/api/v1/modelcloud/versions/{version_id}", { params: { path: { version_id: id } }, body })));

export const useSetQuota = (project: string) =>
  useChange((allowed: number | null) => ok(client.PUT("/api/v1/modelcloud/quota", { params: { query: { project } }, body: { allowed } })));
