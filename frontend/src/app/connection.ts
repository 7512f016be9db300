// Whether the server answers. When it stops, asks every few seconds; when it is back, everything shown catches up.

const FIRST_MS = 1_000;
const SLOWEST_MS = 10_000;
const LIMIT_MS = 5_000;

type Probe = () => Promise<boolean>;

async function probeServer(): Promise<boolean> {
  try {
    return (await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(LIMIT_MS) })).ok;
  } catch {
    return false;
  }
}

export class Connection {
  /** When the server was found silent; null while it answers. */
  private silent: Date | null = null;
  private wait = FIRST_MS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly observers = new Set<() => void>();
  private readonly catchers = new Set<() => void>();

  constructor(private readonly probe: Probe = probeServer) {}

  get since(): Date | null {
    return this.silent;
  }

  /** Calls back whenever `since` changes; returns how to stop. */
  observe(observer: () => void): () => void {
    this.observers.add(observer);
    return () => this.observers.delete(observer);
  }

  /** Calls back when the server answers again; returns how to stop. */
  onBack(catcher: () => void): () => void {
    this.catchers.add(catcher);
    return () => this.catchers.delete(catcher);
  }

  /** A request found nobody. */
  lost(): void {
    if (this.silent !== null) return;
    this.silent = new Date();
    this.wait = FIRST_MS;
    this.tell();
    this.later();
  }

  /** Asks now instead of later: the network is back, or the reader wants to know. */
  async ask(): Promise<void> {
    if (this.silent === null) return;
    clearTimeout(this.timer);
    if (await this.probe()) this.back();
    else this.later();
  }

  private back(): void {
    if (this.silent === null) return;
    this.silent = null;
    this.tell();
    for (const catcher of this.catchers) catcher();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), this.wait);
    this.wait = Math.min(SLOWEST_MS, this.wait * 1.6);
  }

  private tell(): void {
    for (const observer of this.observers) observer();
  }
}

export const connection = new Connection();
window.addEventListener("offline", () => connection.lost());
window.addEventListener("online", () => void connection.ask());
