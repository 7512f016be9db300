// Precision over recall of a step, with the threshold under the pointer.

import { h } from "../dom.js";
import { number, real } from "../format.js";
import { color, token } from "../palette.js";
import { Plane } from "./plane.js";

export class PrCurves {
  constructor(panel) {
    this.panel = panel;
    this.plane = new Plane({ label: `Precision over recall of ${panel.entry.tag}`, draw: () => this.draw(), hover: (at) => this.read(at) });
    this.element = h("div", {}, this.plane.element, h("p.muted.facts-line", {}, "precision over recall"));
  }

  async show(items) {
    this.curves = [];
    for (const item of items) this.curves.push(defined(await this.panel.source.content(item)));
    this.plane.show([0, 1.02], [0, 1.05]);
  }

  resized() {
    this.plane.redraw();
  }

  draw() {
    this.curves.forEach((curve, index) => {
      const points = curve.recall.map((recall, at) => [real(recall), real(curve.precision[at])]);
      this.plane.path(points, color(index));
    });
    if (!this.marked) return;
    const { ctx } = this.plane;
    ctx.fillStyle = token("--ink");
    ctx.beginPath();
    ctx.arc(this.plane.px(this.marked[0]), this.plane.py(this.marked[1]), 4, 0, 7);
    ctx.fill();
  }

  read(at) {
    let nearest = null;
    for (const curve of at ? this.curves : []) {
      curve.recall.forEach((recall, index) => {
        const distance = Math.hypot(this.plane.px(real(recall)) - at.px, this.plane.py(real(curve.precision[index])) - at.py);
        if (!nearest || distance < nearest.distance) nearest = { curve, index, distance };
      });
    }
    this.marked = nearest && [real(nearest.curve.recall[nearest.index]), real(nearest.curve.precision[nearest.index])];
    this.plane.redraw();
    const one = (name) => nearest.curve[name]?.[nearest.index];
    this.plane.read(
      nearest &&
        `threshold ${number(one("thresholds"))}: precision ${number(one("precision"))}, recall ${number(one("recall"))}` +
          `, TP ${number(one("true_positives"))}, FP ${number(one("false_positives"))}`,
    );
  }
}

/** Without the thresholds at which nothing is predicted: there is no precision then. */
function defined(curve) {
  const kept = curve.recall.map((_, at) => at).filter((at) => real(curve.true_positives[at]) + real(curve.false_positives[at]) > 0);
  return Object.fromEntries(Object.entries(curve).map(([name, column]) => [name, kept.map((at) => column[at])]));
}
