// Expressions as people read them: titles of charts, and what is wrong with one.

import type { TFunction } from "i18next";

import { ExpressionError, parse, readable } from "./expression";
import type { Panel } from "./rows";

/** `train/loss - val/loss over train/epoch`, or the tag as it is. */
export function titleOf(panel: Panel, commonX: string): string {
  const y = panel.tag ?? panel.ys.map(plain).join(", ");
  const x = panel.x && panel.x !== commonX ? plain(panel.x) : "";
  return x ? `${y} @ ${x}` : y;
}

/** Without quotes where none are needed; a text that cannot be read stays as it is. */
export function plain(text: string): string {
  try {
    return readable(parse(text));
  } catch {
    return text;
  }
}

export function problemText(t: TFunction, error: Error): string {
  if (!(error instanceof ExpressionError)) return error.message;
  return t(`chart.problem.${error.reason}`, { at: error.at + 1, found: error.found });
}
