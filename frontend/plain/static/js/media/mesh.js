// Meshes and point clouds: far faces first, lit from the front.

import { h } from "../dom.js";
import { number } from "../format.js";
import { token } from "../palette.js";
import { Orbit } from "./orbit.js";

const MOST_FACES = 40_000;
const MOST_POINTS = 60_000;

export class Meshes {
  constructor(panel) {
    this.panel = panel;
    this.orbit = new Orbit({ label: `Mesh ${panel.entry.tag}`, draw: () => this.draw(), tilt: [0.6, 0.4] });
    this.facts = h("p.muted.facts-line");
    this.element = h("div", {}, this.orbit.element, this.facts);
  }

  async show([item]) {
    if (!item) return;
    const { vertices, faces, colors } = await this.panel.source.content(item);
    this.vertices = vertices;
    this.faces = (faces ?? []).filter((face) => face.every((at) => vertices[at]));
    this.colors = colors;
    const cut = this.faces.length > MOST_FACES || (!this.faces.length && vertices.length > MOST_POINTS) ? ", thinned" : "";
    this.facts.textContent = `${number(vertices.length)} vertices, ${number(this.faces.length)} faces${cut}`;
    this.faces = thinned(this.faces, MOST_FACES);
    this.orbit.frame(vertices);
    this.orbit.draw();
  }

  resized() {
    if (this.vertices) this.orbit.draw();
  }

  draw() {
    const places = this.vertices.map((vertex) => this.orbit.project(vertex));
    this.plain = channels(token("--accent"));
    if (this.faces.length) this.drawFaces(places);
    else this.drawPoints(places);
  }

  drawFaces(places) {
    const { ctx } = this.orbit;
    const depth = this.faces.map((face) => face.reduce((sum, at) => sum + places[at][2], 0) / face.length);
    const order = [...this.faces.keys()].sort((a, b) => depth[a] - depth[b]);
    ctx.lineWidth = 0.6;
    for (const at of order) {
      const face = this.faces[at];
      ctx.beginPath();
      for (const corner of face) ctx.lineTo(places[corner][0], places[corner][1]);
      ctx.closePath();
      ctx.fillStyle = ctx.strokeStyle = shade(this.color(face), light(face.map((corner) => places[corner]), this.orbit.unit));
      ctx.fill();
      ctx.stroke();
    }
  }

  drawPoints(places) {
    const { ctx } = this.orbit;
    const order = thinned([...places.keys()], MOST_POINTS).sort((a, b) => places[a][2] - places[b][2]);
    for (const at of order) {
      ctx.fillStyle = shade(this.color([at]), 1);
      ctx.fillRect(places[at][0] - 1, places[at][1] - 1, 2, 2);
    }
  }

  color(face) {
    if (!this.colors) return this.plain;
    return [0, 1, 2].map((channel) => face.reduce((sum, at) => sum + (this.colors[at]?.[channel] ?? 0), 0) / face.length);
  }
}

/** How much a face looks at the reader, both sides alike. */
function light([a, b, c], unit) {
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], (b[2] - a[2]) * unit];
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], (c[2] - a[2]) * unit];
  const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  return 0.35 + 0.65 * (Math.abs(z) / (Math.hypot(x, y, z) || 1));
}

function shade(rgb, amount) {
  return `rgb(${rgb.map((one) => Math.round(one * amount)).join(" ")})`;
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function thinned(list, most) {
  const every = Math.ceil(list.length / most);
  return every > 1 ? list.filter((_, at) => at % every === 0) : list;
}
