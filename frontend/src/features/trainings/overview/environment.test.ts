import { describe, expect, it } from "vitest";

import { factsOf, gitOf, packagesOf } from "./environment";

const TOLD = {
  command: ["python", "train.py"],
  python: "3.11.7 (CPython)",
  cpu: { model: "EPYC", count: 64, usable: 8 },
  memory_mb: 24_105,
  gpus: ["A100", "A100", "T4"],
  variables: { OMP_NUM_THREADS: "1" },
  pid: 12,
  executable: null,
  git: { commit: "abc", dirty: true, diff: "diff --git a/x b/x\n", diff_truncated: true, untracked: ["notes.txt", 3] },
  packages: { numpy: "2.3.1", broken: null },
};

describe("an environment", () => {
  it("is told in plain facts", () => {
    expect(factsOf(TOLD)).toEqual([
      ["python", "3.11.7 (CPython)"],
      ["cpu", "EPYC × 8 / 64"],
      ["memory", "23.5 GiB"],
      ["gpus", "2 × A100, T4"],
      ["OMP_NUM_THREADS", "1"],
      ["pid", "12"],
    ]);
  });

  it("has a state of Git", () => {
    expect(gitOf(TOLD)).toEqual({ commit: "abc", branch: null, remote: null, dirty: true, diff: "diff --git a/x b/x\n", truncated: true, untracked: ["notes.txt"] });
    expect(gitOf({ git: null })).toBeNull();
  });

  it("has packages", () => {
    expect(packagesOf(TOLD)).toEqual([["numpy", "2.3.1"], ["broken", ""]]);
  });

  it("may be nothing, or not what was expected", () => {
    expect(factsOf({})).toEqual([]);
    expect(packagesOf({ packages: ["numpy"] })).toEqual([]);
    expect(factsOf({ cpu: "EPYC", gpus: "A100" })).toEqual([["cpu", "? × ?"], ["gpus", "A100"]]);
  });
});
