import { expect, test } from "vitest";

import { colorAt, colorIndexes } from "./palette";

test("trainings keep their colour when others join", () => {
  const alone = colorIndexes([7]);
  const together = colorIndexes([3, 7, 41]);
  expect(together.get(7)).toBe(alone.get(7));
});

test("a hundred trainings have a hundred colours", () => {
  const indexes = colorIndexes(Array.from({ length: 100 }, (_, at) => at * 10));
  expect(new Set(indexes.values()).size).toBe(100);
});

test("rounds of the hues differ in lightness", () => {
  expect(colorAt(0, "light")).not.toBe(colorAt(10, "light"));
  expect(colorAt(0, "light")).not.toBe(colorAt(0, "dark"));
});
