// A canvas whose three dimensions turn: dragging or arrow keys turn, the wheel zooms, a double click starts over.

import { h } from "../dom.js";

const TURN = 0.008;
const KEYS = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };

export class Orbit {
  /**
   * @param {{height: number, label: string, draw: function(Orbit): void, point: function(MouseEvent|null): void}} on
   *   `point` is called with the pointer's place when nothing is dragged
   */
  constructor({ height = 320, label, draw, point = () => {}, tilt = [0, 0] }) {
    this.drawScene = draw;
    this.height = height;
    this.start = tilt;
    this.canvas = h("canvas", { role: "img", tabindex: 0, "aria-label": label, title: "Drag to turn, wheel with Ctrl to zoom, double-click to start over" });
    this.element = h("div.orbit", {}, this.canvas);
    this.element.style.height = `${height}px`;
    this.reset();
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.dragged = [event.clientX, event.clientY];
      point(null);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!this.dragged) {
        point(event);
        return;
      }
      const [x, y] = this.dragged;
      this.dragged = [event.clientX, event.clientY];
      this.turn((event.clientX - x) * TURN, (event.clientY - y) * TURN);
    });
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => (this.dragged = null));
    this.canvas.addEventListener("pointerleave", () => point(null));
    this.canvas.addEventListener("dblclick", () => {
      this.reset();
      this.draw();
    });
    this.canvas.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return; // the page scrolls
        event.preventDefault();
        this.zoom = Math.min(40, Math.max(0.2, this.zoom * Math.exp(-event.deltaY * 0.004)));
        this.draw();
      },
      { passive: false },
    );
    this.canvas.addEventListener("keydown", (event) => {
      const by = KEYS[event.key];
      if (by) this.turn(...by);
      else if (event.key === "+" || event.key === "-") {
        this.zoom *= event.key === "+" ? 1.2 : 1 / 1.2;
        this.draw();
      } else return;
      event.preventDefault();
    });
  }

  reset() {
    [this.yaw, this.pitch] = this.start;
    this.zoom = 1;
  }

  turn(yaw, pitch) {
    this.yaw += yaw;
    this.pitch = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, this.pitch + pitch));
    this.draw();
  }

  /** Puts points (`[x, y, z]` each) into a cube around the middle; the last axis may be missing. */
  frame(points) {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const point of points) {
      for (let axis = 0; axis < 3; axis++) {
        const value = point[axis] ?? 0;
        if (value < low[axis]) low[axis] = value;
        if (value > high[axis]) high[axis] = value;
      }
    }
    this.middle = low.map((one, axis) => (points.length ? (one + high[axis]) / 2 : 0));
    this.extent = Math.max(...high.map((one, axis) => one - low[axis]), 1e-12);
  }

  draw() {
    this.due ??= requestAnimationFrame(() => {
      this.due = null;
      const width = this.element.clientWidth;
      if (!width || !this.middle) return;
      const scale = devicePixelRatio;
      this.canvas.width = width * scale;
      this.canvas.height = this.height * scale;
      this.ctx = this.canvas.getContext("2d");
      this.ctx.scale(scale, scale);
      this.unit = (Math.min(width, this.height) * 0.82 * this.zoom) / this.extent;
      this.centre = [width / 2, this.height / 2];
      this.sines = [Math.sin(this.yaw), Math.cos(this.yaw), Math.sin(this.pitch), Math.cos(this.pitch)];
      this.drawScene(this);
    });
  }

  /** `[x, y]` on the canvas and the depth: larger is nearer. */
  project(point) {
    const [sy, cy, sp, cp] = this.sines;
    const [x, y, z] = [point[0] - this.middle[0], point[1] - this.middle[1], (point[2] ?? 0) - this.middle[2]];
    const across = cy * x + sy * z;
    const deep = -sy * x + cy * z;
    return [this.centre[0] + across * this.unit, this.centre[1] - (cp * y - sp * deep) * this.unit, sp * y + cp * deep];
  }
}
