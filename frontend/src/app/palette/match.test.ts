import { describe, expect, it } from "vitest";

import { best, score } from "./match";
import { filterOf } from "./data";

const same = (text: string) => text;

describe("score", () => {
  it("finds letters in order, and nothing else", () => {
    expect(score("rn50", "ResNet-50")).not.toBeNull();
    expect(score("05nr", "ResNet-50")).toBeNull();
    expect(score("resnets", "ResNet-50")).toBeNull();
  });

  it("takes everything while nothing is typed", () => {
    expect(score("  ", "anything")).toBe(0);
  });
});

describe("best", () => {
  it("puts what begins with it before what holds it before scattered letters", () => {
    expect(best("mod", ["my old diary", "all models", "models", "remodel"], same, 9)).toEqual(["models", "all models", "remodel", "my old diary"]);
  });

  it("keeps the order of what fits alike, and no more than asked for", () => {
    expect(best("", ["b", "a", "c"], same, 2)).toEqual(["b", "a"]);
  });
});

describe("filterOf", () => {
  it("finds a number and names that hold it", () => {
    expect(filterOf("12")).toBe('number == 12 or name =~ "(?i)12"');
    expect(filterOf("#12")).toBe("number == 12");
  });

  it("takes what was typed as it is, not as a pattern", () => {
    expect(filterOf('a.b"\\')).toBe('name =~ "(?i)a\\\\.b\\"\\\\\\\\"');
  });
});
