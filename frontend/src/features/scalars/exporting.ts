// Saves what a chart shows: the picture with title and legend, the drawn numbers. Complete series come from the export route.

import { svgOf } from "@/charts/svg";
import type { Drawing, Look } from "@/charts/types";

const LEGEND_MOST = 40;
const SVG = { width: 960, height: 480 };

/** The canvas as it is on the screen, below the title and above the names of the curves. */
export function savePng(canvas: HTMLCanvasElement | null, drawing: Drawing, title: string): void {
  if (!canvas) return;
  const unit = devicePixelRatio;
  const { text, ground, font } = page();
  const columns = Math.max(1, Math.floor(canvas.width / (220 * unit)));
  const named = drawing.curves.slice(0, LEGEND_MOST);
  const copy = document.createElement("canvas");
  const head = 28 * unit;
  copy.width = canvas.width;
  copy.height = head + canvas.height + (Math.ceil(named.length / columns) * 18 + 10) * unit;
  const ctx = copy.getContext("2d")!;
  ctx.fillStyle = ground;
  ctx.fillRect(0, 0, copy.width, copy.height);
  ctx.drawImage(canvas, 0, head);
  ctx.fillStyle = text;
  ctx.font = `600 ${14 * unit}px ${font}`;
  ctx.fillText(title, 10 * unit, 19 * unit, copy.width - 20 * unit);
  ctx.font = `${11 * unit}px ${font}`;
  const wide = copy.width / columns;
  named.forEach((curve, at) => {
    const [x, y] = [(at % columns) * wide + 10 * unit, head + canvas.height + (Math.floor(at / columns) * 18 + 14) * unit];
    ctx.fillStyle = curve.color;
    ctx.fillRect(x, y - 5 * unit, 12 * unit, 3 * unit);
    ctx.fillStyle = text;
    ctx.fillText(at === LEGEND_MOST - 1 && drawing.curves.length > LEGEND_MOST ? `… ${drawing.curves.length}` : curve.name, x + 18 * unit, y, wide - 34 * unit);
  });
  copy.toBlob((blob) => blob && save(blob, `${fileName(title)}.png`));
}

export function saveSvg(drawing: Drawing, look: Look, title: string): void {
  const { text, ground, grid } = page();
  save(new Blob([svgOf(drawing, look, { ...SVG, title, text, ground, grid })], { type: "image/svg+xml" }), `${fileName(title)}.svg`);
}

export function saveCsv(drawing: Drawing, title: string): void {
  save(new Blob([csv(drawing)], { type: "text/csv" }), `${fileName(title)}.csv`);
}

/** Every point of every metric of these trainings, streamed by the server. */
export function exportAddress(trainings: readonly string[], format: "csv" | "parquet"): string {
  const search = new URLSearchParams([...trainings.map((id) => ["training", id]), ["format", format]]);
  return `/api/v1/scalars/export?${search}`;
}

/** One row for each x and curve: what the chart was given, extremes included. */
export function csv({ x, axis, xLabel, curves }: Drawing): string {
  const smoothed = curves.some((curve) => curve.smoothed);
  const rows = [[axis === "value" ? quoted(xLabel ?? "x") : axis, "training", "mean", "min", "max", "last", ...(smoothed ? ["smoothed"] : [])].join(",")];
  for (const curve of curves) {
    for (let at = 0; at < x.length; at += 1) {
      const values = [curve.mean[at], curve.min[at], curve.max[at], curve.last[at], ...(smoothed ? [curve.smoothed?.[at]] : [])];
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

function page(): { text: string; ground: string; grid: string; font: string } {
  const style = getComputedStyle(document.body);
  return { text: style.color, ground: style.backgroundColor, grid: style.getPropertyValue("--pavi-grid").trim(), font: style.fontFamily };
}

function fileName(title: string): string {
  return title.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^-|-$/g, "") || "chart";
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Puts a text on the clipboard; browsers give pages that came without TLS no clipboard of their own. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    area.style.cssText = "position:fixed;opacity:0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
