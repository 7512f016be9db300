// The page's WebSocket: subscribes, reconnects, and says when to fetch instead. See server/live/messages.py.

const TOO_SLOW = 4008;
const POLL_MS = 5_000;
const RETRY_SLOW_MS = 60_000;

export class Live {
  /**
   * @param {string[]} trainings ids
   * @param {{points, changed, refetch, state}} on what to call: points(training, series), changed(training, what),
   *   refetch(training | null, tags | null), state("live" | "paused" | "polling" | "offline")
   */
  constructor(trainings, on) {
    this.trainings = trainings;
    this.on = on;
    this.failures = 0;
    this.connect();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/ws/`);
    this.socket.onopen = () => this.socket.send(JSON.stringify({ type: "subscribe", id: "page", trainings: this.trainings }));
    this.socket.onmessage = (event) => this.receive(JSON.parse(event.data));
    this.socket.onclose = (event) => this.closed(event.code);
  }

  receive(message) {
    switch (message.type) {
      case "subscribed":
        this.failures = 0;
        this.poll(false);
        this.on.state("live");
        this.on.refetch(null, null); // what was stored before pushing began
        break;
      case "points":
        this.on.points(message.training, message.series);
        break;
      case "changed":
        this.on.changed(message.training, message.what);
        break;
      case "refetch":
        this.on.refetch(message.training, message.tags);
        break;
      case "paused":
        this.on.state("paused");
        this.poll(true);
        break;
      case "resumed":
        this.on.state("live");
        this.poll(false);
        this.on.refetch(null, null);
        break;
    }
  }

  closed(code) {
    this.poll(true);
    this.on.state(code === TOO_SLOW ? "polling" : "offline");
    const wait = code === TOO_SLOW ? RETRY_SLOW_MS : Math.min(30_000, 500 * 2 ** this.failures) * (0.5 + Math.random());
    this.failures += 1;
    setTimeout(() => this.connect(), wait);
  }

  poll(needed) {
    if (needed) this.timer ??= setInterval(() => document.hidden || this.on.refetch(null, null), POLL_MS);
    else this.timer = clearInterval(this.timer) ?? null;
  }
}
