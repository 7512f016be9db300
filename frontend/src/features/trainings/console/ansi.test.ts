import { describe, expect, it } from "vitest";

import { marked, plain, runsOf } from "./ansi";
import { contrast, readable, xterm } from "./colours";

const E = "\u001b";

describe("runsOf", () => {
  it("turns colour sequences into styles", () => {
    expect(runsOf(`a ${E}[1;31mred${E}[39m bold${E}[0m end`)).toEqual([
      { text: "a ", style: {} },
      { text: "red", style: { bold: true, color: 1 } },
      { text: " bold", style: { bold: true } },
      { text: " end", style: {} },
    ]);
    expect(runsOf(`${E}[94mx${E}[102my${E}[mz`).map((run) => run.style)).toEqual([{ color: 12 }, { color: 12, background: 10 }, {}]);
  });

  it("knows 256 and all colours, in both ways to write them", () => {
    expect(runsOf(`${E}[38;5;208mx`)[0]?.style.color).toEqual([255, 135, 0]);
    expect(runsOf(`${E}[38;5;9mx`)[0]?.style.color).toBe(9);
    expect(runsOf(`${E}[48;5;244mx`)[0]?.style.background).toEqual([128, 128, 128]);
    expect(runsOf(`${E}[38;2;1;2;3;1mx`)[0]?.style).toEqual({ color: [1, 2, 3], bold: true });
    expect(runsOf(`${E}[38:2::1:2:3mx`)[0]?.style.color).toEqual([1, 2, 3]);
  });

  it("drops what moves cursors, names windows or rings", () => {
    expect(runsOf(`${E}]0;title\u0007${E}[2Kdone\u0007\r`)).toEqual([{ text: "done", style: {} }]);
    expect(plain(`${E}[32m✓${E}[0m a\tb ${E}`)).toBe("✓ a\tb ");
    expect(runsOf("")).toEqual([]);
  });
});

describe("marked", () => {
  it("marks every find, also over several styles", () => {
    const runs = marked(runsOf(`lo${E}[31mss Loss`), "LOSS");
    expect(runs.map((run) => [run.text, run.found ?? false])).toEqual([
      ["lo", true],
      ["ss", true],
      [" ", false],
      ["Loss", true],
    ]);
    expect(marked(runsOf("abc"), "")).toEqual(runsOf("abc"));
  });
});

describe("colours", () => {
  it("can be read on their ground, whatever was asked for", () => {
    for (const dark of [false, true]) {
      for (let index = 0; index < 16; index += 1) expect(contrast(readable(xterm(index), dark), dark ? [31, 31, 31] : [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
      expect(contrast(readable([255, 255, 0], dark), dark ? [31, 31, 31] : [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("stay as they are where they can be read already", () => {
    expect(readable([255, 255, 255], true)).toEqual([255, 255, 255]);
    expect(readable([0, 0, 0], false)).toEqual([0, 0, 0]);
  });
});
