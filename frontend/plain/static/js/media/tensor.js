// Tensors: what they are, and the file.

import { h } from "../dom.js";
import { number, size } from "../format.js";

export class Tensors {
  constructor(panel) {
    this.panel = panel;
    this.element = h("div");
  }

  async show(items) {
    this.element.replaceChildren(...items.map((item) => this.facts(item)));
  }

  facts(item) {
    const { shape, dtype, min, max, mean, caption } = item.meta ?? {};
    const lines = [
      ["shape", shape?.length ? shape.join(" × ") : "one number"],
      ["dtype", dtype],
      ["range", `${number(min)} … ${number(max)}`],
      ["mean", number(mean)],
    ];
    const body = h("tbody", {}, lines.map(([name, text]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text ?? "–"))));
    const file = item.stored === false ? h("span.muted", {}, "on its way") : h("a.button", { href: this.panel.source.file(item), download: "" }, `Download .npy, ${size(item.size ?? 0)}`);
    return h("div.tensor", {}, caption ? h("p", {}, caption) : null, h("table.pairs", {}, body), file);
  }
}
