import { expect, it } from "vitest";

import { nextFind } from "./search";

it("nextFind goes on from any line, forwards and back", () => {
  const finds = [3, 10, 12];
  expect(nextFind(finds, null, 1)).toBe(0);
  expect(nextFind(finds, null, -1)).toBe(2);
  expect(nextFind(finds, 3, 1)).toBe(1);
  expect(nextFind(finds, 11, 1)).toBe(2);
  expect(nextFind(finds, 11, -1)).toBe(1);
  expect(nextFind(finds, 12, 1)).toBeNull();
  expect(nextFind(finds, 3, -1)).toBeNull();
  expect(nextFind([], null, 1)).toBeNull();
});
