import { expect, it } from "vitest";

import { sorted, tagsOf } from "./metrics";

const one = (iteration: number, metrics: Record<string, unknown>) => ({ iteration, size: 100 - iteration, created_at: `2026-01-0${iteration}T00:00:00Z`, metrics });
const ITEMS = [one(1, { "val/acc": 0.5, lr: 1 }), one(2, { "val/acc": "NaN", "train/loss": 2, lr: 1 }), one(3, { "train/loss": 1, lr: 1 }), one(4, { "val/acc": 0.9, lr: 1 })];

it("results come before what was only logged along", () => {
  expect(tagsOf(ITEMS)).toEqual(["val/acc", "train/loss", "lr"]);
});

it("rows without a value stand last both ways", () => {
  const order = (by: string, down: boolean) => sorted(ITEMS, { by, down }).map((item) => item.iteration);
  expect(order("metric:val/acc", true)).toEqual([4, 1, 3, 2]);
  expect(order("metric:val/acc", false)).toEqual([1, 4, 3, 2]);
  expect(order("iteration", true)).toEqual([4, 3, 2, 1]);
  expect(order("size", false)).toEqual([4, 3, 2, 1]);
  expect(order("created", false)).toEqual([1, 2, 3, 4]);
});
