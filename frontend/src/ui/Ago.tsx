// A moment as people say it, with the exact time on hover. All of a page tick together.

import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

const TICK_MS = 10_000;
const observers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function observe(observer: () => void): () => void {
  observers.add(observer);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of observers) one();
  }, TICK_MS);
  return () => {
    observers.delete(observer);
    if (observers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const UNITS = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

export function Ago({ at }: { at: string | null | undefined }) {
  const { i18n, t } = useTranslation();
  const present = useSyncExternalStore(observe, () => now);
  if (!at) return "–";
  const date = new Date(at);
  return (
    <Tooltip label={date.toLocaleString(i18n.language)}>
      <time dateTime={at}>{ago((Math.max(present, Date.now()) - date.getTime()) / 1000, i18n.language) ?? t("time.now")}</time>
    </Tooltip>
  );
}

/** "3 min ago"; null below ten seconds. */
export function ago(seconds: number, language: string): string | null {
  const words = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "always" });
  for (const [size, unit] of UNITS) if (seconds >= Math.max(size, 10)) return words.format(-Math.floor(seconds / size), unit);
  return null;
}
