// Colours of trainings: ten that colour-blind people can tell apart; beyond, the same hues stepped in lightness.

const LIGHT = ["#1f6fb4", "#d9780f", "#12876a", "#b8417f", "#6a56b8", "#8a6d00", "#3a9bc9", "#c8442e", "#4d7d2f", "#6b7280"];
const DARK = ["#62a8e5", "#f0a24c", "#47c4a2", "#e383b4", "#a797ee", "#d1b545", "#86cdec", "#f0846f", "#94c973", "#aab3bf"];
const STEPS = [0.32, -0.28, 0.55, -0.48];

export type Scheme = "light" | "dark";

/** The n-th colour, as #rrggbb. */
export function colorAt(index: number, scheme: Scheme): string {
  const hues = scheme === "dark" ? DARK : LIGHT;
  const base = hues[index % hues.length]!;
  const round = Math.floor(index / hues.length);
  if (round === 0) return base;
  const amount = STEPS[(round - 1) % STEPS.length]!;
  const target = amount > 0 ? 255 : 0;
  const channels = [1, 3, 5].map((at) => Number.parseInt(base.slice(at, at + 2), 16));
  const mixed = channels.map((one) => Math.round(one + (target - one) * Math.abs(amount)));
  return `#${mixed.map((one) => one.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * A colour for each of some trainings, the same wherever they are shown together and nearly always elsewhere: a
 * training's number decides, and of those that would share one, the later takes the next that is free.
 */
export function colorIndexes(numbers: readonly number[]): Map<number, number> {
  const taken = new Set<number>();
  const found = new Map<number, number>();
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const index = firstFree(number, taken);
    taken.add(index);
    found.set(number, index);
  }
  return found;
}

function firstFree(number: number, taken: ReadonlySet<number>): number {
  const hues = LIGHT.length;
  for (let round = 0; ; round += 1) {
    for (let on = 0; on < hues; on += 1) {
      const index = round * hues + ((number + on) % hues);
      if (!taken.has(index)) return index;
    }
  }
}
