import { describe, expect, it } from "vitest";

import { evaluate } from "./evaluate";
import { ExpressionError, format, parse, readable, tagsOf } from "./expression";

const KNOWN = new Set(["train/loss", "val/loss", "loss", "top-5", "a b", "2d/iou"]);

function value(text: string, tags: Record<string, number> = {}): number | undefined {
  const found = evaluate(parse(text), 1, (tag) => {
    const one = tags[tag] === undefined ? null : Float64Array.of(tags[tag]);
    return one && { low: one, mid: one, high: one };
  });
  return found?.mid[0];
}

function problem(text: string, known: ReadonlySet<string> | null = null): [string, number] {
  try {
    parse(text, known);
  } catch (error) {
    if (error instanceof ExpressionError) return [error.reason, error.at];
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe("an expression", () => {
  it.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["8 / 4 / 2", 1],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["1e-3 * 1000", 1],
    ["sqrt(16) + abs(-3) + log(exp(2))", 9],
  ])("%s is %d", (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 12);
    expect(value(format(parse(text)))).toBeCloseTo(expected, 12);
  });

  it("takes tags bare and quoted", () => {
    expect(value('train/loss * 2 + "a b"', { "train/loss": 3, "a b": 1 })).toBe(7);
    expect(tagsOf(parse('log("x \\"y\\"") + x/z + x/z'))).toEqual(['x "y"', "x/z"]);
  });

  it("reads the longest known tag, so that a minus between tags is one", () => {
    expect(tagsOf(parse("train/loss-val/loss", KNOWN))).toEqual(["train/loss", "val/loss"]);
    expect(tagsOf(parse("top-5-loss", KNOWN))).toEqual(["top-5", "loss"]);
    expect(tagsOf(parse("loss/val/loss", KNOWN))).toEqual(["loss", "val/loss"]);
    expect(tagsOf(parse("2d/iou * 2", KNOWN))).toEqual(["2d/iou"]);
  });

  it("is written so that it reads the same without knowing the tags", () => {
    const written = format(parse("top-5-loss*-2", KNOWN));
    expect(format(parse(written))).toBe(written);
    expect(readable(parse("train/loss - val/loss", KNOWN))).toBe("train/loss - val/loss");
  });

  it("says what is wrong and where", () => {
    expect(problem("")).toEqual(["empty", 0]);
    expect(problem("1 + ")).toEqual(["unexpected", 4]);
    expect(problem("1 2")).toEqual(["unexpected", 2]);
    expect(problem("(1 + 2")).toEqual(["unclosed", 0]);
    expect(problem('"loss')).toEqual(["unclosed", 0]);
    expect(problem("1 + acc", KNOWN)).toEqual(["unknownTag", 4]);
    expect(problem("alert(1)")).toEqual(["unexpected", 5]);
    expect(problem("(".repeat(400))).toEqual(["tooLong", expect.any(Number)]);
  });

  it("has no value where a training lacks one of its tags", () => {
    expect(value("loss + acc", { loss: 1 })).toBeUndefined();
  });
});

describe("intervals", () => {
  const columns = () => ({ low: Float64Array.of(-1), mid: Float64Array.of(1), high: Float64Array.of(2) });

  it.each([
    ["x * -3", -6, 3],
    ["abs(x)", 0, 2],
    ["5 - x", 3, 6],
    ["exp(x)", Math.exp(-1), Math.exp(2)],
    ["1 / x", 1, 1],
  ])("%s lies from %d to %d", (text, low, high) => {
    const found = evaluate(parse(text), 1, columns)!;
    expect([found.low[0], found.high[0]]).toEqual([low, high]);
  });
});
