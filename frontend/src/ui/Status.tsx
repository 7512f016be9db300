// How a training is, by shape, colour and word: no one of them alone has to be seen.

import { Tooltip } from "@mantine/core";
import type { HTMLAttributes, Ref } from "react";
import { useTranslation } from "react-i18next";

import classes from "./Status.module.css";

export type TrainingStatus = "running" | "finished" | "crashed" | "lost";

const SHAPES: Record<TrainingStatus, string> = {
  running: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z",
  finished: "M3.5 8.5 6.5 11.5 12.5 4.5",
  crashed: "M4 4 12 12M12 4 4 12",
  lost: "M5.8 6a2.3 2.3 0 1 1 3.3 2.2c-.8.4-1.1.8-1.1 1.6M8 12.2v.1",
};

export function Status({ status, reason, word = true }: { status: TrainingStatus; reason?: string; word?: boolean }) {
  const { t } = useTranslation();
  return (
    <Tooltip label={reason || t(`status.${status}Means`)} multiline maw={360}>
      <StatusSign status={status} name={t(`status.${status}`)} word={word} />
    </Tooltip>
  );
}

interface SignProps extends HTMLAttributes<HTMLSpanElement> {
  status: TrainingStatus;
  name: string;
  word?: boolean;
  ref?: Ref<HTMLSpanElement>;
}

/** The sign alone, cheap enough for rows that appear by the hundred while somebody scrolls. */
export function StatusSign({ status, name, word = true, ...rest }: SignProps) {
  return (
    <span {...rest} className={classes.sign} style={{ color: `var(--pavi-${status})` }}>
      <svg width={14} height={14} viewBox="0 0 16 16" className={status === "running" ? classes.pulse : undefined} role="img" aria-label={name}>
        <path d={SHAPES[status]} fill={status === "running" ? "currentColor" : "none"} stroke="currentColor" strokeWidth={status === "running" ? 0 : 2} strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      {word && <span aria-hidden>{name}</span>}
    </span>
  );
}
