import { expect, it } from "vitest";

import { linesIn } from "./data";

it("a model has its files' versions, and a file in a folder its own", () => {
  const nodes = [
    { kind: "folder" as const, path: "digits/nets", versions: 0 },
    { kind: "model" as const, path: "digits/nets/mlp", versions: 3 },
    { kind: "file" as const, path: "digits/nets/mlp/a.npz", versions: 2 },
    { kind: "file" as const, path: "digits/nets/mlp.md", versions: 1 },
    { kind: "model" as const, path: "digits/empty", versions: 0 },
  ];
  expect(linesIn(nodes)).toEqual(["digits/nets/mlp", "digits/nets/mlp.md"]);
});
