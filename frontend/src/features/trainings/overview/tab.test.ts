import { describe, expect, it } from "vitest";

import { staleAfter } from "./live";
import { readTab } from "./tab";

describe("readTab", () => {
  it("reads what it knows and leaves out the rest", () => {
    expect(readTab({ tab: "console", line: 12, find: "loss", stream: "stderr", x: "time" })).toEqual({ tab: "console", line: 12, find: "loss", stream: "stderr" });
    expect(readTab({ tab: "nowhere", line: -3, find: "", stream: "both" })).toEqual({});
    expect(readTab({ tab: "scalars", line: 1.5 })).toEqual({});
  });

  it("takes a search for digits, which the router reads as a number", () => {
    expect(readTab({ find: 404 })).toEqual({ find: "404" });
  });
});

describe("staleAfter", () => {
  it("asks for the whole only when more than the row has changed", () => {
    expect(staleAfter(["console"])).toEqual(["training-row"]);
    expect(staleAfter(["summary", "console"])).toEqual(["training-row", "training"]);
    expect(staleAfter(["finish"])).toEqual(["training-row", "training", "snapshots", "lineage"]);
  });
});
