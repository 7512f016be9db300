// Markdown as elements: headings, paragraphs, lists, quotes, code, tables, emphasis, links. Markup in it stays text, links
// lead to the web or a mailbox only, and pictures become links: nothing is fetched from where a text points.

import { h } from "./dom.js";

const LINK = /^(https?:\/\/|mailto:)/i;
const DEEPEST = 12;
// Text that is longer is shown as it is: the rules below look far ahead for the end of a mark.
const LONGEST_TEXT = 200_000;
const LONGEST_PARAGRAPH = 4_000;
const INLINE =
  /(`+)([^`](?:.*?[^`])?)\1(?!`)|!?\[([^\]]*)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)|\*\*(?=\S)(.+?)\*\*|__(?=\S)(.+?)__|\*(?=\S)(.+?)\*|(?<!\w)_(?=\S)(.+?)_(?!\w)|~~(?=\S)(.+?)~~|<?(https?:\/\/[^\s<>)]+)>?|\\([\\`*_{}[\]()#+\-.!|~>])/s;

/** A text as one element. */
export function markdown(text) {
  const cut = text.length > LONGEST_TEXT ? text.lastIndexOf("\n", LONGEST_TEXT) + 1 || LONGEST_TEXT : text.length;
  const lines = text.slice(0, cut).replace(/\r\n?/g, "\n").split("\n");
  return h("div.markdown", {}, blocks(lines, 0), cut < text.length ? h("pre.notes", {}, text.slice(cut)) : null);
}

function blocks(lines, depth) {
  const found = [];
  let at = 0;
  while (at < lines.length) {
    const rule = depth < DEEPEST && RULES.find((one) => one.starts(lines, at));
    const [elements, next] = rule ? rule.read(lines, at, depth) : paragraph(lines, at);
    found.push(...elements);
    at = next;
  }
  return found;
}

const FENCE = /^\s{0,3}(```+|~~~+)\s*(\S*)/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULER = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^\s{0,3}>\s?/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

const RULES = [
  { starts: (lines, at) => !lines[at].trim(), read: (lines, at) => [[], at + 1] },
  { starts: (lines, at) => FENCE.test(lines[at]), read: fenced },
  {
    starts: (lines, at) => HEADING.test(lines[at]),
    read: (lines, at) => {
      const [, marks, text] = HEADING.exec(lines[at]);
      return [[h(`h${Math.min(6, marks.length + 2)}`, {}, inline(text))], at + 1];
    },
  },
  { starts: (lines, at) => RULER.test(lines[at]), read: (lines, at) => [[h("hr")], at + 1] },
  { starts: (lines, at) => QUOTE.test(lines[at]), read: quote },
  { starts: (lines, at) => ITEM.test(lines[at]), read: list },
  { starts: (lines, at) => lines[at].includes("|") && at + 1 < lines.length && lines[at + 1].includes("-") && DIVIDER.test(lines[at + 1]), read: table },
  { starts: (lines, at) => /^( {4}|\t)/.test(lines[at]), read: indented },
];

function paragraph(lines, at) {
  const taken = [lines[at]];
  let next = at + 1;
  while (next < lines.length && !RULES.slice(0, -1).some((rule) => rule.starts(lines, next))) taken.push(lines[next++]);
  const content = [];
  for (const [index, line] of taken.entries()) {
    if (index) content.push(/ {2,}$/.test(taken[index - 1]) ? h("br") : "\n");
    content.push(...inline(line.trim()));
  }
  return [[h("p", {}, content)], next];
}

function fenced(lines, at) {
  const [, fence] = FENCE.exec(lines[at]);
  const taken = [];
  let next = at + 1;
  while (next < lines.length && !lines[next].trim().startsWith(fence)) taken.push(lines[next++]);
  return [[h("pre.code", {}, h("code", {}, taken.join("\n")))], next + 1];
}

function indented(lines, at) {
  const taken = [];
  let next = at;
  while (next < lines.length && (/^( {4}|\t)/.test(lines[next]) || !lines[next].trim())) taken.push(lines[next++].replace(/^( {4}|\t)/, ""));
  return [[h("pre.code", {}, h("code", {}, taken.join("\n").trimEnd()))], next];
}

function quote(lines, at, depth) {
  const taken = [];
  let next = at;
  while (next < lines.length && QUOTE.test(lines[next])) taken.push(lines[next++].replace(QUOTE, ""));
  return [[h("blockquote", {}, blocks(taken, depth + 1))], next];
}

/** A list: what is indented below an item belongs to it. */
function list(lines, at, depth) {
  const [, margin, mark] = ITEM.exec(lines[at]);
  const ordered = /\d/.test(mark);
  const items = [];
  let next = at;
  while (next < lines.length) {
    const found = ITEM.exec(lines[next]);
    if (!found || found[1].length > margin.length + 1 || found[1].length < margin.length || /\d/.test(found[2]) !== ordered) break;
    const taken = [found[3]];
    const indent = found[1].length + 2;
    next += 1;
    while (next < lines.length && (belongs(lines, next, indent) || (lines[next].trim() && !RULES.some((rule) => rule.starts(lines, next))))) {
      taken.push(lines[next].replace(new RegExp(`^\\s{0,${indent + 1}}`), ""));
      next += 1;
    }
    items.push(item(taken, depth));
    while (next < lines.length && !lines[next].trim() && ITEM.test(lines[next + 1] ?? "")) next += 1;
  }
  return [[h(ordered ? "ol" : "ul", ordered ? { start: parseInt(mark, 10) } : {}, items)], next];
}

function belongs(lines, at, indent) {
  if (!lines[at].trim()) {
    const after = lines[at + 1] ?? "";
    return Boolean(after.trim()) && belongs(lines, at + 1, indent); // one empty line at most
  }
  return lines[at].startsWith(" ".repeat(indent)) || lines[at].startsWith("\t");
}

function item(lines, depth) {
  const task = /^\[([ xX])\]\s+/.exec(lines[0]);
  if (task) lines[0] = lines[0].slice(task[0].length);
  const inner = blocks(lines, depth + 1);
  const [first, ...others] = inner;
  const content = first?.tagName === "P" ? [...first.childNodes, ...others] : inner;
  return h("li", {}, task ? h("input", { type: "checkbox", checked: task[1] !== " ", disabled: true }) : null, task ? " " : null, content);
}

function table(lines, at) {
  const head = cells(lines[at]);
  const sides = cells(lines[at + 1]).map((mark) => (mark.endsWith(":") ? (mark.startsWith(":") ? "center" : "number") : null));
  const rows = [];
  let next = at + 2;
  while (next < lines.length && lines[next].includes("|")) rows.push(cells(lines[next++]));
  const cell = (name) => (text, column) => h(sides[column] ? `${name}.${sides[column]}` : name, {}, inline(text));
  const element = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, head.map(cell("th")))),
    h("tbody", {}, rows.map((row) => h("tr", {}, head.map((_, column) => cell("td")(row[column] ?? "", column))))),
  );
  return [[h("div.scroll", {}, element)], next];
}

function cells(line) {
  return line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** Text with emphasis, code and links, as nodes. */
export function inline(text, depth = 0) {
  const found = [];
  let rest = text;
  while (rest) {
    const match = depth < DEEPEST && rest.length <= LONGEST_PARAGRAPH ? INLINE.exec(rest) : null;
    if (!match) {
      found.push(rest);
      break;
    }
    if (match.index) found.push(rest.slice(0, match.index));
    found.push(span(match, depth));
    rest = rest.slice(match.index + match[0].length);
  }
  return found;
}

function span([whole, , code, label, target, strong, strong2, weak, weak2, struck, address, escaped], depth) {
  const inner = (content) => inline(content, depth + 1);
  if (code !== undefined) return h("code", {}, code.trim() || code);
  if (target !== undefined) return LINK.test(target) ? link(target, label ? inner(label) : [target]) : whole;
  if (strong ?? strong2) return h("strong", {}, inner(strong ?? strong2));
  if (weak ?? weak2) return h("em", {}, inner(weak ?? weak2));
  if (struck) return h("del", {}, inner(struck));
  if (address) return link(address, [address]);
  return escaped;
}

function link(target, content) {
  return h("a", { href: target, rel: "noopener noreferrer nofollow", target: "_blank" }, content);
}
