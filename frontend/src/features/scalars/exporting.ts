// Saves what a chart shows: the picture as PNG, the drawn numbers as CSV. Complete series come from the export route.

import type { Drawing } from "@/charts/types";

export function savePng(canvas: HTMLCanvasElement | null, tag: string): void {
  if (!canvas) return;
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const ctx = copy.getContext("2d")!;
  ctx.fillStyle = getComputedStyle(document.body).backgroundColor;
  ctx.fillRect(0, 0, copy.width, copy.height);
  ctx.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => blob && save(blob, `${fileName(tag)}.png`));
}

export function saveCsv(drawing: Drawing, tag: string): void {
  save(new Blob([csv(drawing)], { type: "text/csv" }), `${fileName(tag)}.csv`);
}

/** One row for each x and curve: what the chart was given, extremes included. */
export function csv({ x, axis, curves }: Drawing): string {
  const rows = [[axis, "training", "mean", "min", "max", "last"].join(",")];
  for (const curve of curves) {
    for (let at = 0; at < x.length; at += 1) {
      const values = [curve.mean[at], curve.min[at], curve.max[at], curve.last[at]];
      if (values.some((value) => value !== null && value !== undefined && !Number.isNaN(value))) {
        rows.push([x[at], quoted(curve.name), ...values].join(","));
      }
    }
  }
  return `${rows.join("\n")}\n`;
}

/** Quoted, and never the beginning of a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function fileName(tag: string): string {
  return tag.replace(/[^\p{L}\p{N}._-]+/gu, "-") || "chart";
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
