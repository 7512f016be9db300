// Values of an expression on a grid. In buckets a tag is an interval, and so is what is computed from it.

import type { Expression, FunctionName } from "./expression";

/** Columns on one grid: the value, and the least and the greatest that it can be. NaN where there is nothing. */
export interface Interval {
  low: Float64Array;
  mid: Float64Array;
  high: Float64Array;
}

const CALLS: Record<FunctionName, (value: number) => number> = { log: Math.log, exp: Math.exp, sqrt: Math.sqrt, abs: Math.abs };

/** `columns` gives a tag's; null where the training has no such tag: then nor has the expression a value. */
export function evaluate(expression: Expression, size: number, columns: (tag: string) => Interval | null): Interval | null {
  switch (expression.kind) {
    case "number": {
      const value = new Float64Array(size).fill(expression.value);
      return { low: value, mid: value, high: value };
    }
    case "tag":
      return columns(expression.tag);
    case "negate": {
      const of = evaluate(expression.of, size, columns);
      const negated = (column: Float64Array) => column.map((value) => -value);
      return of && { low: negated(of.high), mid: negated(of.mid), high: negated(of.low) };
    }
    case "call": {
      const of = evaluate(expression.of, size, columns);
      return of && call(expression.name, of);
    }
    case "binary": {
      const left = evaluate(expression.left, size, columns);
      const right = left && evaluate(expression.right, size, columns);
      return left && right && combine(expression.operator, left, right);
    }
  }
}

function call(name: FunctionName, { low, mid, high }: Interval): Interval {
  const of = CALLS[name];
  if (name === "abs") {
    const least = low.map((value, at) => (value <= 0 && high[at]! >= 0 ? 0 : Math.min(Math.abs(value), Math.abs(high[at]!))));
    return { low: least, mid: mid.map(of), high: low.map((value, at) => Math.max(Math.abs(value), Math.abs(high[at]!))) };
  }
  return { low: low.map(of), mid: mid.map(of), high: high.map(of) };
}

const OPERATIONS = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
  "^": (a: number, b: number) => a ** b,
};

function combine(operator: keyof typeof OPERATIONS, left: Interval, right: Interval): Interval {
  const of = OPERATIONS[operator];
  const size = left.mid.length;
  const result: Interval = { low: new Float64Array(size), mid: new Float64Array(size), high: new Float64Array(size) };
  for (let at = 0; at < size; at += 1) {
    const [a, b, c, d] = [left.low[at]!, left.high[at]!, right.low[at]!, right.high[at]!];
    result.mid[at] = of(left.mid[at]!, right.mid[at]!);
    // Over zero, a quotient goes to infinity; an even power of what changes its sign turns round at zero.
    const unbounded = (operator === "/" && c <= 0 && d >= 0 && c !== d) || (operator === "^" && a < 0 && b > 0);
    const ends = unbounded ? [result.mid[at]!] : [of(a, c), of(a, d), of(b, c), of(b, d)];
    result.low[at] = Math.min(...ends);
    result.high[at] = Math.max(...ends);
  }
  return result;
}
