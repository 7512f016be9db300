// Markdown inside a line: emphasis, code and links.

import type { ReactNode } from "react";

const LINK = /^(https?:\/\/|mailto:)/i;
const DEEPEST = 12;
/** The marks below look far ahead for their end: a longer line is shown as it is. */
const LONGEST = 4_000;
const MARK =
  /(`+)([^`](?:.*?[^`])?)\1(?!`)|!?\[([^\]]*)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)|\*\*(?=\S)(.+?)\*\*|__(?=\S)(.+?)__|\*(?=\S)(.+?)\*|(?<!\w)_(?=\S)(.+?)_(?!\w)|~~(?=\S)(.+?)~~|<?(https?:\/\/[^\s<>)]+)>?|\\([\\`*_{}[\]()#+\-.!|~>])/s;

export function inline(text: string, depth = 0): ReactNode[] {
  const found: ReactNode[] = [];
  let rest = text;
  while (rest) {
    const match = depth < DEEPEST && rest.length <= LONGEST ? MARK.exec(rest) : null;
    if (!match) {
      found.push(rest);
      break;
    }
    if (match.index) found.push(rest.slice(0, match.index));
    found.push(span(match, depth, found.length));
    rest = rest.slice(match.index + match[0].length);
  }
  return found;
}

function span(match: RegExpExecArray, depth: number, key: number): ReactNode {
  const [whole, , code, label, target, strong, strong2, weak, weak2, struck, address, escaped] = match;
  const inner = (content: string) => inline(content, depth + 1);
  if (code !== undefined) return <code key={key}>{code.trim() || code}</code>;
  if (target !== undefined) return LINK.test(target) ? link(target, label ? inner(label) : target, key) : whole;
  if (strong ?? strong2) return <strong key={key}>{inner(strong ?? strong2 ?? "")}</strong>;
  if (weak ?? weak2) return <em key={key}>{inner(weak ?? weak2 ?? "")}</em>;
  if (struck) return <del key={key}>{inner(struck)}</del>;
  if (address) return link(address, address, key);
  return escaped;
}

function link(target: string, content: ReactNode, key: number): ReactNode {
  return (
    <a key={key} href={target} rel="noopener noreferrer nofollow" target="_blank">
      {content}
    </a>
  );
}
