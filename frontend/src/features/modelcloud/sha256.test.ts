import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { Sha256 } from "./sha256";

/** Bytes that repeat nowhere soon. */
function bytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => (index * 167 + (index >> 8) * 13) & 255);
}

const wanted = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

describe("Sha256", () => {
  it("knows the empty message and the standard's example", () => {
    expect(new Sha256().digest()).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(new Sha256().update(new TextEncoder().encode("abc")).digest()).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it.each([1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 100_003])("agrees with Node over %i bytes", (count) => {
    expect(new Sha256().update(bytes(count)).digest()).toBe(wanted(bytes(count)));
  });

  it("does not care where a message is cut", () => {
    const content = bytes(10_007);
    const hash = new Sha256();
    for (let at = 0, size = 1; at < content.length; at += size, size = (size * 7) % 131 || 1) hash.update(content.subarray(at, at + size));
    expect(hash.digest()).toBe(wanted(content));
  });
});
