// Arithmetic over tags: `train/loss - val/loss`, `log("val/acc top-5")`. Read into a tree; nothing is ever evaluated as code.

export const FUNCTIONS = ["log", "exp", "sqrt", "abs"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
type Operator = "+" | "-" | "*" | "/" | "^";

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "tag"; tag: string }
  | { kind: "negate"; of: Expression }
  | { kind: "call"; name: FunctionName; of: Expression }
  | { kind: "binary"; operator: Operator; left: Expression; right: Expression };

/** What is wrong: a key of the texts, and where it went wrong (0 is the first character). */
export class ExpressionError extends Error {
  constructor(
    readonly reason: "empty" | "unexpected" | "unclosed" | "unknownTag" | "tooLong",
    readonly at: number,
    readonly found = "",
  ) {
    super(`${reason} at ${at}: ${found}`);
  }
}

const MOST = 500;
const DEEPEST = 50;
const TAG_CHARACTER = /[\p{L}\p{N}_./:@\-#%]/u;
const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;

/**
 * Reads an expression. Tags stand in double quotes, or bare where they hold only letters, digits and `_ . / : @ # % -`;
 * a bare one is the longest known tag at that place, so `train/loss-val/loss` is a difference of two.
 *
 * @param known the tags that exist; null while nobody knows: then a bare word ends at `-`.
 * @throws ExpressionError
 */
export function parse(text: string, known: ReadonlySet<string> | null = null): Expression {
  if (text.length > MOST) throw new ExpressionError("tooLong", MOST);
  return new Parser(text, known).whole();
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly known: ReadonlySet<string> | null,
  ) {}

  whole(): Expression {
    if (!this.text.trim()) throw new ExpressionError("empty", 0);
    const found = this.sum();
    if (this.peek() !== "") this.fail();
    return found;
  }

  private sum(): Expression {
    let left = this.product();
    for (let sign = this.take("+-"); sign; sign = this.take("+-")) left = { kind: "binary", operator: sign, left, right: this.product() };
    return left;
  }

  private product(): Expression {
    let left = this.signed();
    for (let sign = this.take("*/"); sign; sign = this.take("*/")) left = { kind: "binary", operator: sign, left, right: this.signed() };
    return left;
  }

  /** `-x^2` is `-(x^2)`, `2^-x` is `2^(-x)`, and `a^b^c` is `a^(b^c)`, as on paper. */
  private signed(): Expression {
    if ((this.depth += 1) > DEEPEST) throw new ExpressionError("tooLong", this.at);
    try {
      if (this.take("-")) return { kind: "negate", of: this.signed() };
      const base = this.primary();
      return this.take("^") ? { kind: "binary", operator: "^", left: base, right: this.signed() } : base;
    } finally {
      this.depth -= 1;
    }
  }

  private primary(): Expression {
    const next = this.peek();
    if (next === "(") return this.inParentheses();
    if (next === '"') return { kind: "tag", tag: this.quoted() };
    const number = NUMBER.exec(this.text.slice(this.at))?.[0];
    if (number && !this.tagHere()) {
      this.at += number.length;
      return { kind: "number", value: Number(number) };
    }
    const name = FUNCTIONS.find((one) => this.text.startsWith(one, this.at) && /^\s*\(/.test(this.text.slice(this.at + one.length)));
    if (name) {
      this.at += name.length;
      this.peek();
      return { kind: "call", name, of: this.inParentheses() };
    }
    return { kind: "tag", tag: this.bare() };
  }

  private inParentheses(): Expression {
    const opened = this.at;
    this.at += 1;
    const found = this.sum();
    if (!this.take(")")) throw new ExpressionError(this.peek() === "" ? "unclosed" : "unexpected", this.peek() === "" ? opened : this.at, this.peek());
    return found;
  }

  private quoted(): string {
    const opened = this.at;
    let tag = "";
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const one = this.text[this.at]!;
      if (one === '"') {
        this.at += 1;
        if (this.known && !this.known.has(tag)) throw new ExpressionError("unknownTag", opened, tag);
        return tag;
      }
      tag += one === "\\" ? (this.text[(this.at += 1)] ?? "") : one;
    }
    throw new ExpressionError("unclosed", opened, '"');
  }

  private bare(): string {
    const start = this.at;
    const known = this.tagHere();
    if (known) {
      this.at += known.length;
      return known;
    }
    let end = start;
    while (end < this.text.length && TAG_CHARACTER.test(this.text[end]!) && this.text[end] !== "-") end += 1;
    if (end === start) this.fail();
    const word = this.text.slice(start, end);
    if (this.known) throw new ExpressionError("unknownTag", start, word);
    this.at = end;
    return word;
  }

  /** The longest known tag that begins here and ends where a word ends. */
  private tagHere(): string {
    if (!this.known) return "";
    let end = this.at;
    while (end < this.text.length && TAG_CHARACTER.test(this.text[end]!)) end += 1;
    for (; end > this.at; end -= 1) {
      const word = this.text.slice(this.at, end);
      const inside = /[\p{L}\p{N}_]/u.test(this.text[end] ?? "") && /[\p{L}\p{N}_]/u.test(word.at(-1)!);
      if (!inside && this.known.has(word)) return word;
    }
    return "";
  }

  private peek(): string {
    while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
    return this.text[this.at] ?? "";
  }

  private take<Sign extends string>(signs: Sign): Operator | undefined {
    const next = this.peek();
    if (!next || !signs.includes(next)) return undefined;
    this.at += 1;
    return next as Operator;
  }

  private fail(): never {
    throw new ExpressionError("unexpected", this.at, this.peek());
  }
}

/** The tags of an expression, each once. */
export function tagsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case "number":
      return [];
    case "tag":
      return [expression.tag];
    case "negate":
    case "call":
      return tagsOf(expression.of);
    case "binary":
      return [...new Set([...tagsOf(expression.left), ...tagsOf(expression.right)])];
  }
}

const BINDING: Record<Operator, number> = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 4 };

/** The text of an expression; all tags are quoted, so that it reads the same whatever tags there are. */
export function format(expression: Expression, within = 0): string {
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "tag":
      return `"${expression.tag.replace(/["\\]/g, "\\$&")}"`;
    case "call":
      return `${expression.name}(${format(expression.of)})`;
    case "negate":
      return within > 2 ? `(-${format(expression.of, 3)})` : `-${format(expression.of, 3)}`;
    case "binary": {
      const { operator, left, right } = expression;
      const binding = BINDING[operator];
      const [before, after] = operator === "^" ? [binding + 1, binding] : [binding, binding + 1];
      const text = `${format(left, before)} ${operator} ${format(right, after)}`;
      return binding < within ? `(${text})` : text;
    }
  }
}

/** As people read it: without quotes where none are needed. */
export function readable(expression: Expression): string {
  return format(expression).replace(/"([\p{L}\p{N}_./:@#%]+)"/gu, "$1");
}
