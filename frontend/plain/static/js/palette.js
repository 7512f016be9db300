// Colours of trainings: ten that colour-blind people can tell apart; beyond, the same hues stepped in lightness.

const LIGHT = ["#1f6fb4", "#d9780f", "#12876a", "#b8417f", "#6a56b8", "#8a6d00", "#3a9bc9", "#c8442e", "#4d7d2f", "#6b7280"];
const DARK = ["#62a8e5", "#f0a24c", "#47c4a2", "#e383b4", "#a797ee", "#d1b545", "#86cdec", "#f0846f", "#94c973", "#aab3bf"];

export const darkScheme = matchMedia("(prefers-color-scheme: dark)");

/** The colour of the n-th training, as #rrggbb. */
export function color(index) {
  const base = (darkScheme.matches ? DARK : LIGHT)[index % LIGHT.length];
  const round = Math.floor(index / LIGHT.length);
  if (!round) return base;
  const amount = [0.32, -0.28, 0.55, -0.48][(round - 1) % 4];
  const target = amount > 0 ? 255 : 0;
  const channels = [1, 3, 5].map((at) => parseInt(base.slice(at, at + 2), 16));
  return "#" + channels.map((one) => Math.round(one + (target - one) * Math.abs(amount)).toString(16).padStart(2, "0")).join("");
}

/** A custom property of the page, such as `--grid`. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Gives every `[data-color]` below an element its colour. */
export function paint(root = document) {
  for (const swatch of root.querySelectorAll("[data-color]")) swatch.style.color = color(Number(swatch.dataset.color));
}
