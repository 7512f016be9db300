import { describe, expect, it } from "vitest";

import { EveryLine, StreamLines, type Line, type LineRequest } from "./lines";

/** A console of so many lines, every third on stderr, as the server would answer; `asked` tells what it was asked. */
function server(total: number, most = 5_000) {
  const asked: LineRequest[] = [];
  const read = (request: LineRequest) => {
    asked.push(request);
    const items: Line[] = [];
    for (let number = request.from; number < total; number += 1) {
      const stream = number % 3 ? "stdout" : "stderr";
      if (request.stream && stream !== request.stream) continue;
      if (items.length === Math.min(request.limit, most)) return Promise.resolve({ items, next: number });
      items.push({ number, stream, writer: "w", time: 0, text: `line ${number}` });
    }
    return Promise.resolve({ items, next: null });
  };
  return { asked, read };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("EveryLine", () => {
  it("asks once for what is looked at, wherever that is", async () => {
    const { asked, read } = server(10_000);
    const lines = new EveryLine(read, 10_000);
    expect(lines.count).toBe(10_000);
    lines.want(9_960, 9_999);
    lines.want(9_960, 9_999);
    await settled();
    lines.want(9_960, 9_999);
    expect(asked).toHaveLength(1);
    expect(lines.at(9_999)?.text).toBe("line 9999");
    expect(lines.at(0)).toBeUndefined();
  });

  it("reads backwards up to what it has", async () => {
    const { asked, read } = server(10_000);
    const lines = new EveryLine(read, 10_000);
    lines.want(5_000, 5_040);
    await settled();
    lines.want(4_990, 5_030);
    await settled();
    expect(asked.map((one) => [one.from, one.limit])).toEqual([[5_000, 400], [4_600, 400]]);
    expect(lines.at(4_990)?.text).toBe("line 4990");
  });

  it("goes on where the server stopped, and with what comes later", async () => {
    const { asked, read } = server(450, 100);
    const lines = new EveryLine(read, 300);
    lines.want(0, 40);
    await settled();
    expect(asked.map((one) => one.from)).toEqual([0, 100, 200, 300]);
    expect(lines.at(299)?.text).toBe("line 299");
    lines.grow(450);
    expect(lines.count).toBe(450);
    lines.want(400, 449);
    await settled();
    expect(lines.at(449)?.text).toBe("line 449");
  });

  it("tells what went wrong, and tries again when it is told to", async () => {
    let broken = true;
    const good = server(10);
    const lines = new EveryLine((request) => (broken ? Promise.reject(new Error("cut")) : good.read(request)), 10);
    lines.want(0, 9);
    await settled();
    expect(String(lines.error)).toContain("cut");
    broken = false;
    lines.retry();
    lines.want(0, 9);
    await settled();
    expect(lines.at(9)?.text).toBe("line 9");
  });
});

describe("StreamLines", () => {
  it("has the lines of one stream, finds them by number, and grows", async () => {
    const { read } = server(9_000);
    const lines = new StreamLines(read, 8_999, "stderr");
    expect(await lines.rowOf(6_100)).toBe(2_034);
    expect(lines.at(2_034)?.number).toBe(6_102);
    while (lines.at(lines.count - 1) === undefined) {
      lines.want(0, lines.count - 1);
      await settled();
    }
    expect(lines.count).toBe(3_000);
  });
});
