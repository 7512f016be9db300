// The page's WebSocket: subscribes, reconnects, and says when to fetch instead. See server/live/messages.py.

export type LiveState = "connecting" | "live" | "paused" | "polling" | "offline";

export interface LiveSeries {
  tag: string;
  rank: number;
  steps: number[];
  times: (number | string)[];
  values: (number | string)[];
}

export interface LiveListener {
  /** New points of a training, as they were received. */
  points?(training: string, series: LiveSeries[]): void;
  /** Something beside points changed: event types such as `finish`, `summary`, `media`. */
  changed?(training: string, what: string[]): void;
  /** More happened than was told: fetch again. Null means all. */
  refetch?(training: string | null, tags: string[] | null): void;
}

type Message =
  | { type: "subscribed"; id: string; missing: string[] }
  | { type: "points"; training: string; series: LiveSeries[] }
  | { type: "changed"; training: string; what: string[] }
  | { type: "refetch"; training: string; tags: string[] | null }
  | { type: "paused" | "resumed" }
  | { type: "gone"; training: string }
  | { type: "error"; id: string; code: string; message: string };

const SIGNED_OUT = 4401;
const TOO_SLOW = 4008;
const POLL_MS = 5_000;
const RETRY_SLOW_MS = 60_000;

interface Subscription {
  trainings: string[];
  listener: LiveListener;
}

/** One connection for the whole application; opened with the first subscription, closed with the last. */
export class Live {
  private socket: WebSocket | null = null;
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly observers = new Set<() => void>();
  private failures = 0;
  private next = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private poller: ReturnType<typeof setInterval> | undefined;
  private current: LiveState = "connecting";

  get state(): LiveState {
    return this.current;
  }

  /** Calls back whenever `state` changes; returns how to stop. */
  observe(observer: () => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  /** Watches trainings; returns how to stop. */
  watch(trainings: string[], listener: LiveListener): () => void {
    const id = String((this.next += 1));
    this.subscriptions.set(id, { trainings, listener });
    if (this.socket === null && this.retry === undefined) this.connect();
    else this.subscribe(id);
    return () => {
      this.subscriptions.delete(id);
      this.tell({ type: "unsubscribe", id });
      if (this.subscriptions.size === 0) this.disconnect();
    };
  }

  private connect(): void {
    this.retry = undefined;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/`);
    this.socket = socket;
    socket.onopen = () => {
      for (const id of this.subscriptions.keys()) this.subscribe(id);
    };
    socket.onmessage = (event: MessageEvent<string>) => this.receive(JSON.parse(event.data) as Message);
    socket.onclose = (event) => {
      if (this.socket === socket) this.closed(event.code);
    };
  }

  private disconnect(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.poll(false);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private subscribe(id: string): void {
    const subscription = this.subscriptions.get(id);
    if (subscription?.trainings.length) this.tell({ type: "subscribe", id, trainings: subscription.trainings });
  }

  private tell(message: unknown): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private receive(message: Message): void {
    switch (message.type) {
      case "subscribed":
        this.failures = 0;
        this.poll(false);
        this.become("live");
        this.subscriptions.get(message.id)?.listener.refetch?.(null, null); // what came before pushing began
        break;
      case "points":
        this.each(message.training, (listener) => listener.points?.(message.training, message.series));
        break;
      case "changed":
        this.each(message.training, (listener) => listener.changed?.(message.training, message.what));
        break;
      case "refetch":
        this.each(message.training, (listener) => listener.refetch?.(message.training, message.tags));
        break;
      case "paused":
        this.become("paused");
        this.poll(true);
        break;
      case "resumed":
        this.become("live");
        this.poll(false);
        this.refetchAll();
        break;
    }
  }

  private closed(code: number): void {
    this.socket = null;
    if (code === SIGNED_OUT) {
      this.become("offline");
      return; // signing in again makes new subscriptions
    }
    this.poll(true);
    this.become(code === TOO_SLOW ? "polling" : "offline");
    const spread = 0.5 + Math.random();
    const wait = code === TOO_SLOW ? RETRY_SLOW_MS : Math.min(30_000, 500 * 2 ** this.failures) * spread;
    this.failures += 1;
    this.retry = setTimeout(() => this.connect(), wait);
  }

  private each(training: string, tell: (listener: LiveListener) => void): void {
    for (const { trainings, listener } of this.subscriptions.values()) if (trainings.includes(training)) tell(listener);
  }

  private refetchAll(): void {
    for (const { listener } of this.subscriptions.values()) listener.refetch?.(null, null);
  }

  /** While nothing is pushed, everything is asked for every few seconds, unless nobody looks. */
  private poll(needed: boolean): void {
    if (!needed) {
      clearInterval(this.poller);
      this.poller = undefined;
    } else {
      this.poller ??= setInterval(() => document.hidden || this.refetchAll(), POLL_MS);
    }
  }

  private become(state: LiveState): void {
    if (this.current === state) return;
    this.current = state;
    for (const observer of this.observers) observer();
  }
}

export const live = new Live();
