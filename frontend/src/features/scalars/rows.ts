// Which charts stand where: groups by the tags' first part, in an order that new tags do not disturb, cut into rows.

import type { ChartView, OwnChart } from "./view";
import { tagMatcher } from "./view";

/** One chart of the page. */
export interface Panel {
  /** Unique within the page. */
  key: string;
  /** Set where the chart is simply one metric. */
  tag?: string;
  /** Expressions; one curve a training for each. */
  ys: string[];
  /** An expression; empty: the x of all charts. */
  x: string;
  /** Where it stands among the charts that somebody wrote. */
  own?: number;
}

export interface PanelGroup {
  /** `PINNED`, `OWN`, or the tags' first part. */
  name: string;
  panels: Panel[];
}

export const PINNED = "\0pinned";
export const OWN = "\0own";
const CLOSED = new Set(["system"]);

export function isClosedAtFirst(name: string): boolean {
  return CLOSED.has(name);
}

const collator = new Intl.Collator("en", { numeric: true });

/** By name; what comes while the page is open goes to the end of its group, so that nothing jumps. */
export class TagOrder {
  private readonly known: string[] = [];
  private readonly places = new Map<string, number>();

  arrange(tags: Iterable<string>): string[] {
    const wanted = new Set(tags);
    const fresh = [...wanted].filter((tag) => !this.places.has(tag)).sort((a, b) => collator.compare(groupOf(a), groupOf(b)) || collator.compare(a, b));
    for (const tag of fresh) {
      this.places.set(tag, this.known.length);
      this.known.push(tag);
    }
    return this.known.filter((tag) => wanted.has(tag));
  }
}

/** The part before the first slash. */
export function groupOf(tag: string): string {
  return tag.includes("/") ? tag.slice(0, tag.indexOf("/")) : "";
}

/** What somebody wrote first, then pinned tags, then groups; those that are closed at first come last. */
export function groupsOf(tags: readonly string[], view: Pick<ChartView, "tags" | "pinned" | "order" | "own">): PanelGroup[] {
  const matches = tagMatcher(view.tags);
  const every = tags.filter(matches);
  const there = new Set(every);
  const moved = new Map(view.order.map((tag, place) => [tag, place]));
  const groups = new Map<string, string[]>();
  const pinned = view.pinned.filter((tag) => there.has(tag));
  if (pinned.length) groups.set(PINNED, pinned);
  const isPinned = new Set(pinned);
  for (const tag of every) {
    if (isPinned.has(tag)) continue;
    const name = groupOf(tag);
    const group = groups.get(name);
    if (group) group.push(tag);
    else groups.set(name, [tag]);
  }
  const place = (tag: string) => moved.get(tag) ?? Infinity;
  const found = [...groups].map(([name, own]): PanelGroup => {
    const sorted = name === PINNED || !moved.size ? own : own.map((tag, at) => ({ tag, at })).sort((a, b) => (place(a.tag) === place(b.tag) ? a.at - b.at : place(a.tag) - place(b.tag))).map(({ tag }) => tag);
    return { name, panels: sorted.map((tag) => panelOf(tag)) };
  });
  const rank = ({ name }: PanelGroup) => (name === PINNED ? 0 : isClosedAtFirst(name) ? 2 : 1);
  const sorted = found.map((group, at) => ({ group, at })).sort((a, b) => rank(a.group) - rank(b.group) || a.at - b.at).map(({ group }) => group);
  const own = view.own.map((chart, at) => ownPanel(chart, at)).filter((panel) => matches(panel.ys[0]!));
  return own.length ? [{ name: OWN, panels: own }, ...sorted] : sorted;
}

export function panelOf(tag: string): Panel {
  return { key: tag, tag, ys: [`"${tag.replace(/["\\]/g, "\\$&")}"`], x: "" };
}

function ownPanel(chart: OwnChart, own: number): Panel {
  return { key: `\0own ${own} ${chart.y} @ ${chart.x ?? ""}`, ys: [chart.y], x: chart.x ?? "", own };
}

/** A tag moved to the place of another of its group: what `order` or `pinned` of the view becomes. */
export function moved(group: PanelGroup, from: string, to: string): string[] {
  const tags = group.panels.map((panel) => panel.tag!);
  const [source, target] = [tags.indexOf(from), tags.indexOf(to)];
  if (source < 0 || target < 0 || source === target) return tags;
  tags.splice(target, 0, ...tags.splice(source, 1));
  // What stands behind the last one that moved is in its own order.
  return group.name === PINNED ? tags : tags.slice(0, Math.max(source, target) + 1);
}

export type Row = { key: string; kind: "header"; group: PanelGroup } | { key: string; kind: "panels"; group: PanelGroup; panels: Panel[] };

/** Rows of so many columns; of closed groups only the header. */
export function rowsOf(groups: readonly PanelGroup[], isOpen: (name: string) => boolean, columns: number): Row[] {
  const rows: Row[] = [];
  for (const group of groups) {
    rows.push({ key: `h ${group.name}`, kind: "header", group });
    if (!isOpen(group.name)) continue;
    for (let at = 0; at < group.panels.length; at += columns) {
      rows.push({ key: `p ${group.name} ${at / columns}`, kind: "panels", group, panels: group.panels.slice(at, at + columns) });
    }
  }
  return rows;
}
