// Numbers, times and sizes as people read them.

export type Real = number | string | null | undefined;

/** A number that may have travelled as a text: "NaN", "Infinity", "-Infinity". */
export function real(value: Real): number | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? Number(value) : value;
}

/** Four significant digits; NaN and the sign of infinities kept. */
export function number(given: Real): string {
  const value = real(given);
  if (value === null) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return value.toLocaleString("en");
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(4)));
}

/** For axes: short, with k, M and G for large ones. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined) return "";
  const size = Math.abs(value);
  const units = [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  for (const [unit, name] of units) if (size >= unit) return `${Number((value / unit).toPrecision(4))}${name}`;
  if (size !== 0 && size < 1e-3) return value.toExponential(1).replace(".0e", "e");
  return String(Number(value.toPrecision(4)));
}

const LENGTHS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/** Seconds as the two largest units. */
export function duration(seconds: number): string {
  const sign = seconds < 0 ? "−" : "";
  let left = Math.abs(seconds);
  if (left < 10) return `${sign}${Number(left.toPrecision(3))} s`;
  const parts: string[] = [];
  for (const [size, name] of LENGTHS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count) parts.push(`${count} ${name}`);
    else if (parts.length) break;
  }
  return sign + parts.slice(0, 2).join(" ");
}

/** Bytes in binary units. */
export function bytes(count: number): string {
  let amount = count;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (amount < 1024) return `${unit === "B" ? amount : amount.toFixed(1)} ${unit}`;
    amount /= 1024;
  }
  return `${amount.toFixed(1)} TiB`;
}
