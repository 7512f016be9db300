// Texts of a step, rendered when they are Markdown.

import { h } from "../dom.js";
import { markdown } from "../markdown.js";

export class Texts {
  static wide = true;

  constructor(panel) {
    this.panel = panel;
    this.element = h("div.texts");
  }

  async show(items) {
    const shown = [];
    for (const item of items) {
      const body = item.body ?? (await this.fromFile(item));
      const text = String(body?.text ?? body ?? "");
      shown.push(h("div.text", {}, item.meta?.markdown === false ? h("pre.notes", {}, text) : markdown(text)));
    }
    this.element.replaceChildren(...shown);
  }

  async fromFile(item) {
    const text = await this.panel.source.text(item);
    return item.media_type === "application/json" ? JSON.parse(text) : { text };
  }
}
