// One tag of one kind: its steps, the items of the step that is looked at, and the slider between them. What items look
// like is up to a view.
//
// A view has `element` and `show(items, step)`, which may be asynchronous. `static whole` is how many steps it wants to
// have at once, given to `showAll(items)` before; `static wide` asks for the whole width.

import { h, problem, tagTitle } from "../dom.js";
import { throttled } from "../fragments.js";

const KEPT_STEPS = 40;
const RELOAD_MS = 2_000;
const ARRIVAL_MS = 4_000;

export class Panel {
  /**
   * @param {import("./source.js").Source} source
   * @param {{kind, tag, count, first_step, last_step}} entry of the index
   * @param {Function} View
   * @param {function(number): void} moved called when the reader goes to another step
   */
  constructor(source, entry, View, moved) {
    this.source = source;
    this.entry = entry;
    this.moved = moved;
    this.steps = [];
    this.cache = new Map();
    this.step = null;
    this.following = true;
    this.stale = true;
    this.onScreen = false;
    this.whole = View.whole ?? 0;
    this.tools = h("span.panel-tools");
    this.count = h("span.count");
    this.note = h("div.panel-note");
    this.slider = h("input", { type: "range", min: 0, max: 0, "aria-label": `Step of ${entry.tag}`, oninput: () => this.slid() });
    this.output = h("output");
    this.foot = h("footer", { hidden: true }, this.slider, this.output);
    this.element = h(
      `section.panel${View.wide ? ".wide" : ""}`,
      { data: { kind: entry.kind, tag: entry.tag } },
      h("header", {}, tagTitle(entry.tag), this.tools, this.count),
    );
    this.view = new View(this);
    this.element.append(this.view.element, this.note, this.foot);
    this.reload = throttled(() => this.load(), RELOAD_MS);
    this.describe();
  }

  /** What the index says now. */
  update(entry) {
    const news = entry.count !== this.entry.count || entry.last_step !== this.entry.last_step;
    this.entry = entry;
    if (news) this.refresh();
  }

  refresh() {
    this.stale = true;
    this.describe();
    if (this.onScreen) this.reload();
  }

  seen(onScreen) {
    this.onScreen = onScreen;
    if (onScreen && this.stale) this.reload();
  }

  resized() {
    this.view.resized?.();
  }

  async load() {
    this.stale = false;
    const { kind, tag } = this.entry;
    try {
      this.cache.clear();
      if (this.whole) {
        const items = await this.source.spread(kind, tag, this.whole);
        for (const item of items) this.keep(item.step, [...(this.cache.get(item.step) ?? []), item]);
        this.steps = [...this.cache.keys()];
        await this.view.showAll(items);
      } else {
        this.steps = await this.source.steps(kind, tag);
      }
    } catch (error) {
      this.stale = true;
      this.fail(error);
      return;
    }
    this.slider.max = Math.max(0, this.steps.length - 1);
    this.foot.hidden = this.steps.length < 2 || Boolean(this.view.unstepped);
    if (this.steps.length) await this.go(this.following ? this.steps.length - 1 : this.nearest(this.step));
  }

  slid() {
    this.go(Number(this.slider.value));
    this.moved(this.step);
  }

  /** Goes on by some steps, as arrow keys do in the enlarged picture. */
  move(by) {
    const at = Math.min(this.steps.length - 1, Math.max(0, Number(this.slider.value) + by));
    if (at === Number(this.slider.value)) return;
    this.go(at);
    this.moved(this.step);
  }

  /** The last step that is not beyond a given one. */
  seek(step) {
    if (!this.steps.length) {
      this.step = step;
      this.following = false;
      return;
    }
    const at = this.nearest(step);
    if (this.steps[at] !== this.step) this.go(at);
  }

  nearest(step) {
    let low = 0;
    let high = this.steps.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.steps[middle] <= step) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** Shows a step; while one is fetched, only the newest wish is kept. */
  async go(at) {
    this.step = this.steps[at];
    this.following = at === this.steps.length - 1;
    this.slider.value = at;
    this.output.textContent = `step ${this.step.toLocaleString("en")}`;
    this.slider.setAttribute("aria-valuetext", this.output.textContent);
    if (this.going) return;
    this.going = true;
    try {
      let shown = null;
      while (shown !== this.step) {
        shown = this.step;
        await this.present(await this.at(shown), shown);
      }
      this.note.replaceChildren();
    } catch (error) {
      this.fail(error);
    } finally {
      this.going = false;
    }
  }

  /** Draws anew only what is new: a film that plays goes on playing while others arrive. */
  async present(items, step) {
    const shape = JSON.stringify([step, this.steps.length > 1, items.map((item) => [item.id, item.stored])]);
    if (shape === this.shape) return;
    this.shape = null;
    await this.view.show(items, step);
    this.shape = shape;
    if (items.some((item) => item.stored === false)) setTimeout(() => this.refresh(), ARRIVAL_MS);
  }

  /** The items of a step. */
  async at(step) {
    if (!this.cache.has(step)) this.keep(step, await this.source.at(this.entry.kind, this.entry.tag, step));
    return this.cache.get(step);
  }

  keep(step, items) {
    this.cache.set(step, items);
    const most = Math.max(KEPT_STEPS, this.whole);
    if (this.cache.size > most) this.cache.delete(this.cache.keys().next().value);
  }

  describe() {
    const { count, last_step: last } = this.entry;
    this.count.textContent = count === 1 ? `step ${last.toLocaleString("en")}` : `${count.toLocaleString("en")}`;
    this.count.title = `${count} logged, the last at step ${last}`;
  }

  fail(error) {
    this.note.replaceChildren(problem(error));
  }
}
