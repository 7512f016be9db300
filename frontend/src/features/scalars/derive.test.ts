import { describe, expect, it } from "vitest";

import type { Answer, AnsweredCurve } from "./data";
import { derive, stepsWithin } from "./derive";
import { parse } from "./expression";
import { interpolated, meanAndBand } from "./groups";

function curve(training: string, tag: string, values: number[], more: Partial<AnsweredCurve> = {}): AnsweredCurve {
  const column = Float64Array.from(values);
  return { training, tag, rank: null, points: values.length, total: values.length, min: column, max: column, mean: column, last: column, nonfinite: [], nonfinite_count: 0, ...more };
}

const answer = (series: AnsweredCurve[], mode: Answer["mode"] = "points"): Answer => ({
  axis: "step",
  mode,
  x: Float64Array.from(series[0]!.mean, (_, at) => at * 10),
  width: mode === "buckets" ? 10 : null,
  series,
});

describe("an expression over steps", () => {
  it("takes the last value of a metric that is logged rarely, and begins when all are known", () => {
    const given = answer([curve("a", "train", [5, 6, 7, 8]), curve("a", "val", [NaN, 1, NaN, 2])]);
    const found = derive(given, [parse("train - val")], null, 100);
    expect(Array.from(found.curves[0]!.mid)).toEqual([NaN, 5, 6, 6]);
  });

  it("is left out for a training that lacks one of its metrics", () => {
    const given = answer([curve("a", "x", [1]), curve("a", "y", [2]), curve("b", "x", [1])]);
    expect(derive(given, [parse("x + y")], null, 100).curves.map((one) => one.training)).toEqual(["a"]);
  });

  it("keeps a spike that lies within a bucket", () => {
    const given = answer([curve("a", "x", [1, 1, 1], { max: Float64Array.of(1, 50, 1) })], "buckets");
    const found = derive(given, [parse("-2 * x")], null, 100).curves[0]!;
    expect([found.low[1], found.mid[1], found.high[1]]).toEqual([-100, -2, -2]);
  });
});

describe("a metric as x", () => {
  it("sorts by it, and gathers what lies at one place", () => {
    const given = answer([curve("a", "loss", [4, 3, 2, 1]), curve("a", "epoch", [2, NaN, 1, NaN])]);
    const found = derive(given, [parse("loss")], parse("epoch"), 100);
    expect(Array.from(found.x)).toEqual([1, 2]);
    expect(Array.from(found.curves[0]!.mid)).toEqual([1.5, 3.5]);
    expect([found.curves[0]!.low[0], found.curves[0]!.high[0]]).toEqual([1, 2]);
  });

  it("gathers too many places in buckets that keep the extremes", () => {
    const steps = Array.from({ length: 1000 }, (_, at) => at);
    const given = answer([curve("a", "y", steps.map((at) => (at === 500 ? 99 : 1))), curve("a", "x", steps)]);
    const found = derive(given, [parse("y")], parse("x"), 50);
    expect(found.mode).toBe("buckets");
    expect(found.x).toHaveLength(50);
    expect(Math.max(...Array.from(found.curves[0]!.high, Number))).toBe(99);
  });

  it("is zoomed by the steps where it lies in the range, one place more on either side", () => {
    const given = answer([curve("a", "epoch", [0, 1, 2, 3, 4, 5])]);
    expect(stepsWithin(given, parse("epoch"), 2, 3)).toEqual({ from: 10, to: 40 });
    expect(stepsWithin(given, parse("epoch"), 7, 8)).toBeNull();
  });
});

describe("a group", () => {
  it("is the mean of its members at every x, between their points too", () => {
    const x = [0, 1, 2, 3];
    const members = [interpolated([0, null, 4, null], x), interpolated([2, 2, 2, 2], x)];
    expect(Array.from(members[0]!)).toEqual([0, 2, 4, NaN]);
    const { mean, low, high } = meanAndBand(members, 4, "range");
    expect([Array.from(mean), Array.from(low), Array.from(high)]).toEqual([
      [1, 2, 3, 2],
      [0, 2, 2, 2],
      [2, 2, 4, 2],
    ]);
  });

  it("has a band of one sample standard deviation", () => {
    const { low, high } = meanAndBand([Float64Array.of(1), Float64Array.of(3), Float64Array.of(5)], 1, "std");
    expect([low[0], high[0]]).toEqual([1, 5]);
  });
});
