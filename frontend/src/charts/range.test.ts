import { describe, expect, it } from "vitest";

import { rangeOfX, rangeOfY } from "./range";
import { svgOf, ticks } from "./svg";
import type { Curve, Drawing, Look } from "./types";

const LOOK: Look = { logX: false, logY: false, ignoreOutliers: false, from: null, to: null };

function drawing(values: number[], more: Partial<Curve> = {}): Drawing {
  const column = Float64Array.from(values);
  const curve: Curve = { key: "a", name: "a", color: "#000000", min: column, max: column, mean: column, last: column, nonfinite: [], points: values.length, total: values.length, ...more };
  return { axis: "step", mode: "points", x: values.map((_, at) => at), width: null, curves: [curve] };
}

const x = (one: Drawing) => Array.from(one.x);

describe("the shown part of y", () => {
  it("holds the extremes of buckets, not only what is drawn as a line", () => {
    const one = drawing([1, 1, 1], { max: Float64Array.of(1, 100, 1) });
    expect(rangeOfY(one, LOOK, x(one))[1]).toBeGreaterThan(100);
  });

  it("ignores outliers when told to", () => {
    const one = drawing([...Array.from({ length: 300 }, () => 1), 1e6, ...Array.from({ length: 300 }, () => 2)]);
    expect(rangeOfY(one, { ...LOOK, ignoreOutliers: true }, x(one))[1]).toBeLessThan(3);
  });

  it("follows a zoom while its data is still being fetched", () => {
    const one = drawing([1000, 1, 2, 3]);
    expect(rangeOfY(one, { ...LOOK, from: 1, to: 3 }, x(one))[1]).toBeLessThan(4);
  });

  it.each([
    [[0.013, 7.2], [0.01, 8]],
    [[1, 10], [1, 10]],
    [[5, 5], [2.5, 10]],
    [[-3, 0.2, 40], [0.2, 40]],
  ])("of %j on a logarithmic axis is %j", (values, expected) => {
    const one = drawing(values);
    expect(rangeOfY(one, { ...LOOK, logY: true }, x(one))).toEqual(expected);
  });

  it("is something where there is nothing", () => {
    const one = drawing([NaN, NaN]);
    expect(rangeOfY(one, LOOK, x(one))).toEqual([0, 1]);
    expect(rangeOfX({ ...one, x: [] }, LOOK, [])).toEqual([0, 1]);
  });
});

describe("a drawing as SVG", () => {
  const style = { width: 400, height: 200, title: "<loss> & more", text: "#111111", grid: "#eeeeee", ground: "#ffffff" };

  it("draws every finite point, and names what people named as text", () => {
    const text = svgOf(drawing([3, NaN, 1, 2], { name: "</text><script>" }), LOOK, style);
    const svg = new DOMParser().parseFromString(text, "image/svg+xml");
    expect(svg.querySelector("parsererror")).toBeNull();
    expect(svg.querySelector("script")).toBeNull();
    expect(svg.querySelectorAll("text")[0]!.textContent).toBe("<loss> & more");
    expect(svg.querySelector("polyline")!.getAttribute("points")!.split(" ")).toHaveLength(3);
  });

  it.each([
    [[0, 10], false, [0, 2, 4, 6, 8, 10]],
    [[0.001, 1000], true, [0.001, 0.1, 10, 1000]],
  ] as const)("has ticks at round numbers: %j", (range, log, expected) => {
    expect(ticks([...range], log, 6)).toEqual(expected);
  });
});
