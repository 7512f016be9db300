// What a terminal does with colour sequences: a line of text becomes runs of one style. All other sequences are dropped.

export type Colour = number | readonly [r: number, g: number, b: number];

export interface Style {
  /** 0 to 15 are the terminal's named colours; others are given in full. */
  color?: Colour;
  background?: Colour;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
  struck?: boolean;
}

export interface Run {
  text: string;
  style: Style;
  /** Part of what was searched. */
  found?: boolean;
}

const ESCAPE = "\u001b";
const SEQUENCE = new RegExp(
  [
    `${ESCAPE}\\[([0-9;:]*)m`,
    `${ESCAPE}\\[[0-?]*[ -/]*[@-~]`,
    `${ESCAPE}\\][^\u0007${ESCAPE}]*(?:\u0007|${ESCAPE}\\\\)?`,
    `${ESCAPE}.?`,
    "[\u0000-\u0008\u000b-\u001f\u007f]",
  ].join("|"),
  "gs",
);
const PLAIN: Style = {};

export function runsOf(line: string): Run[] {
  if (line.search(SEQUENCE) < 0) return line ? [{ text: line, style: PLAIN }] : [];
  const runs: Run[] = [];
  let style = PLAIN;
  let from = 0;
  const take = (to: number) => {
    if (to > from) runs.push({ text: line.slice(from, to), style });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    take(match.index);
    from = match.index + match[0].length;
    if (match[1] !== undefined) style = styled(style, match[1]);
  }
  take(line.length);
  return runs;
}

/** The text without its colours. */
export function plain(line: string): string {
  return line.replace(SEQUENCE, "");
}

function styled(before: Style, codes: string): Style {
  const style = { ...before };
  // "38:2::r:g:b" has an empty colour space that "38;2;r;g;b" has not.
  const given = codes.replace(/([34]8:2):[0-9]*:(\d+:\d+:\d+)/g, "$1:$2").split(/[;:]/).map(Number);
  for (let at = 0; at < given.length; at += 1) {
    const code = given[at] ?? 0;
    if (code === 0) for (const name of Object.keys(style)) delete style[name as keyof Style];
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 7) style.inverse = true;
    else if (code === 9) style.struck = true;
    else if (code === 22) {
      delete style.bold;
      delete style.dim;
    } else if (code === 23) delete style.italic;
    else if (code === 24) delete style.underline;
    else if (code === 27) delete style.inverse;
    else if (code === 29) delete style.struck;
    else if (code >= 30 && code <= 37) style.color = code - 30;
    else if (code === 39) delete style.color;
    else if (code >= 40 && code <= 47) style.background = code - 40;
    else if (code === 49) delete style.background;
    else if (code >= 90 && code <= 97) style.color = code - 82;
    else if (code >= 100 && code <= 107) style.background = code - 92;
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(given.slice(at + 1));
      if (colour !== null) style[code === 38 ? "color" : "background"] = colour;
      at += used;
    }
  }
  return style;
}

/** The colour behind 38 or 48, and how many numbers it took. */
function extended([kind, ...rest]: number[]): [Colour | null, number] {
  const byte = (value: number | undefined) => Math.min(255, Math.max(0, value ?? 0));
  if (kind === 2) return [[byte(rest[0]), byte(rest[1]), byte(rest[2])], 4];
  if (kind !== 5) return [null, 0];
  const index = byte(rest[0]);
  if (index < 16) return [index, 2];
  if (index >= 232) return [[8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)], 2];
  const level = (step: number) => (step ? 55 + 40 * step : 0);
  const cube = index - 16;
  return [[level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)], 2];
}

/** Marks what was searched, in any case; a find may run over several styles. */
export function marked(runs: readonly Run[], search: string): Run[] {
  const text = runs.map((run) => run.text).join("").toLowerCase();
  const wanted = search.toLowerCase();
  const spans: [number, number][] = [];
  for (let at = wanted ? text.indexOf(wanted) : -1; at >= 0; at = text.indexOf(wanted, at + wanted.length)) spans.push([at, at + wanted.length]);
  if (!spans.length) return [...runs];
  const parts: Run[] = [];
  let start = 0;
  for (const run of runs) {
    const end = start + run.text.length;
    let from = start;
    for (const [a, b] of spans) {
      if (b <= from || a >= end) continue;
      if (a > from) parts.push({ ...run, text: run.text.slice(from - start, a - start) });
      parts.push({ ...run, text: run.text.slice(Math.max(a, from) - start, Math.min(b, end) - start), found: true });
      from = Math.min(b, end);
    }
    if (from < end) parts.push({ ...run, text: run.text.slice(from - start) });
    start = end;
  }
  return parts;
}
