// What the palette searches on the server: trainings by number or name, and the models of the ModelCloud.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, ok } from "@/api/client";

const TRAININGS = 8;
const NODES = 1_000;

/** The filter that finds trainings by what was typed. */
export function filterOf(typed: string): string {
  const text = typed.trim();
  const number = /^#?(\d{1,9})$/.exec(text)?.[1];
  if (number !== undefined && text.startsWith("#")) return `number == ${Number(number)}`;
  const pattern = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const named = `name =~ ${JSON.stringify(`(?i)${pattern}`)}`;
  return number === undefined ? named : `number == ${Number(number)} or ${named}`;
}

export const foundTrainingsQuery = (typed: string) =>
  queryOptions({
    queryKey: ["palette", "trainings", typed.trim()],
    queryFn: async ({ signal }) => {
      const where = typed.trim() ? filterOf(typed.slice(0, 80)) : undefined;
      return (await ok(client.GET("/api/v1/trainings", { params: { query: { where, order_by: "-created_at", limit: TRAININGS } }, signal }))).items;
    },
    placeholderData: keepPreviousData,
  });

/** Models and files of all projects, as far as one page holds them. */
export const modelsQuery = queryOptions({
  queryKey: ["palette", "models"],
  queryFn: async ({ signal }) => {
    const page = await ok(client.GET("/api/v1/modelcloud/nodes", { params: { query: { path: "", recursive: true, limit: NODES } }, signal }));
    return page.items.filter((node) => node.kind !== "folder");
  },
  staleTime: 60_000,
});
