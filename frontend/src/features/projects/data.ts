// Projects and who is in them.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, ok, type Schemas } from "@/api/client";

export type Project = Schemas["Project"];
export type Member = Schemas["Member"];
export type Role = Member["role"];
export type Visibility = Project["visibility"];
export type ProjectChange = Schemas["PatchedChangeProjectRequest"];

export const ROLES: Role[] = ["viewer", "member", "owner"];
export const VISIBILITIES: Visibility[] = ["private", "shared"];

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: async ({ signal }) => (await ok(client.GET("/api/v1/projects", { signal }))).items,
});

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: ["projects", id],
    queryFn: ({ signal }) => ok(client.GET("/api/v1/projects/{project_id}", { params: { path: { project_id: id } }, signal })),
  });

export const membersQuery = (id: string) =>
  queryOptions({
    queryKey: ["projects", id, "members"],
    queryFn: async ({ signal }) => (await ok(client.GET("/api/v1/projects/{project_id}/members", { params: { path: { project_id: id } }, signal }))).items,
  });

/** Whatever changes a project asks for all of them anew: lists, switcher and pages show the same names. */
function useRefreshed() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: projectsQuery.queryKey });
}

export function useCreateProject() {
  return useMutation({
    mutationFn: (body: Schemas["CreateProjectRequest"]) => ok(client.POST("/api/v1/projects", { body })),
    onSuccess: useRefreshed(),
  });
}

export function useChangeProject(id: string) {
  return useMutation({
    mutationFn: (body: ProjectChange) => ok(client.PATCH("/api/v1/projects/{project_id}", { params: { path: { project_id: id } }, body })),
    onSuccess: useRefreshed(),
  });
}

export function useDeleteProject(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => ok(client.DELETE("/api/v1/projects/{project_id}", { params: { path: { project_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: projectsQuery.queryKey, exact: true }),
  });
}

export function useSetMember(id: string) {
  return useMutation({
    mutationFn: (body: { username: string; role: Role }) => ok(client.PUT("/api/v1/projects/{project_id}/members", { params: { path: { project_id: id } }, body })),
    onSuccess: useRefreshed(),
  });
}

export function useRemoveMember(id: string) {
  return useMutation({
    mutationFn: (username: string) => ok(client.DELETE("/api/v1/projects/{project_id}/members/{username}", { params: { path: { project_id: id, username } } })),
    onSuccess: useRefreshed(),
  });
}
