// Videos and sounds of a step. Animated PNG and GIF are pictures to a browser.

import { h } from "../dom.js";
import { duration } from "../format.js";

export class Videos {
  constructor(panel) {
    this.panel = panel;
    this.element = h("div.pictures");
  }

  async show(items) {
    this.element.className = items.length > 1 ? "pictures several" : "pictures";
    this.element.replaceChildren(...items.map((item) => this.player(item)));
  }

  player(item) {
    const { width, height, frames, fps, caption } = item.meta ?? {};
    const facts = [frames ? `${frames} frames` : "", fps ? `${fps} a second` : ""].filter(Boolean).join(", ");
    return h("figure.picture", { data: { step: item.step } }, this.film(item, width, height), h("figcaption", {}, [caption, facts].filter(Boolean).join(" · ")));
  }

  film(item, width, height) {
    if (item.stored === false) return h("div.absent.muted", {}, "on its way");
    const src = this.panel.source.file(item);
    const classes = width && width < 128 ? ".pixels" : "";
    if (item.media_type?.startsWith("image/")) return h(`img${classes}`, { src, width, height, alt: `${item.tag}, step ${item.step}` });
    return h(`video${classes}`, { src, width, height, controls: true, loop: true, muted: true, preload: "metadata" });
  }
}

export class Sounds {
  constructor(panel) {
    this.panel = panel;
    this.element = h("div.sounds");
  }

  async show(items) {
    this.element.replaceChildren(...items.map((item) => this.player(item)));
  }

  player(item) {
    const { sample_rate: rate, channels, seconds, caption } = item.meta ?? {};
    const facts = [seconds ? duration(seconds) : "", rate ? `${rate.toLocaleString("en")} Hz` : "", channels > 1 ? `${channels} channels` : ""];
    const src = this.panel.source.file(item);
    return h(
      "figure.sound",
      { data: { step: item.step } },
      item.stored === false ? h("div.absent.muted", {}, "on its way") : h("audio", { src, controls: true, preload: "metadata" }),
      h("figcaption", {}, [caption, ...facts].filter(Boolean).join(" · ")),
    );
  }
}
