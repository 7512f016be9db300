// Which metrics of snapshots are worth a column, and the order of rows by one.

import { real, type Real } from "@/charts/format";

import type { Snapshot } from "./data";

type Valued = Pick<Snapshot, "iteration" | "size" | "created_at" | "metrics">;

/** All metrics, those first that tell how good a checkpoint is and that most snapshots have. */
export function tagsOf(items: readonly Valued[]): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of items) for (const tag of Object.keys(metrics)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const worth = (tag: string) => 2 * Number(/loss|acc|map|auc|error|score/i.test(tag)) + Number(/^(val|test|eval)/i.test(tag));
  return [...counts.keys()].sort((a, b) => worth(b) - worth(a) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a.localeCompare(b));
}

/** What rows are sorted by: a field, or a metric behind `metric:`. */
export interface Order {
  by: string;
  down: boolean;
}

export function sorted<Item extends Valued>(items: readonly Item[], { by, down }: Order): Item[] {
  const value = (item: Item): number | null => {
    if (by === "size") return item.size;
    if (by === "created") return Date.parse(item.created_at);
    return by.startsWith("metric:") ? real(item.metrics[by.slice("metric:".length)] as Real) : item.iteration;
  };
  const known = (item: Item) => {
    const found = value(item);
    return found !== null && !Number.isNaN(found);
  };
  // What has no value stands last, whichever way the others go.
  return [...items].sort((a, b) => {
    if (!known(a) || !known(b)) return Number(known(b)) - Number(known(a)) || b.iteration - a.iteration;
    return ((value(a) ?? 0) - (value(b) ?? 0)) * (down ? -1 : 1) || b.iteration - a.iteration;
  });
}
