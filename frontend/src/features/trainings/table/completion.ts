// What can be written next in a filter expression, by what stands before the caret. See server/trainings/filters.

import { leafId, metricId } from "./columns";
import type { Keys } from "./data";

export interface Completion {
  /** The part of the text that a choice replaces. */
  from: number;
  to: number;
  options: Option[];
}

export interface Option {
  text: string;
  /** What is shown; `text` where absent. */
  kind: "field" | "config" | "metric" | "operator" | "value" | "word";
}

const FIELDS = ["status", "name", "user", "tags", "model", "host", "project", "number", "duration", "lost_points", "created_at", "started_at", "finished_at", "heartbeat_at", "archived"];
const STATS = ["last", "min", "max", "count", "first_step", "last_step"];
const OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "=~", "in", "not in"];
const STATUSES = ["running", "finished", "crashed", "lost"].map((one) => JSON.stringify(one));
const MOST = 40;

type Expected = "operand" | "operator" | "value" | "joint";

/** Tokens as the grammar has them; the last may be unfinished. */
const TOKEN = /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|==|!=|<=|>=|=~|[<>()[\],]|[^\s"'()[\],<>=!]+(?:\[(?:"(?:\\.|[^"\\])*"?\]?(?:\.\w*)?)?)*|\S/gu;

export function complete(text: string, caret: number, keys: Keys): Completion {
  const before = text.slice(0, caret);
  const tokens = [...before.matchAll(TOKEN)].map((match) => ({ text: match[0], at: match.index }));
  const last = tokens.at(-1);
  // A word that the caret touches is being written; after a space the next one is.
  const writing = last && last.at + last.text.length === caret && !/^[()[\],]$/.test(last.text) ? last : null;
  const done = writing ? tokens.slice(0, -1) : tokens;
  const { expected, subject } = expectation(done.map((one) => one.text));
  const typed = writing?.text ?? "";
  const from = writing?.at ?? caret;
  const options = ranked(candidates(expected, subject, keys, typed), typed);
  return { from, to: caret, options: options.slice(0, MOST) };
}

/** What the grammar wants after these tokens, and which field is being compared. */
function expectation(tokens: readonly string[]): { expected: Expected; subject: string } {
  let expected: Expected = "operand";
  let subject = "";
  let listed = false;
  for (const token of tokens) {
    const word = token.toLowerCase();
    if (token === "[") listed = true;
    else if (token === "]") {
      listed = false;
      expected = "joint";
    } else if (listed || token === "(") continue;
    else if (token === ")") expected = "joint";
    else if (word === "and" || word === "or") expected = "operand";
    else if (word === "not") continue;
    else if (/^(==|!=|<=?|>=?|=~|in)$/.test(word)) expected = "value";
    else if (expected === "operand") {
      subject = token;
      expected = "operator";
    } else expected = "joint";
  }
  return { expected: listed ? "value" : expected, subject };
}

function candidates(expected: Expected, subject: string, keys: Keys, typed: string): Option[] {
  const as = (kind: Option["kind"]) => (text: string): Option => ({ text, kind });
  switch (expected) {
    case "operator":
      return OPERATORS.map(as("operator"));
    case "joint":
      return ["and", "or"].map(as("word"));
    case "value":
      if (subject === "status") return STATUSES.map(as("value"));
      if (subject.startsWith('"') || subject.startsWith("'")) return [as("field")("tags")];
      return typed ? ["true", "false", "null"].map(as("value")) : [];
    case "operand": {
      const stats = /^metrics\[/.test(typed) ? STATS : ["last", "min", "max"];
      return [
        ...FIELDS.map(as("field")),
        ...keys.config.map((key) => as("config")(leafId("config", key))),
        ...keys.tags.flatMap((tag) => stats.map((stat) => as("metric")(metricId(tag, stat as "last")))),
        ...keys.summary.map((key) => as("config")(leafId("summary", key))),
        as("word")("not"),
      ];
    }
  }
}

/** Those that begin so come first, then those that hold it anywhere: `acc` finds `metrics["val/acc"].max`. */
function ranked(options: readonly Option[], typed: string): Option[] {
  const wanted = typed.toLowerCase();
  if (!wanted) return [...options];
  const found = options.filter((one) => one.text.toLowerCase().includes(wanted) && one.text !== typed);
  const begins = (one: Option) => one.text.toLowerCase().startsWith(wanted);
  return [...found.filter(begins), ...found.filter((one) => !begins(one))];
}
