// Finds what is meant from a few letters of it.

/** How well `text` fits what was typed: higher is better, null is not at all. Letters must come in order. */
export function score(typed: string, text: string): number | null {
  const wanted = typed.trim().toLowerCase();
  const given = text.toLowerCase();
  if (wanted === "") return 0;
  const at = given.indexOf(wanted);
  if (at >= 0) return 1_000 - Math.min(at, 400) - Math.min(given.length, 200) / 10 + (begins(given, at) ? 300 : 0);
  let found = -1;
  let gaps = 0;
  let starts = 0;
  for (const letter of wanted) {
    if (letter === " ") continue;
    const next = given.indexOf(letter, found + 1);
    if (next < 0) return null;
    if (found >= 0) gaps += next - found - 1;
    if (begins(given, next)) starts += 1;
    found = next;
  }
  return 300 + 20 * starts - Math.min(gaps, 250);
}

function begins(text: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]!);
}

/** The best of `items`, best first; those that fit alike keep their order. */
export function best<Item>(typed: string, items: Item[], textOf: (item: Item) => string, most: number): Item[] {
  return items
    .map((item, order) => ({ item, order, value: score(typed, textOf(item)) }))
    .filter((one): one is typeof one & { value: number } => one.value !== null)
    .sort((a, b) => b.value - a.value || a.order - b.order)
    .slice(0, most)
    .map(({ item }) => item);
}
