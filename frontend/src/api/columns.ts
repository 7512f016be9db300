// Binary columns: "PAVC", length of the header, length of the data (u32, u64 little-endian), a JSON header, arrays.

export const COLUMNS_TYPE = "application/vnd.pavi.columns";

const TYPES = { f8: Float64Array, i8: BigInt64Array, u4: Uint32Array } as const;

/** The header with typed arrays in place of `{"$array": [type, offset, length]}`. */
export function decodeColumns<T>(raw: ArrayBuffer): T {
  const view = new DataView(raw);
  const headerBytes = view.getUint32(4, true);
  const header: unknown = JSON.parse(new TextDecoder().decode(new Uint8Array(raw, 16, headerBytes)));
  const data = 16 + headerBytes;
  const place = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(place);
    if (value === null || typeof value !== "object") return value;
    const array = (value as { $array?: [keyof typeof TYPES, number, number] }).$array;
    if (array) return new TYPES[array[0]](raw, data + array[1], array[2]);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, place(inner)]));
  };
  return place(header) as T;
}
