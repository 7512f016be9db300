import { expect, it } from "vitest";

import { fromSystem, isSystem, systemView, type Looked } from "./view";

const STEPS: Looked = { axis: "step", xExpression: "", from: 10, to: 20 };
const TIMES = { axis: "time", xExpression: "", from: 10, to: 20 };

it("system metrics follow the scalars' axis where they have it", () => {
  expect(systemView(TIMES)).toBe(TIMES);
  expect(systemView(STEPS)).toEqual({ axis: "relative", xExpression: "", from: null, to: null });
  expect(systemView({ ...TIMES, xExpression: "train/epoch" })).toMatchObject({ axis: "relative", xExpression: "" });
});

it("a zoom among system metrics takes its axis along", () => {
  expect(fromSystem({ from: 1, to: 2 }, STEPS)).toEqual({ from: 1, to: 2, axis: "relative", xExpression: "" });
  expect(fromSystem({ from: 1, to: 2 }, TIMES)).toEqual({ from: 1, to: 2 });
  expect(fromSystem({ from: null, to: null }, STEPS)).toEqual({ from: null, to: null });
});

it("only the machine's own tags are system metrics", () => {
  expect(["system/cpu.percent", "train/system/x", "systems/a"].map(isSystem)).toEqual([true, false, false]);
});
