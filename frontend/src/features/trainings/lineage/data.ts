// Which versions of models came out of a training. The server tells of a version where it is from, not of a training where
// it went: the models of its project are asked.

import { queryOptions } from "@tanstack/react-query";

import { client, ok, type Schemas } from "@/api/client";

import type { WholeTraining } from "../data";

export type Version = Schemas["Version"];
type Node = Schemas["Node"];

export interface Descendant extends Version {
  /** Of the model or file that it is a version of. */
  line: string;
}

export interface Lineage {
  versions: Descendant[];
  /** Not all models of the project were looked at. */
  incomplete: boolean;
}

const PAGE = 500;
const MOST_PAGES = 10;
const MOST_LINES = 200;
const AT_ONCE = 4;

export const lineageQuery = (training: WholeTraining) =>
  queryOptions({
    queryKey: ["lineage", training.id],
    queryFn: ({ signal }) => readLineage(training, signal),
    staleTime: 30_000,
  });

async function readLineage(training: WholeTraining, signal: AbortSignal): Promise<Lineage> {
  const [nodes, cutNodes] = await readNodes(`~${training.project.path}`, signal);
  const lines = linesIn(nodes);
  const versions: Descendant[] = [];
  const waiting = lines.slice(0, MOST_LINES);
  const work = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      for (const one of await readVersions(path, signal)) if (one.training?.id === training.id) versions.push({ ...one, line: path });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  versions.sort((a, b) => a.line.localeCompare(b.line) || a.number - b.number);
  return { versions, incomplete: cutNodes || lines.length > MOST_LINES };
}

async function readNodes(path: string, signal: AbortSignal): Promise<[Node[], boolean]> {
  const nodes: Node[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: Schemas["NodePage"] = await ok(client.GET("/api/v1/modelcloud/nodes", { params: { query: { path, recursive: true, limit: PAGE, cursor } }, signal }));
    nodes.push(...answer.items);
    if (answer.next === null) return [nodes, false];
    cursor = answer.next;
  }
  return [nodes, true];
}

/** Paths of what has versions of its own: models, and files that lie in folders. */
export function linesIn(nodes: readonly Pick<Node, "kind" | "path" | "versions">[]): string[] {
  const models = nodes.filter((node) => node.kind === "model").map((node) => `${node.path}/`);
  return nodes.filter((node) => node.versions > 0 && !models.some((model) => node.path.startsWith(model))).map((node) => node.path);
}

async function readVersions(path: string, signal: AbortSignal): Promise<Version[]> {
  const found: Version[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: Schemas["VersionPage"] = await ok(client.GET("/api/v1/modelcloud/versions", { params: { query: { path, limit: 100, cursor } }, signal }));
    found.push(...answer.items);
    if (answer.next === null) break;
    cursor = answer.next;
  }
  return found;
}
