// Images and figures: one or a grid of a step, boxes above them, two steps compared under a divider, enlarged on a click.

import { h, svg } from "../dom.js";
import { color } from "../palette.js";

const MANY = 4;
const THUMBNAIL = 320;

export class Pictures {
  constructor(panel) {
    this.panel = panel;
    this.boxes = true;
    this.against = null;
    this.place = h("div.pictures");
    this.boxesBox = h("input", { type: "checkbox", checked: true, onchange: ({ target }) => this.showBoxes(target.checked) });
    this.boxesLabel = h("label", { hidden: true }, this.boxesBox, "boxes");
    this.compareButton = h("button.quiet", { type: "button", "aria-pressed": "false", hidden: true, onclick: () => this.toggleCompare() }, "compare");
    panel.tools.append(this.boxesLabel, this.compareButton);
    this.comparison = new Comparison(panel);
    this.element = h("div", {}, this.place, this.comparison.element);
  }

  async show(items) {
    this.items = items;
    this.compareButton.hidden = this.panel.steps.length < 2;
    this.boxesLabel.hidden = !items.some((item) => item.meta?.boxes?.length);
    if (this.against === null) this.draw();
    else await this.comparison.show(items, this.against, this.boxes);
  }

  draw() {
    const many = this.items.length >= MANY;
    this.place.className = this.items.length > 1 ? "pictures several" : "pictures";
    const pictures = this.items.map((item, at) => picture(this.panel, item, { small: many, boxes: this.boxes, onopen: () => open(this, at) }));
    this.place.replaceChildren(...pictures);
  }

  showBoxes(shown) {
    this.boxes = shown;
    this.show(this.items);
  }

  async toggleCompare() {
    const on = this.against === null;
    this.against = on ? this.panel.steps[0] : null;
    this.compareButton.setAttribute("aria-pressed", String(on));
    this.place.hidden = on;
    this.comparison.element.hidden = !on;
    if (on && this.panel.step === this.panel.steps[0]) await this.panel.go(this.panel.steps.length - 1);
    this.comparison.onstep = (step) => {
      this.against = step;
      this.show(this.items);
    };
    await this.show(this.items);
  }
}

/** One picture with its boxes and caption. */
function picture(panel, item, { small = false, boxes = true, captioned = true, onopen = null } = {}) {
  if (item.stored === false) return h("figure.picture", {}, h("div.absent.muted", {}, "on its way"));
  const { width, height, caption } = item.meta ?? {};
  const image = h("img", {
    alt: caption ?? `${item.tag}, step ${item.step}`,
    width,
    height,
    decoding: "async",
    src: small ? panel.source.thumbnail(item, THUMBNAIL) : panel.source.file(item),
  });
  image.addEventListener("error", () => image.replaceWith(h("div.absent.muted", {}, "cannot be shown")), { once: true });
  if (width && width < 128) image.classList.add("pixels");
  const frame = h("span.frame", {}, image, boxes && width && height ? overlay(item.meta) : null);
  const body = onopen ? h("button.open", { type: "button", title: "Enlarge", "aria-label": `Enlarge ${image.alt}`, onclick: onopen }, frame) : frame;
  return h("figure.picture", { data: { step: item.step, index: item.index ?? 0 } }, body, caption && captioned ? h("figcaption", {}, caption) : null);
}

/** Boxes drawn over a picture, in its own pixels. */
function overlay({ width, height, boxes }) {
  if (!boxes?.length) return null;
  const labels = [...new Set(boxes.map((one) => one.label ?? ""))].sort();
  const text = Math.max(9, Math.min(width, height) / 22);
  return svg(
    "svg.boxes",
    { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    boxes.map(({ box: [x0, y0, x1, y1], label }) => {
      const stroke = color(labels.indexOf(label ?? ""));
      return svg(
        "g",
        {},
        svg("rect", { x: x0, y: y0, width: Math.max(0, x1 - x0), height: Math.max(0, y1 - y0), stroke, fill: "none", "vector-effect": "non-scaling-stroke" }),
        label ? svg("text", { x: x0 + text / 4, y: Math.max(text, y0 - text / 4), stroke, "font-size": text }, label) : null,
      );
    }),
  );
}

/** Two steps of a picture over each other, a divider between them. */
class Comparison {
  constructor(panel) {
    this.panel = panel;
    this.onstep = () => {};
    this.place = h("div.pictures");
    this.label = h("output");
    this.slider = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "Step before", oninput: () => this.onstep(panel.steps[Number(this.slider.value)]) });
    this.element = h("div.comparison", { hidden: true }, this.place, h("footer", {}, this.slider, this.label));
  }

  async show(after, step, boxes) {
    this.slider.max = this.panel.steps.length - 1;
    this.slider.value = this.panel.steps.indexOf(step);
    this.label.textContent = `against ${step.toLocaleString("en")}`;
    const before = await this.panel.at(step);
    this.place.className = after.length > 1 ? "pictures several" : "pictures";
    this.place.replaceChildren(...after.map((item, at) => this.pair(before[at], item, boxes)));
  }

  pair(before, after, boxes) {
    if (!before) return picture(this.panel, after, { boxes });
    const over = h("div.before", {}, picture(this.panel, before, { boxes, captioned: false }));
    const line = h("span.divider");
    const put = (percent) => {
      over.style.clipPath = `inset(0 ${100 - percent}% 0 0)`;
      line.style.left = `${percent}%`;
      this.share = percent;
    };
    const handle = h("input", { type: "range", min: 0, max: 100, step: 0.5, value: this.share ?? 50, "aria-label": "Before and after", oninput: () => put(Number(handle.value)) });
    put(this.share ?? 50);
    return h("div.pair", { data: { before: before.step, after: after.step } }, picture(this.panel, after, { boxes, captioned: false }), over, line, handle);
  }
}

/** A picture as large as the window; arrow keys go through steps (left, right) and the grid (up, down). */
function open(view, start) {
  const { panel } = view;
  let at = start;
  const caption = h("p");
  const place = h("div.enlarged");
  const download = h("a.button", { download: "" }, "Download");
  const close = h("button", { type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = h("dialog.lightbox", { "aria-label": panel.entry.tag }, h("div.lightbox-head", {}, caption, download, close), place);
  const draw = () => {
    const item = view.items[Math.min(at, view.items.length - 1)];
    if (!item) return;
    const of = view.items.length > 1 ? `, ${at + 1} of ${view.items.length}` : "";
    const size = item.meta?.width ? `, ${item.meta.width} × ${item.meta.height} px` : "";
    caption.textContent = `${item.tag} · step ${item.step.toLocaleString("en")}${of}${size}`;
    download.href = panel.source.file(item);
    place.replaceChildren(picture(panel, item, { boxes: view.boxes }));
  };
  dialog.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const places = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!steps && !places) return;
    event.preventDefault();
    if (steps) panel.move(steps);
    else at = (at + places + view.items.length) % view.items.length;
    if (places) draw();
  });
  const shown = view.draw.bind(view);
  view.draw = () => {
    shown();
    draw();
  };
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    delete view.draw;
    dialog.remove();
  });
  document.body.append(dialog);
  draw();
  dialog.showModal();
}
