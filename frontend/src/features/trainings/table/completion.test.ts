import { describe, expect, it } from "vitest";

import { complete } from "./completion";

const KEYS = { tags: ["val/acc", "train/loss"], config: ["optimizer.lr"], summary: [] };
const texts = (text: string, caret = text.length) => complete(text, caret, KEYS).options.map((one) => one.text);

describe("completion", () => {
  it("offers fields, config and metrics where a comparison begins", () => {
    for (const begun of ["", "status == \"running\" and ", "not ", "("]) expect(texts(begun)).toEqual(expect.arrayContaining(["status", "config.optimizer.lr", 'metrics["val/acc"].max']));
  });

  it("finds a metric by any part of its name", () => {
    expect(texts("acc")).toContain('metrics["val/acc"].max');
    expect(texts('metrics["val/')).toContain('metrics["val/acc"].last');
  });

  it("offers operators after a field, statuses after their comparison, and joints after that", () => {
    expect(texts("status ")).toContain("==");
    expect(texts('metrics["val/acc"].max ')).toContain(">=");
    expect(texts("status == ")).toContain('"crashed"');
    expect(texts('status == "crashed" ')).toEqual(["and", "or"]);
    expect(texts("config.optimizer.lr <= 0.1 ")).toEqual(["and", "or"]);
    expect(texts('status in ["lost", "crashed"] ')).toEqual(["and", "or"]);
    expect(texts('"baseline" in ')).toEqual(["tags"]);
  });

  it("replaces the word under the caret and nothing else", () => {
    const text = "sta and number > 3";
    expect(complete(text, 3, KEYS)).toMatchObject({ from: 0, to: 3 });
    expect(texts(text, 3)[0]).toBe("status");
  });
});
