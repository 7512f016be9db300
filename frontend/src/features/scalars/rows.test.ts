import { describe, expect, it } from "vitest";

import { groupsOf, moved, OWN, PINNED, rowsOf, TagOrder } from "./rows";
import { isShown, readSearch, searchOf, tagMatcher, USUAL, viewOf } from "./view";

const names = (tags: string[], view = {}) => groupsOf(tags, { ...USUAL, ...view }).map((group) => [group.name, ...group.panels.map((panel) => panel.tag ?? panel.ys[0])]);

describe("the arrangement of charts", () => {
  const tags = new TagOrder().arrange(["val/b", "system/cpu", "train/layer10", "loss", "train/layer2", "val/a"]);

  it("is by name, numbers as numbers, with what the machine did at the end", () => {
    expect(names(tags)).toEqual([
      ["", "loss"],
      ["train", "train/layer2", "train/layer10"],
      ["val", "val/a", "val/b"],
      ["system", "system/cpu"],
    ]);
  });

  it("puts own and pinned charts first, and moved ones first in their group", () => {
    const found = names(tags, { pinned: ["val/b", "loss"], order: ["train/layer10"], own: [{ y: '"loss" ^ 2' }] });
    expect(found.slice(0, 3)).toEqual([
      [OWN, '"loss" ^ 2'],
      [PINNED, "val/b", "loss"],
      ["train", "train/layer10", "train/layer2"],
    ]);
  });

  it("adds tags that come later at the end of their group", () => {
    const order = new TagOrder();
    order.arrange(["train/m", "train/z", "val/a"]);
    expect(names(order.arrange(["train/a", "train/m", "train/z", "val/a"]))).toEqual([
      ["train", "train/m", "train/z", "train/a"],
      ["val", "val/a"],
    ]);
  });

  it("moves a chart to the place of another", () => {
    const group = groupsOf(["t/a", "t/b", "t/c", "t/d"], USUAL)[0]!;
    expect(moved(group, "t/c", "t/a")).toEqual(["t/c", "t/a", "t/b"]);
    expect(moved(group, "t/a", "t/b")).toEqual(["t/b", "t/a"]);
  });

  it("makes rows only of open groups", () => {
    const groups = groupsOf(["a/1", "a/2", "a/3", "b/1"], USUAL);
    expect(rowsOf(groups, (name) => name === "a", 2).map((row) => row.key)).toEqual(["h a", "p a 0", "p a 1", "h b"]);
  });
});

describe("the address", () => {
  it("holds the whole view, and reads back to it", () => {
    const view = {
      ...USUAL,
      axis: "relative" as const,
      xExpression: '"train/epoch"',
      smoothing: 0.6,
      logY: true,
      from: 1,
      to: 2.5,
      tags: "loss|acc",
      pinned: ["a"],
      only: [3],
      front: [1, 2],
      order: ["x/y"],
      own: [{ y: '"a" - "b"', x: '"c"' }, { y: '"a"' }],
      band: "std" as const,
      members: false,
    };
    expect(viewOf(readSearch(JSON.parse(JSON.stringify(searchOf(view))) as Record<string, unknown>))).toEqual(view);
    expect(JSON.stringify(searchOf(USUAL))).toBe("{}");
  });

  it("of somebody's invention is passed over where it makes no sense", () => {
    expect(readSearch({ x: "moon", smooth: "much", from: 5, to: 1, pin: 7, hide: ["a", 1.5, 4], own: [null, { y: 3 }, { y: "a", x: 1 }], band: {} })).toEqual({ hide: [4], own: [{ y: "a" }] });
  });
});

it("trainings are hidden one by one, or all but some", () => {
  expect([1, 2, 3].filter((one) => isShown({ hidden: [2], only: [] }, one))).toEqual([1, 3]);
  expect([1, 2, 3].filter((one) => isShown({ hidden: [2], only: [2] }, one))).toEqual([2]);
});

it.each([
  ["loss", ["train/Loss", "val/loss"]],
  ["^val/", ["val/loss", "val/acc"]],
  ["loss(", []],
  ["acc|Loss", ["train/Loss", "val/loss", "val/acc"]],
])("the filter %s finds %j", (text, expected) => {
  expect(["train/Loss", "val/loss", "val/acc"].filter(tagMatcher(text))).toEqual(expected);
});
