// A field for an expression of metrics: completes their names, and says what is wrong and where.

import { Autocomplete } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { format, parse } from "./expression";
import { problemText } from "./expressionText";

interface Props {
  label: string;
  tags: readonly string[];
  text: string;
  autoFocus?: boolean;
  /** With label above, for forms. */
  labelled?: boolean;
  /** An empty field is allowed, and means none. */
  optional?: boolean;
  /** The expression with all tags quoted, when Enter is pressed or the field is left. */
  onChange(expression: string): void;
}

const OFFERED = 50;
const LAST_WORD = /(?:"[^"]*|[\p{L}\p{N}_./:@#%-]*)$/u;

export function ExpressionInput({ label, tags, text, autoFocus, labelled, optional, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(text);
  const [seen, setSeen] = useState(text);
  const [problem, setProblem] = useState<string | null>(null);
  if (seen !== text) {
    setSeen(text);
    setTyped(text);
  }
  const known = useMemo(() => new Set(tags), [tags]);
  const word = LAST_WORD.exec(typed)?.[0] ?? "";
  const before = typed.slice(0, typed.length - word.length);
  const offered = useMemo(() => {
    const wanted = word.replace(/^"/, "").toLowerCase();
    return tags
      .filter((tag) => tag.toLowerCase().includes(wanted))
      .slice(0, OFFERED)
      .map((tag) => before + (/^[\p{L}\p{N}_./:@#%]+$/u.test(tag) ? tag : format({ kind: "tag", tag })));
  }, [tags, word, before]);

  const submit = (now: string) => {
    if (!now.trim() && optional) {
      setProblem(null);
      onChange("");
      return;
    }
    try {
      const expression = format(parse(now, known));
      setProblem(null);
      onChange(expression);
    } catch (error) {
      setProblem(problemText(t, error as Error));
    }
  };

  return (
    <Autocomplete
      size="xs"
      w={labelled ? undefined : 220}
      label={labelled ? label : undefined}
      aria-label={label}
      placeholder={t("chart.expressionExample")}
      data={offered}
      filter={({ options }) => options}
      value={typed}
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus}
      error={problem}
      onChange={(now) => {
        setTyped(now);
        setProblem(null);
      }}
      onOptionSubmit={(now) => submit(now)}
      onBlur={() => typed !== text && submit(typed)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.currentTarget.getAttribute("aria-activedescendant")) submit(typed);
      }}
    />
  );
}
