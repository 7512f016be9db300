// The page's part "Snapshots": checkpoints with the metrics at their step; pin, forget, promote, and the rules that keep.

import { refreshAges } from "./ages.js";
import * as api from "./api.js";
import { h, problem } from "./dom.js";
import { ask } from "./form.js";
import { throttled } from "./fragments.js";
import { number, size } from "./format.js";

const METRICS = 4;
const EVERY_MS = 3_000;
const ROWS = 50;

export class Snapshots {
  /**
   * @param {HTMLElement} element the section
   * @param {boolean} writable whether the viewer may change them
   */
  constructor(element, { training, project, writable }) {
    this.element = element;
    this.training = training;
    this.project = project;
    this.writable = writable;
    this.most = ROWS;
    this.said = h("span.muted");
    this.rulesButton = h("button.quiet", { type: "button", hidden: true, onclick: () => this.askRules() }, "rules…");
    this.element.querySelector(".section-head").append(this.said, this.rulesButton);
    this.place = h("div");
    this.element.querySelector("p").replaceWith(this.place);
    this.refresh = throttled(() => this.load(), EVERY_MS);
    this.refresh();
  }

  async load() {
    try {
      const { items } = await api.get(`trainings/${this.training}/snapshots`);
      this.items = items;
      // The list stands without its rules: only the line that tells of them is missing then.
      if (items.length) this.rules = await api.get(`trainings/${this.training}/snapshots/rules`).catch(() => null);
    } catch (error) {
      this.place.replaceChildren(problem(error));
      return;
    }
    if (this.items.some((one) => one.pending)) setTimeout(() => this.refresh(), EVERY_MS);
    const shape = JSON.stringify([this.items, this.rules]);
    if (shape === this.shape) return;
    this.shape = shape;
    this.draw();
  }

  draw() {
    this.rulesButton.hidden = !this.writable || !this.rules;
    this.said.textContent = this.items.length ? [`${number(this.items.length)}`, rulesText(this.rules)].filter(Boolean).join(" · ") : "";
    if (!this.items.length) {
      const how = ["None so far. ", h("code", {}, "training.add_snapshot_file(tag, path, iteration)"), " keeps one."];
      this.place.replaceChildren(h("p.muted", {}, how));
      return;
    }
    const tags = mainTags(this.items);
    const newest = [...this.items].reverse();
    const head = [h("th", {}, "Name"), h("th.number", {}, "Iteration"), h("th", {}, "Tag"), tags.map((tag) => h("th.number.metric", { title: `${tag} at that step` }, tag))];
    const tail = [h("th.number", {}, "Size"), h("th", {}, "sha256"), h("th.number", {}, "Stored"), h("th")];
    const rows = newest.slice(0, this.most).map((one) => this.row(one, tags));
    this.place.replaceChildren(
      h("div.scroll", {}, h("table", {}, h("thead", {}, h("tr", {}, head.flat(), tail)), h("tbody", {}, rows))),
      newest.length > this.most ? h("button", { type: "button", onclick: () => this.showMore() }, `Show ${newest.length - this.most} more`) : "",
    );
    refreshAges(this.place);
  }

  showMore() {
    this.most = Infinity;
    this.draw();
  }

  row(one, tags) {
    const name = one.pending ? [one.name, " ", h("span.muted", {}, "(on its way)")] : h("a", { href: this.path(one, "/file", "/api/v1/"), download: "" }, one.name);
    const every = Object.entries(one.metrics ?? {}).map(([tag, value]) => `${tag} ${number(value)}`);
    return h(
      "tr",
      { data: { snapshot: one.id } },
      h("td.name", { title: every.join("\n") }, one.pinned ? h("span.pinned", { title: "Pinned: no rule removes it" }, "◆ ") : null, name),
      h("td.number", {}, number(one.iteration)),
      h("td", {}, one.tag),
      tags.map((tag) => h("td.number", { title: one.metrics?.[tag] ?? "" }, number(one.metrics?.[tag]))),
      h("td.number", { title: `${one.size} bytes` }, size(one.size)),
      h("td.muted", {}, h("code", { title: one.sha256 }, one.sha256.slice(0, 12))),
      h("td.number.muted", {}, h("time", { datetime: one.created_at })),
      h("td.actions", {}, this.writable ? this.actions(one) : null),
    );
  }

  actions(one) {
    const button = (text, onclick, extra = "") => h(`button.quiet${extra}`, { type: "button", onclick }, text);
    return [
      one.pending ? null : button("promote…", () => this.askPromote(one)),
      button(one.pinned ? "unpin" : "pin", () => this.change(() => api.patch(this.path(one), { pinned: !one.pinned }))),
      button("delete…", () => this.askDelete(one), ".danger"),
    ];
  }

  path(one, rest = "", base = "") {
    return `${base}trainings/${this.training}/snapshots/${one.id}${rest}`;
  }

  /** Does something and shows what became of it. */
  async change(act) {
    try {
      await act();
    } catch (error) {
      this.place.prepend(problem(error));
      return;
    }
    await this.load();
  }

  askDelete(one) {
    ask({
      title: `Delete ${one.name}?`,
      text: `The checkpoint of iteration ${number(one.iteration)} (${size(one.size)}) cannot be brought back. Models that it was promoted to keep theirs.`,
      act: "Delete",
      onact: async () => {
        await api.remove(this.path(one));
        await this.load();
      },
    });
  }

  askPromote(one) {
    ask({
      title: "Promote to a model",
      text: `${one.name} becomes the next version of a model, which is made where there is none.`,
      fields: [
        { name: "path", label: "Model, as project/folder/model", required: true, placeholder: "digits/resnet18", value: localStorage.getItem("pavi.promote") ?? "" },
        { name: "alias", label: "Alias (optional)", placeholder: "candidate", pattern: "[a-z0-9][a-z0-9._\\-]{0,63}" },
        { name: "comment", label: "Comment (optional)" },
      ],
      act: "Promote",
      onact: async ({ path, alias, comment }) => {
        const given = Object.entries({ alias, comment }).filter(([, value]) => value !== null);
        await api.post("modelcloud/promote", { training: this.training, snapshot: one.id, path, ...Object.fromEntries(given) });
        localStorage.setItem("pavi.promote", path);
        const href = `/models/${path.split("/").filter(Boolean).map(encodeURIComponent).join("/")}`;
        this.place.prepend(h("p", { role: "status" }, "Promoted to ", h("a", { href }, path), "."));
      },
    });
  }

  askRules() {
    const { keep_last: last, keep_best: best } = this.rules;
    ask({
      title: "Which snapshots to keep",
      text: "Others are removed when a new one is stored. Pinned ones, the newest, and those promoted to models always stay. Without rules all stay.",
      fields: [
        { name: "last", label: "The last so many", type: "number", min: 1, step: 1, value: last ?? "" },
        { name: "count", label: "And the best so many", type: "number", min: 1, step: 1, value: best?.count ?? "" },
        { name: "metric", label: "by the metric", value: best?.metric ?? mainTags(this.items)[0] ?? "" },
        { name: "mode", label: "where", type: "select", value: best?.mode ?? "max", options: [["max", "more is better"], ["min", "less is better"]] },
        {
          name: "scope",
          label: "For",
          type: "select",
          value: "training",
          options: [
            ["training", "this training"],
            ["project", "all trainings of the project without rules of their own"],
            ["inherited", "this training again what the project says"],
          ],
        },
      ],
      act: "Save",
      onact: async (given) => {
        await this.setRules(given);
        await this.load();
      },
    });
  }

  setRules({ last, count, metric, mode, scope }) {
    const rules = { keep_last: last, keep_best: count === null ? null : { metric, mode, count } };
    if (scope === "project") return api.put(`projects/${this.project}/snapshots/rules`, rules);
    return api.put(`trainings/${this.training}/snapshots/rules`, { ...rules, inherited: scope === "inherited" });
  }
}

/** Metrics worth a column: known for most snapshots, results first. */
function mainTags(items) {
  const counts = new Map();
  for (const { metrics } of items) {
    for (const tag of Object.keys(metrics ?? {})) if (!tag.startsWith("system/")) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  const worth = (tag) => 2 * /loss|acc|map|auc|error|score/i.test(tag) + /^(val|test|eval)/i.test(tag);
  return [...counts.keys()].sort((a, b) => worth(b) - worth(a) || counts.get(b) - counts.get(a) || a.localeCompare(b)).slice(0, METRICS);
}

function rulesText(rules) {
  const parts = [];
  if (rules?.keep_last) parts.push(`the last ${rules.keep_last}`);
  if (rules?.keep_best) parts.push(`the ${rules.keep_best.count} best by ${rules.keep_best.metric} (${rules.keep_best.mode})`);
  return parts.length ? `kept: ${parts.join(" and ")}${rules.inherited ? ", as the project says" : ""}` : "";
}
