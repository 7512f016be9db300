// Reads one training's media over the API. Files come from our own origin and are kept by the browser.

import * as api from "../api.js";

const PER_PAGE = 500;

/** @typedef {{id, kind, tag, step, time, index, meta, body, size, media_type, name, stored}} Item */

export class Source {
  constructor(training) {
    this.training = training;
    this.base = `trainings/${training}/media`;
  }

  /** Kinds and tags: `{kind, tag, count, first_step, last_step}`. */
  async index() {
    return (await api.get(this.base)).items;
  }

  async steps(kind, tag) {
    return (await api.get(`${this.base}/steps${api.search({ kind, tag })}`)).steps;
  }

  /** Everything of one step, in the order of index. */
  async at(kind, tag, step) {
    return api.all(`${this.base}/items`, { kind, tag, step, limit: PER_PAGE });
  }

  /** At most `most` steps, evenly, first and last among them. */
  async spread(kind, tag, most) {
    return api.all(`${this.base}/items`, { kind, tag, most, limit: PER_PAGE });
  }

  file(item) {
    return `/api/v1/${this.base}/${item.id}/file`;
  }

  thumbnail(item, size) {
    return `/api/v1/${this.base}/${item.id}/thumbnail?size=${size}`;
  }

  /** What an item holds: its body, or its file read as JSON. */
  async content(item) {
    if (item.body !== null && item.body !== undefined) return item.body;
    return JSON.parse(await this.text(item));
  }

  /** An item's file as text. */
  async text(item) {
    if (item.stored === false) throw new Error("Its file has not arrived yet.");
    const response = await fetch(this.file(item));
    if (!response.ok) throw new Error(`The file cannot be read: the server answered ${response.status}.`);
    return response.text();
  }
}
