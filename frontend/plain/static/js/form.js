// Questions in a dialog: fields, a button that acts, and the server's objection beside them when there is one.

import { h, problem } from "./dom.js";

/**
 * Asks, acts, and closes when that worked.
 *
 * @param {{title: string, text?: string, fields?: object[], act: string, danger?: boolean,
 *   onact: function(object): Promise<void>}} question a field has `name`, `label`, `type` (`text`, `number`, `checkbox`
 *   or `select` with `options`: pairs of value and label), and what an input has
 */
export function ask({ title, text, fields = [], act, onact }) {
  const place = h("div");
  const button = h("button.primary", {}, act);
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", {}, title),
    text ? h("p", {}, text) : null,
    fields.map(field),
    place,
    h("div.buttons", {}, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), button),
  );
  const dialog = h("dialog.form-dialog", { "aria-label": title }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    place.replaceChildren();
    try {
      await onact(values(form, fields));
      dialog.close();
    } catch (error) {
      place.replaceChildren(problem(error));
    } finally {
      button.disabled = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function field({ label, type = "text", options, ...attributes }) {
  if (type === "checkbox") return h("label.check", {}, h("input", { type, ...attributes }), label);
  if (type === "select") {
    const { value, ...others } = attributes;
    return h("label", {}, label, h("select", others, options.map(([of, text]) => h("option", { value: of, selected: of === value }, text))));
  }
  return h("label", {}, label, h("input", { type, autocomplete: "off", spellcheck: "false", ...attributes }));
}

/** What was filled in: texts trimmed, empty ones and empty numbers null. */
function values(form, fields) {
  const read = ({ name, type }) => {
    const input = form.elements[name];
    if (type === "checkbox") return input.checked;
    const text = input.value.trim();
    if (text === "") return null;
    return type === "number" ? Number(text) : text;
  };
  return Object.fromEntries(fields.map((one) => [one.name, read(one)]));
}
