// Keeps the rows current: values where they stand, at once; another order or new rows only when nobody's eye is on them.

import { replaceEqualDeep, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { live } from "@/api/live";

import { fetchPage, fetchRows, tableKey, type Page, type Pages, type Training } from "./data";
import type { TableRequest } from "./view";

const EVERY_MS = 4_000;
const SOON_MS = 1_000;
/** Rows are asked for during at most this share of the time. */
const BUSY_SHARE = 0.25;
const MOST_WATCHED = 200;
const SETTLED_MS = 500;

/** What waits for the reader: rows that are new; none of them new means another order. */
export interface News {
  added: number;
  head: Page;
}

interface Live {
  news: News | null;
  /** Shows what waits. */
  apply(): void;
  /** Looks without waiting for the next turn. */
  look(): void;
}

/** `held` says whether rows must stay where they are; `seen` are the rows on the screen. */
export function useLiveRows(request: TableRequest, seen: readonly Training[], held: () => boolean): Live {
  const queries = useQueryClient();
  const [news, setNews] = useState<{ of: TableRequest; news: News } | null>(null);
  const follower = useRef<Follower | null>(null);
  const visible = useRef(seen);
  const isHeld = useRef(held);
  useEffect(() => {
    visible.current = seen;
    isHeld.current = held;
  });
  useEffect(() => {
    const one = new Follower(queries, request, {
      visible: () => visible.current,
      held: () => isHeld.current(),
      tell: (found) => setNews(found && { of: request, news: found }),
    });
    follower.current = one;
    return () => one.stop();
  }, [queries, request]);

  const running = seen.filter((row) => row.status === "running").map((row) => row.id);
  const watched = running.slice(0, MOST_WATCHED).sort().join();
  useEffect(() => {
    if (!watched) return undefined;
    const soon = () => follower.current?.soon(SOON_MS);
    let stop: (() => void) | undefined;
    // Rows that somebody only scrolls past are not worth a subscription.
    const timer = setTimeout(() => {
      stop = live.watch(watched.split(","), { points: soon, changed: soon, refetch: soon });
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      stop?.();
    };
  }, [watched]);

  const current = news?.of === request ? news.news : null;
  const apply = useCallback(() => {
    if (current) queries.setQueryData<Pages>(tableKey(request), { pages: [current.head], pageParams: [undefined] });
    setNews(null);
  }, [queries, request, current]);
  const look = useCallback(() => follower.current?.soon(0), []);
  return { news: current, apply, look };
}

interface Surroundings {
  visible(): readonly Training[];
  held(): boolean;
  tell(news: News | null): void;
}

/** Asks again and again, never twice at once, never while nobody looks, and slower when answers are slow. */
class Follower {
  private readonly aborter = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private due = Infinity;
  private earliest = 0;
  private asking = false;

  constructor(
    private readonly queries: QueryClient,
    private readonly request: TableRequest,
    private readonly around: Surroundings,
  ) {
    document.addEventListener("visibilitychange", this.shown);
    this.soon(EVERY_MS);
  }

  stop(): void {
    this.aborter.abort();
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.shown);
  }

  soon(wait: number): void {
    if (this.aborter.signal.aborted) return;
    const due = Math.max(Date.now() + wait, this.earliest);
    if (due >= this.due) return;
    this.due = due;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), due - Date.now());
  }

  private readonly shown = (): void => {
    if (!document.hidden) this.soon(0);
  };

  private async look(): Promise<void> {
    this.due = Infinity;
    if (this.asking || document.hidden) return; // being seen again looks again
    this.asking = true;
    const began = Date.now();
    try {
      await this.refresh();
    } catch {
      // A cut connection or a server that restarts: the next turn asks again, and what is shown stays.
    }
    this.asking = false;
    this.earliest = Date.now() + (Date.now() - began) * (1 / BUSY_SHARE - 1);
    this.soon(EVERY_MS);
  }

  private async refresh(): Promise<void> {
    const key = tableKey(this.request);
    if (!this.queries.getQueryData<Pages>(key)) return; // the first answer is still to come
    const { signal } = this.aborter;
    const head = await fetchPage(this.request, undefined, signal);
    const inHead = new Set(head.items.map((row) => row.id));
    const others = this.around.visible().filter((row) => !inHead.has(row.id));
    const rest = others.length ? await fetchRows(this.request, others.slice(0, 200).map((row) => row.number), signal) : [];
    if (signal.aborted) return;
    this.queries.setQueryData<Pages>(key, (now) => now && patched(now, [...head.items, ...rest]));
    const now = this.queries.getQueryData<Pages>(key);
    const first = now?.pages[0]?.items ?? [];
    if (sameOrder(first, head.items)) {
      this.around.tell(null);
    } else if (this.around.held()) {
      const known = new Set(now?.pages.flatMap((page) => page.items.map((row) => row.id)));
      this.around.tell({ added: head.items.filter((row) => !known.has(row.id)).length, head });
    } else {
      this.queries.setQueryData<Pages>(key, { pages: [head], pageParams: [undefined] });
      this.around.tell(null);
    }
  }
}

/** The pages with these rows' new values in the places of the old ones; what did not change stays the same object. */
export function patched(pages: Pages, rows: readonly Training[]): Pages {
  const fresh = new Map(rows.map((row) => [row.id, row]));
  const place = (row: Training) => {
    const now = fresh.get(row.id);
    return now ? (replaceEqualDeep(row, now) as Training) : row;
  };
  return replaceEqualDeep(pages, { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map(place) })) }) as Pages;
}

function sameOrder(a: readonly Training[], b: readonly Training[]): boolean {
  return a.length === b.length && a.every((row, at) => row.id === b[at]!.id);
}
