import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Connection } from "./connection";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Connection", () => {
  it("asks until the server answers, then tells to catch up once", async () => {
    const answers = [false, false, true];
    const probe = vi.fn(async () => answers.shift() ?? true);
    const connection = new Connection(probe);
    const caught = vi.fn();
    connection.onBack(caught);
    connection.lost();
    connection.lost();
    expect(connection.since).not.toBeNull();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe).toHaveBeenCalledTimes(3);
    expect(connection.since).toBeNull();
    expect(caught).toHaveBeenCalledTimes(1);
  });

  it("asks at once when the network is back, and asks nothing while all is well", async () => {
    const probe = vi.fn(async () => true);
    const connection = new Connection(probe);
    await connection.ask();
    expect(probe).not.toHaveBeenCalled();
    connection.lost();
    await connection.ask();
    expect(connection.since).toBeNull();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe).toHaveBeenCalledTimes(1);
  });
});
