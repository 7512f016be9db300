import { expect, test } from "vitest";

import { decodeColumns } from "./columns";

/** A frame as the server writes it: see server/scalars/columns.py. */
function frame(header: object, ...arrays: (Float64Array | BigInt64Array)[]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(32);
  padded.set(text);
  const data = arrays.reduce((size, one) => size + one.byteLength, 0);
  const raw = new Uint8Array(16 + padded.length + data);
  raw.set(new TextEncoder().encode("PAVC"));
  new DataView(raw.buffer).setUint32(4, padded.length, true);
  new DataView(raw.buffer).setBigUint64(8, BigInt(data), true);
  raw.set(padded, 16);
  let at = 16 + padded.length;
  for (const one of arrays) {
    raw.set(new Uint8Array(one.buffer), at);
    at += one.byteLength;
  }
  return raw.buffer;
}

test("arrays are put where the header names them", () => {
  const raw = frame(
    { axis: "step", x: { $array: ["i8", 0, 2] }, series: [{ mean: { $array: ["f8", 16, 2] } }] },
    BigInt64Array.of(1n, 9_007_199_254_740_993n),
    Float64Array.of(0.5, Number.NaN),
  );
  const found = decodeColumns<{ axis: string; x: BigInt64Array; series: { mean: Float64Array }[] }>(raw);
  expect(found.axis).toBe("step");
  expect([...found.x]).toEqual([1n, 9_007_199_254_740_993n]);
  expect(found.series[0]?.mean[0]).toBe(0.5);
  expect(found.series[0]?.mean[1]).toBeNaN();
});
