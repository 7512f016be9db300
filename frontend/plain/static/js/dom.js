// Elements from names, attributes and children. Whatever is given as text stays text: nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element.
 *
 * @param {string} name such as `div` or `div.class.other`
 * @param {object} attributes `on…` functions are listeners, `data` an object for `dataset`, `hidden`, `checked`,
 *   `value`, `disabled` and `open` are properties, null and undefined are left out, true is an empty attribute
 */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  return fill(element, attributes, children);
}

/** An SVG element, likewise. */
export function svg(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElementNS(SVG, tag);
  if (classes.length) element.setAttribute("class", classes.join(" "));
  return fill(element, attributes, children);
}

const PROPERTIES = new Set(["hidden", "checked", "value", "disabled", "open", "selected", "muted", "loop"]);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (PROPERTIES.has(name) && name in element) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A tag's name with its prefix held back: `train/` `loss`. */
export function tagTitle(tag) {
  const slash = tag.lastIndexOf("/") + 1;
  return h("h3", { title: tag }, h("span.prefix", {}, tag.slice(0, slash)), tag.slice(slash));
}

/** A line that says what went wrong, in place of what should be here. */
export function problem(error) {
  return h("div.problem", { role: "alert" }, error.message ?? String(error));
}

/** Buttons of which one is chosen. `choices` maps values to labels. */
export function choice(label, choices, chosen, onchange) {
  const buttons = Object.entries(choices).map(([value, text]) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(value === chosen),
        onclick: () => {
          for (const [at, one] of buttons.entries()) one.setAttribute("aria-pressed", String(Object.keys(choices)[at] === value));
          onchange(value);
        },
      },
      text,
    ),
  );
  return h("span.choice", { role: "group", "aria-label": label }, buttons);
}
