import { describe, expect, it } from "vitest";

import { asked, columnOf, leafId, leaves, metricId, sortOf, sparkId } from "./columns";

describe("columns", () => {
  it.each(["val/acc", 'a "quoted" tag', "back\\slash", "dots.and] brackets", "损失"])("come back from their ids: %s", (tag) => {
    expect(columnOf(metricId(tag, "max"))).toMatchObject({ kind: "metric", tag, stat: "max" });
    expect(columnOf(sparkId(tag))).toMatchObject({ kind: "spark", tag });
  });

  it("name leaves as the filter does", () => {
    expect(leafId("config", "optimizer.lr")).toBe("config.optimizer.lr");
    expect(leafId("config", "layers.0.width")).toBe("config.layers.0.width");
    expect(leafId("config", "0.width")).toBe('config["0.width"]');
    expect(leafId("summary", "best acc")).toBe('summary["best acc"]');
    expect(columnOf('config["a b"]')).toMatchObject({ kind: "config", key: "a b" });
  });

  it("are nothing where the text is none", () => {
    for (const text of ["metrics[val].max", 'metrics["a"]', 'spark["a"].last', "config", "constructor", ""]) expect(columnOf(text)).toBeNull();
  });

  it("ask the server for values, and sort by what it can sort", () => {
    const columns = ["status", "config.lr", metricId("loss", "min"), sparkId("loss"), "tags"].map((id) => columnOf(id)!);
    expect(asked(columns)).toEqual(["config.lr", 'metrics["loss"].min']);
    expect(columns.map(sortOf)).toEqual(["status", "config.lr", 'metrics["loss"].min', 'metrics["loss"].last', null]);
  });

  it("find the leaves of a document", () => {
    expect(Object.keys(leaves({ a: { b: 1, c: [2, { d: 3 }] }, e: null }))).toEqual(["a.b", "a.c.0", "a.c.1.d", "e"]);
  });
});
