// A canvas with two linear axes, sharp on every screen and in the page's colours. Knows nothing of what is drawn on it.

import { h } from "../dom.js";
import { short } from "../format.js";
import { token } from "../palette.js";

const LEFT = 46;
const BOTTOM = 22;
const ROOM = 8;

export class Plane {
  /** @param {{height: number, label: string, draw: function(Plane): void, hover: function(object|null): void}} on */
  constructor({ height = 220, label, draw, hover }) {
    this.draw = draw;
    this.height = height;
    this.canvas = h("canvas", { role: "img", "aria-label": label });
    this.hover = h("output.reading");
    this.element = h("div.plane", {}, this.canvas, this.hover);
    this.element.style.height = `${height}px`;
    if (hover) {
      this.canvas.addEventListener("mousemove", (event) => hover(this.at(event)));
      this.canvas.addEventListener("mouseleave", () => hover(null));
    }
  }

  /** Sets the shown ranges, `[low, high]` each, and draws. */
  show(x, y, { xLabel = "", yTicks = true } = {}) {
    this.x = widened(x);
    this.y = widened(y);
    this.xLabel = xLabel;
    this.yTicks = yTicks;
    this.redraw();
  }

  redraw() {
    const width = this.element.clientWidth;
    if (!width || !this.x) return;
    const scale = devicePixelRatio;
    this.width = width;
    this.canvas.width = width * scale;
    this.canvas.height = this.height * scale;
    this.ctx = this.canvas.getContext("2d");
    this.ctx.scale(scale, scale);
    this.left = this.yTicks ? LEFT : ROOM;
    this.right = width - ROOM;
    this.top = ROOM;
    this.bottom = this.height - BOTTOM;
    this.axes();
    this.ctx.save();
    this.ctx.beginPath();
    this.ctx.rect(this.left, this.top - 1, this.right - this.left, this.bottom - this.top + 2);
    this.ctx.clip();
    this.draw(this);
    this.ctx.restore();
  }

  px(x) {
    return this.left + ((x - this.x[0]) / (this.x[1] - this.x[0])) * (this.right - this.left);
  }

  py(y) {
    return this.bottom - ((y - this.y[0]) / (this.y[1] - this.y[0])) * (this.bottom - this.top);
  }

  /** The values under the pointer. */
  at(event) {
    if (!this.x || !this.ctx) return null;
    const box = this.canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    if (px < this.left || px > this.right || py < this.top || py > this.bottom) return null;
    const x = this.x[0] + ((px - this.left) / (this.right - this.left)) * (this.x[1] - this.x[0]);
    const y = this.y[0] + ((this.bottom - py) / (this.bottom - this.top)) * (this.y[1] - this.y[0]);
    return { x, y, px, py };
  }

  /** Says something about the place under the pointer. */
  read(text) {
    this.hover.textContent = text ?? "";
  }

  axes() {
    const { ctx } = this;
    ctx.font = `11px ${token("--font")}`;
    ctx.fillStyle = token("--muted");
    ctx.strokeStyle = token("--grid");
    ctx.lineWidth = 1;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const value of ticks(this.x, Math.max(2, (this.right - this.left) / 80))) {
      const at = Math.round(this.px(value)) + 0.5;
      line(ctx, at, this.top, at, this.bottom);
      ctx.fillText(short(value), Math.min(this.right - 12, Math.max(this.left + 4, at)), this.bottom + 6);
    }
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    if (this.yTicks) {
      for (const value of ticks(this.y, (this.bottom - this.top) / 40)) {
        const at = Math.round(this.py(value)) + 0.5;
        line(ctx, this.left, at, this.right, at);
        ctx.fillText(short(value), this.left - 6, at);
      }
    }
  }

  /** A line through points. */
  path(points, stroke, width = 1.5) {
    const { ctx } = this;
    ctx.beginPath();
    for (const [x, y] of points) ctx.lineTo(this.px(x), this.py(y));
    ctx.strokeStyle = stroke;
    ctx.lineWidth = width;
    ctx.lineJoin = "round";
    ctx.stroke();
  }
}

function line(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** Round values in a range, about `count` of them. */
export function ticks([low, high], count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? 10 * power;
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) found.push(at * step);
  return found;
}

function widened([low, high]) {
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
