// Terminal colours as a page can show them: moved towards black or white until they can be read (WCAG AA).

import type { CSSProperties } from "react";

import type { Colour, Style } from "./ansi";

export type Rgb = readonly [r: number, g: number, b: number];

/** The grounds of the console in both schemes; `tokens.css` says the same. */
const LIGHT: Rgb = [255, 255, 255];
const DARK: Rgb = [31, 31, 31];
const AA = 4.5;

const NAMED: readonly Rgb[] = [
  [0, 0, 0], [205, 49, 49], [13, 128, 60], [190, 140, 0], [36, 114, 200], [168, 63, 190], [17, 138, 160], [204, 204, 204],
  [118, 118, 118], [241, 76, 76], [35, 180, 100], [230, 190, 40], [59, 142, 234], [214, 112, 214], [41, 184, 219], [255, 255, 255],
]; // prettier-ignore

export function xterm(colour: Colour): Rgb {
  return typeof colour === "number" ? (NAMED[colour] ?? LIGHT) : colour;
}

function luminance([r, g, b]: Rgb): number {
  const linear = (byte: number) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour, or the nearest on its way to white (black on a light ground) that can be read. */
export function readable(colour: Rgb, dark: boolean): Rgb {
  const [ground, end] = dark ? [DARK, 255] : [LIGHT, 0];
  for (let share = 0; share < 1; share += 0.05) {
    const moved = colour.map((byte) => Math.round(byte + (end - byte) * share)) as unknown as Rgb;
    if (contrast(moved, ground) >= AA) return moved;
  }
  return [end, end, end];
}

/** How a run is drawn; null where it is as plain as the rest. */
export function cssOf(style: Style, dark: boolean): CSSProperties | undefined {
  let { color, background } = style;
  if (style.inverse) [color, background] = [background ?? (dark ? DARK : LIGHT), color ?? (dark ? LIGHT : [36, 41, 47])];
  const css: CSSProperties = {};
  if (background !== undefined) {
    const ground = xterm(background);
    const own = color === undefined ? null : xterm(color);
    css.background = rgb(ground);
    css.color = own && contrast(own, ground) >= AA ? rgb(own) : contrast([0, 0, 0], ground) >= AA ? "#000" : "#fff";
  } else if (color !== undefined) css.color = rgb(readable(xterm(color), dark));
  else if (style.dim) css.color = "var(--mantine-color-dimmed)";
  if (style.bold) css.fontWeight = 700;
  if (style.italic) css.fontStyle = "italic";
  const lines = [style.underline && "underline", style.struck && "line-through"].filter(Boolean);
  if (lines.length) css.textDecoration = lines.join(" ");
  return Object.keys(css).length ? css : undefined;
}

function rgb([r, g, b]: Rgb): string {
  return `rgb(${r} ${g} ${b})`;
}
