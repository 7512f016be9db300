// Markdown as React elements: headings, paragraphs, lists, quotes, code, tables. Markup in it stays text, links lead to the
// web or a mailbox only, and pictures become links: nothing is fetched from where a text points.

import type { CSSProperties, ReactNode } from "react";

import { inline } from "./inline";
import classes from "./markdown.module.css";

const DEEPEST = 12;
/** Text that is longer is shown as it is: the rules below look far ahead for the end of a mark. */
const LONGEST_TEXT = 200_000;

export function Markdown({ text }: { text: string }) {
  const cut = text.length > LONGEST_TEXT ? text.lastIndexOf("\n", LONGEST_TEXT) + 1 || LONGEST_TEXT : text.length;
  const lines = text.slice(0, cut).replace(/\r\n?/g, "\n").split("\n");
  return (
    <div className={classes.markdown}>
      {blocks(lines, 0)}
      {cut < text.length && <pre>{text.slice(cut)}</pre>}
    </div>
  );
}

interface Rule {
  starts(lines: string[], at: number): boolean;
  /** What stands there, and the line after it. */
  read(lines: string[], at: number, depth: number): [ReactNode, number];
}

const FENCE = /^\s{0,3}(```+|~~~+)\s*(\S*)/;
const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const RULER = /^\s{0,3}([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^\s{0,3}>\s?/;
const INDENT = /^( {4}|\t)/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const lineAt = (lines: string[], at: number) => lines[at] ?? "";

const RULES: Rule[] = [
  { starts: (lines, at) => !lineAt(lines, at).trim(), read: (_, at) => [null, at + 1] },
  { starts: (lines, at) => FENCE.test(lineAt(lines, at)), read: fenced },
  { starts: (lines, at) => HEADING.test(lineAt(lines, at)), read: heading },
  { starts: (lines, at) => RULER.test(lineAt(lines, at)), read: (_, at) => [<hr key={at} />, at + 1] },
  { starts: (lines, at) => QUOTE.test(lineAt(lines, at)), read: quote },
  { starts: (lines, at) => ITEM.test(lineAt(lines, at)), read: list },
  { starts: (lines, at) => lineAt(lines, at).includes("|") && lineAt(lines, at + 1).includes("-") && DIVIDER.test(lineAt(lines, at + 1)), read: table },
];
/** Only where no paragraph goes on: an indented line continues one. */
const INDENTED: Rule = { starts: (lines, at) => INDENT.test(lineAt(lines, at)), read: indented };

function blocks(lines: string[], depth: number): ReactNode[] {
  const found: ReactNode[] = [];
  let at = 0;
  while (at < lines.length) {
    const rule = depth < DEEPEST ? [...RULES, INDENTED].find((one) => one.starts(lines, at)) : undefined;
    const [element, next]: [ReactNode, number] = rule ? rule.read(lines, at, depth) : paragraph(lines, at);
    found.push(element);
    at = next;
  }
  return found;
}

function paragraph(lines: string[], at: number): [ReactNode, number] {
  const taken = [lineAt(lines, at)];
  let next = at + 1;
  while (next < lines.length && !RULES.some((rule) => rule.starts(lines, next))) taken.push(lineAt(lines, next++));
  const content = taken.flatMap((line, index) => {
    const before = taken[index - 1];
    const gap = before === undefined ? [] : [/ {2,}$/.test(before) ? <br key={`br${index}`} /> : "\n"];
    return [...gap, <span key={index}>{inline(line.trim())}</span>];
  });
  return [<p key={at}>{content}</p>, next];
}

function heading(lines: string[], at: number): [ReactNode, number] {
  const [, marks = "#", text = ""] = HEADING.exec(lineAt(lines, at)) ?? [];
  const Level = `h${Math.min(6, marks.length + 2)}` as "h3"; // the page has h1, its sections h2
  return [<Level key={at}>{inline(text)}</Level>, at + 1];
}

function fenced(lines: string[], at: number): [ReactNode, number] {
  const fence = FENCE.exec(lineAt(lines, at))?.[1] ?? "```";
  const taken: string[] = [];
  let next = at + 1;
  while (next < lines.length && !lineAt(lines, next).trim().startsWith(fence)) taken.push(lineAt(lines, next++));
  return [code(at, taken.join("\n")), next + 1];
}

function indented(lines: string[], at: number): [ReactNode, number] {
  const taken: string[] = [];
  let next = at;
  while (next < lines.length && (INDENT.test(lineAt(lines, next)) || !lineAt(lines, next).trim())) taken.push(lineAt(lines, next++).replace(INDENT, ""));
  return [code(at, taken.join("\n").trimEnd()), next];
}

function code(key: number, text: string): ReactNode {
  return (
    <pre key={key}>
      <code>{text}</code>
    </pre>
  );
}

function quote(lines: string[], at: number, depth: number): [ReactNode, number] {
  const taken: string[] = [];
  let next = at;
  while (next < lines.length && QUOTE.test(lineAt(lines, next))) taken.push(lineAt(lines, next++).replace(QUOTE, ""));
  return [<blockquote key={at}>{blocks(taken, depth + 1)}</blockquote>, next];
}

/** A list: what is indented below an item belongs to it. */
function list(lines: string[], at: number, depth: number): [ReactNode, number] {
  const [, margin = "", mark = "-"] = ITEM.exec(lineAt(lines, at)) ?? [];
  const ordered = /\d/.test(mark);
  const items: ReactNode[] = [];
  let next = at;
  while (next < lines.length) {
    const found = ITEM.exec(lineAt(lines, next));
    const [, indent = "", own = "", text = ""] = found ?? [];
    if (!found || indent.length > margin.length + 1 || indent.length < margin.length || /\d/.test(own) !== ordered) break;
    const taken = [text];
    next += 1;
    while (next < lines.length && (belongs(lines, next, indent.length + 2) || (lineAt(lines, next).trim() && !RULES.some((rule) => rule.starts(lines, next))))) {
      taken.push(lineAt(lines, next).replace(new RegExp(`^\\s{0,${indent.length + 3}}`), ""));
      next += 1;
    }
    items.push(item(next, taken, depth));
    while (next < lines.length && !lineAt(lines, next).trim() && ITEM.test(lineAt(lines, next + 1))) next += 1;
  }
  return [ordered ? <ol key={at} start={parseInt(mark, 10)}>{items}</ol> : <ul key={at}>{items}</ul>, next];
}

function belongs(lines: string[], at: number, indent: number): boolean {
  const line = lineAt(lines, at);
  if (!line.trim()) return lineAt(lines, at + 1).trim() !== "" && belongs(lines, at + 1, indent); // one empty line at most
  return line.startsWith(" ".repeat(indent)) || line.startsWith("\t");
}

function item(key: number, lines: string[], depth: number): ReactNode {
  const task = /^\[([ xX])\]\s+/.exec(lineAt(lines, 0));
  const [first = "", ...rest] = task ? [lineAt(lines, 0).slice(task[0].length), ...lines.slice(1)] : lines;
  const nested = rest.findIndex((line) => !line.trim() || RULES.some((rule) => rule.starts([line], 0)));
  const own = [first, ...(nested < 0 ? rest : rest.slice(0, nested))].map((line) => line.trim()).join("\n");
  const plain = !RULES.some((rule) => rule.starts([first], 0));
  return (
    <li key={key} className={task ? classes.task : undefined}>
      {task && <input type="checkbox" checked={task[1] !== " "} readOnly disabled aria-label={own} />}
      {plain ? inline(own) : blocks([first], depth + 1)}
      {nested >= 0 && blocks(rest.slice(nested), depth + 1)}
    </li>
  );
}

function table(lines: string[], at: number): [ReactNode, number] {
  const head = cells(lineAt(lines, at));
  const sides = cells(lineAt(lines, at + 1)).map((mark): CSSProperties => ({ textAlign: mark.endsWith(":") ? (mark.startsWith(":") ? "center" : "right") : "left" }));
  const rows: string[][] = [];
  let next = at + 2;
  while (next < lines.length && lineAt(lines, next).includes("|")) rows.push(cells(lineAt(lines, next++)));
  const element = (
    <div key={at} className={classes.scroll}>
      <table>
        <thead>
          <tr>
            {head.map((text, column) => (
              <th key={column} style={sides[column]}>
                {inline(text)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {head.map((_, column) => (
                <td key={column} style={sides[column]}>
                  {inline(row[column] ?? "")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
  return [element, next];
}

function cells(line: string): string[] {
  const inner = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}
