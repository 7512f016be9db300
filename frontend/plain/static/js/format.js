// Numbers, times and names as people read them.

/** Four significant digits; the sign of NaN and infinities kept. */
export function number(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value.replace("-Infinity", "−∞").replace("Infinity", "∞");
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return value.toLocaleString("en");
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3).replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(4)));
}

/** For axes: short, with k, M and G for large ones. */
export function short(value) {
  if (value === null || value === undefined) return "";
  const size = Math.abs(value);
  for (const [unit, name] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (size >= unit) return `${Number((value / unit).toPrecision(4))}${name}`;
  }
  if (size !== 0 && size < 1e-3) return value.toExponential(1).replace(".0e", "e");
  return String(Number(value.toPrecision(4)));
}

/** Seconds as the two largest units. */
export function duration(seconds) {
  const sign = seconds < 0 ? "−" : "";
  let left = Math.abs(seconds);
  if (left < 10) return `${sign}${Number(left.toPrecision(3))} s`;
  const parts = [];
  for (const [size, name] of [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]]) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count) parts.push(`${count} ${name}`);
    else if (parts.length) break;
  }
  return sign + parts.slice(0, 2).join(" ");
}

/** How long ago, in one unit. */
export function age(date) {
  const seconds = (Date.now() - date.getTime()) / 1000;
  for (const [size, name] of [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]]) {
    if (seconds >= Math.max(size, 10)) return `${Math.floor(seconds / size)} ${name} ago`;
  }
  return "just now";
}

/** Bytes in binary units. */
export function size(count) {
  let amount = count;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (amount < 1024) return `${unit === "B" ? amount : amount.toFixed(1)} ${unit}`;
    amount /= 1024;
  }
  return `${amount.toFixed(1)} TiB`;
}

/** A number that may have travelled as a text: "NaN", "Infinity", "-Infinity". */
export function real(value) {
  return typeof value === "string" ? Number(value) : value;
}

/** A console line without the codes that colour terminals. */
export function plain(line) {
  // eslint-disable-next-line no-control-regex
  return line.replace(/\x1b(\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g, "");
}
