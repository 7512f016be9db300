import { describe, expect, it } from "vitest";

import { configRows, countLeaves, pathOf } from "./config";

const CONFIG = {
  optimizer: { type: "SGD", lr: 0.01, betas: [0.9, 0.999] },
  "train-pipeline": [{ type: "Resize", scale: [224, 224] }, { type: "Flip" }],
  seed: 0,
  nothing: {},
};
const names = (rows: { path: string }[]) => rows.map((row) => row.path);

describe("configRows", () => {
  it("shows what stands in open branches", () => {
    const rows = configRows(CONFIG, (path) => path === "config.optimizer");
    expect(names(rows)).toEqual(["config.optimizer", "config.optimizer.type", "config.optimizer.lr", "config.optimizer.betas", 'config["train-pipeline"]', "config.seed", "config.nothing"]);
    expect(rows[0]).toMatchObject({ entries: 3, open: true, depth: 0 });
    expect(rows[3]).toMatchObject({ entries: null, depth: 1 });
  });

  it("finds names and values, with what leads to them", () => {
    expect(names(configRows(CONFIG, () => false, "flip"))).toEqual(['config["train-pipeline"]', 'config["train-pipeline"].1', 'config["train-pipeline"].1.type']);
    expect(names(configRows(CONFIG, () => false, "optimizer.LR"))).toEqual(["config.optimizer", "config.optimizer.lr"]);
    expect(configRows(CONFIG, () => true, "nowhere")).toEqual([]);
  });

  it("shows all of a branch whose name matches", () => {
    expect(names(configRows(CONFIG, () => false, "optimizer"))).toHaveLength(4);
  });
});

describe("pathOf", () => {
  it("quotes what is no name, as the filter reads it", () => {
    expect(pathOf("config", "lr")).toBe("config.lr");
    expect(pathOf("config.steps", "0")).toBe("config.steps.0");
    expect(pathOf("config", 'a "b"')).toBe('config["a \\"b\\""]');
  });
});

it("countLeaves stops where it need not count on", () => {
  expect(countLeaves(CONFIG, 100)).toBe(8);
  expect(countLeaves(CONFIG, 2)).toBe(2);
});
