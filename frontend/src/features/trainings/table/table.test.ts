import { describe, expect, it } from "vitest";

import { retagged } from "./actions";
import { secondsLeft, sparkPath } from "./Cells";
import { columnOf } from "./columns";
import { isCrowded, tellingTags, type Pages, type Training } from "./data";
import { linesOf, spreadOf } from "./groups";
import { patched } from "./live";
import { parsed } from "./saved";
import { between } from "./selection";
import { joined } from "./TrainingsTable";
import { readTableSearch, requestOf, tableSearchOf, tableViewOf } from "./view";

const row = (id: string, more: Partial<Training> = {}): Training => ({ id, number: Number(id), name: `run ${id}`, status: "running", user: "ada", tags: [], columns: {}, ...more }) as Training;

describe("the address", () => {
  it("keeps what is valid and drops the rest", () => {
    const search = { project: 123, where: " ", sort: "-duration", shelf: "attic", cols: ["status", "nonsense", "status", "name", 'metrics["a"].max'], widths: { name: 9999, nonsense: 3, status: "x" }, group: "tags" };
    expect(readTableSearch(search)).toEqual({ project: "123", sort: "-duration", cols: ["status", 'metrics["a"].max'], widths: { name: 800 } });
  });

  it("holds the whole view and leaves out what is usual", () => {
    const search = { where: "number > 3", shelf: "trash", cols: ["status"], group: "user" } as const;
    expect(readTableSearch(JSON.parse(JSON.stringify(tableSearchOf(tableViewOf({ ...search, cols: ["status"] })))) as Record<string, unknown>)).toEqual(search);
    expect(Object.values(tableSearchOf(tableViewOf({}))).filter((one) => one !== undefined)).toEqual([]);
  });

  it("asks for the column that makes the groups, shown or not", () => {
    expect(requestOf(tableViewOf({ group: "config.lr" }), []).column).toEqual(["config.lr"]);
  });
});

describe("rows", () => {
  const rows = ["1", "2", "3", "4"].map((id) => row(id));

  it("are chosen from one end to the other, in both directions", () => {
    expect(between(rows, "2", "4").map((one) => one.id)).toEqual(["2", "3", "4"]);
    expect(between(rows, "3", "1").map((one) => one.id)).toEqual(["1", "2", "3"]);
    expect(between(rows, "gone", "3").map((one) => one.id)).toEqual(["3"]);
  });

  it("get new values in their places, and stay the same objects where nothing changed", () => {
    const pages = { pages: [{ items: rows.slice(0, 2), next: "c" }, { items: rows.slice(2), next: null }], pageParams: [undefined, "c"] } as Pages;
    const now = patched(pages, [row("3", { status: "finished" }), row("1"), row("99")]);
    expect(now.pages.flatMap((page) => page.items.map((one) => one.status))).toEqual(["running", "running", "finished", "running"]);
    expect(now.pages[0]).toBe(pages.pages[0]);
  });

  it("stand below the headings of their groups, unless those are closed", () => {
    const mixed = [row("1", { user: "ada" }), row("2", { user: "bob" }), row("3", { user: "ada" })];
    const keys = (closed: string[]) => linesOf(mixed, columnOf("user"), new Set(closed), [["1", "2", "3"]]).map((line) => line.key);
    expect(keys([])).toEqual(["group ada", "1", "3", "group bob", "2"]);
    expect(keys(["ada"])).toEqual(["group ada", "group bob", "2"]);
  });

  it("give their group a mean and a deviation of what is finite", () => {
    const values = [1, 3, "NaN", null, undefined, "Infinity"].map((value, at) => row(String(at), { columns: { m: value } as never }));
    expect(spreadOf(values, "m")).toEqual({ count: 2, mean: 2, deviation: Math.SQRT2 });
    expect(spreadOf(values.slice(2), "m")).toBeNull();
  });
});

describe("what cells say", () => {
  it("tells the time left only of what still runs", () => {
    const half = { status: "running" as const, duration: 60, progress: { current: 50, total: 100, unit: "iteration" } };
    expect(secondsLeft(half)).toBe(60);
    expect(secondsLeft({ ...half, status: "crashed" })).toBeNull();
    expect(secondsLeft({ ...half, progress: { current: null, total: 100, unit: "" } })).toBeNull();
  });

  it("draws a constant curve in the middle", () => {
    expect(sparkPath([[0, 5], [1, 5]])).toBe("M0.0 12.0L100.0 12.0");
  });

  it("asks alone for a curve that shares its buckets with a much longer one", () => {
    const spark = (length: number) => Array.from({ length }, (_, at): [number, number] => [at, at]);
    expect(isCrowded({ spark: spark(1), total: 100 })).toBe(true);
    expect(isCrowded({ spark: spark(3), total: 3 })).toBe(false);
    expect(isCrowded({ spark: spark(40), total: 9000 })).toBe(false);
  });

  it("suggests what is good and what is wrong", () => {
    expect(tellingTags(["system/cpu", "train/loss", "train/lr", "val/acc"])).toEqual(["val/acc", "train/loss"]);
    expect(tellingTags(["system/cpu", "reward"])).toEqual(["reward"]);
  });
});

describe("what is changed", () => {
  it("adds and removes tags, each once and sorted", () => {
    expect(retagged(["b", "a"], ["c", "a"], ["b"])).toEqual(["a", "c"]);
  });

  it("joins a condition to a filter without changing what it meant", () => {
    expect(joined("", '"a" in tags')).toBe('"a" in tags');
    expect(joined("number > 3", '"a" in tags')).toBe('number > 3 and "a" in tags');
    expect(joined("number > 3 or number < 1", '"a" in tags')).toBe('(number > 3 or number < 1) and "a" in tags');
  });

  it("reads saved views tolerantly", () => {
    expect(parsed('[{"name": "mine", "search": {"sort": "name", "shelf": 3}}, {"name": 3}, null]')).toEqual([{ name: "mine", search: { sort: "name" } }]);
    expect(parsed("{broken")).toEqual([]);
  });
});
