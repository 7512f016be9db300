// The lines of a console, fetched as they are looked at. A line's number never changes, so what was fetched stays true.

import { client, ok, type Schemas } from "@/api/client";

import type { Stream } from "../overview/tab";

export type Line = Schemas["Line"];

export interface LinePage {
  items: Line[];
  next: number | null;
}

export interface LineRequest {
  from: number;
  limit: number;
  stream?: Stream;
  search?: string;
}

export type ReadLines = (request: LineRequest) => Promise<LinePage>;

export const linesOf =
  (training: string): ReadLines =>
  (request) =>
    ok(client.GET("/api/v1/trainings/{ref}/console", { params: { path: { ref: training }, query: request } }));

const AT_ONCE = 400;
/** Lines that are kept; those farthest from what is looked at are dropped first. */
const MOST_KEPT = 40_000;

/** Rows of a console: all lines, or those of one stream. Tells its observers when there is something new to draw. */
export abstract class Lines {
  protected readonly observers = new Set<() => void>();
  protected asking = false;
  error: unknown = null;
  /** Changes whenever there is something new to draw. */
  version = 0;

  constructor(protected readonly read: ReadLines) {}

  readonly observe = (observer: () => void): (() => void) => {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  };

  /** How many rows there are, as far as is known. */
  abstract get count(): number;
  abstract at(row: number): Line | undefined;
  /** Makes sure that these rows are there, or will be. */
  abstract want(first: number, last: number): void;
  /** The training has so many lines now. */
  abstract grow(total: number): void;
  /** The row of a line by its number; the next one where it is left out. */
  abstract rowOf(number: number): Promise<number>;

  retry(): void {
    this.error = null;
    this.changed();
  }

  protected changed(): void {
    this.version += 1;
    for (const observer of this.observers) observer();
  }

  protected async ask(work: () => Promise<void>): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.asking = false;
    this.changed(); // whoever still wants something says so again
  }
}

/** All lines: a row is a line's number, counted from `base`, so that any place is one request away. */
export class EveryLine extends Lines {
  private readonly known = new Map<number, Line>();

  constructor(
    read: ReadLines,
    private total: number,
    readonly base = 0,
  ) {
    super(read);
  }

  get count(): number {
    return Math.max(0, this.total - this.base);
  }

  at(row: number): Line | undefined {
    return this.known.get(row + this.base);
  }

  grow(total: number): void {
    if (total <= this.total) return;
    this.total = total;
    this.changed();
  }

  want(first: number, last: number): void {
    if (this.error) return;
    const end = Math.min(last + this.base, this.total - 1);
    let from = first + this.base;
    while (from <= end && this.known.has(from)) from += 1;
    if (from > end) return;
    // Coming from below, what is missing ends where the known begins.
    let to = end;
    while (to > from && this.known.has(to)) to -= 1;
    const start = to < this.total - 1 && this.known.has(to + 1) ? Math.max(this.base, to + 1 - AT_ONCE) : from;
    void this.ask(() => this.fetch(start, Math.max(AT_ONCE, to + 1 - start), from));
  }

  rowOf(number: number): Promise<number> {
    return Promise.resolve(Math.min(this.count - 1, Math.max(0, number - this.base)));
  }

  private async fetch(start: number, limit: number, looked: number): Promise<void> {
    let from: number | null = start;
    while (from !== null && from < start + limit) {
      const page: LinePage = await this.read({ from, limit: start + limit - from });
      for (const line of page.items) this.known.set(line.number, line);
      // Told of, but not stored: said, or it would be asked for again and again.
      const end = page.next ?? Math.min(start + limit, this.total);
      for (let number = from; number < end; number += 1) if (!this.known.has(number)) this.known.set(number, missing(number));
      from = page.next;
    }
    if (this.known.size > MOST_KEPT) this.forget(looked);
  }

  private forget(near: number): void {
    for (const number of this.known.keys()) if (Math.abs(number - near) > MOST_KEPT / 4) this.known.delete(number);
  }
}

function missing(number: number): Line {
  return { number, stream: "stdout", writer: "", time: 0, text: "" };
}

const STREAM_PAGE = 2_000;

/** The lines of one stream. Which these are is known only by reading on, so they come in order. */
export class StreamLines extends Lines {
  private readonly found: Line[] = [];
  private next: number | null = 0;

  constructor(
    read: ReadLines,
    private total: number,
    private readonly stream: Stream,
  ) {
    super(read);
  }

  get count(): number {
    return this.found.length + (this.next === null ? 0 : 1); // one row that says there is more
  }

  at(row: number): Line | undefined {
    return this.found[row];
  }

  grow(total: number): void {
    if (total <= this.total) return;
    this.next ??= this.total;
    this.total = total;
    this.changed();
  }

  want(_: number, last: number): void {
    if (!this.error && this.next !== null && last >= this.found.length) void this.ask(() => this.more());
  }

  async rowOf(number: number): Promise<number> {
    while (this.next !== null && this.next <= number && !this.error) {
      if (this.asking) await new Promise<void>((resolve) => this.once(resolve));
      else await this.ask(() => this.more());
    }
    const row = this.found.findIndex((line) => line.number >= number);
    return row < 0 ? Math.max(0, this.found.length - 1) : row;
  }

  private once(done: () => void): void {
    const stop = this.observe(() => {
      stop();
      done();
    });
  }

  private async more(): Promise<void> {
    const page = await this.read({ from: this.next ?? 0, limit: STREAM_PAGE, stream: this.stream });
    this.found.push(...page.items);
    this.next = page.next;
    const seen = (this.found.at(-1)?.number ?? -1) + 1;
    if (page.next === null) this.total = Math.max(this.total, seen);
  }
}
