// Profiler traces: opened on a page of their own, by a viewer, or saved for another one.

import { h } from "../dom.js";
import { duration, number, size } from "../format.js";

export class Traces {
  static wide = true;

  constructor(panel) {
    this.panel = panel;
    this.element = h("div.traces");
  }

  async show(items) {
    this.element.replaceChildren(...items.map((item) => this.line(item)));
  }

  line(item) {
    const { events, seconds, caption } = item.meta ?? {};
    const facts = [events ? `${number(events)} events` : "", seconds ? duration(seconds) : "", size(item.size ?? 0)].filter(Boolean).join(" · ");
    const links = [
      h("a.button.primary", { href: `/trainings/${this.panel.source.training}/traces/${item.id}`, target: "_blank", rel: "noopener" }, "Open timeline"),
      h("a.button", { href: this.panel.source.file(item), download: "" }, "Download"),
    ];
    return h("div.trace", {}, h("span", {}, caption ?? item.name ?? `step ${item.step}`), h("span.muted", {}, facts), item.stored === false ? h("span.muted", {}, "on its way") : links);
  }
}
