// How long a training has run and how long it still will: a stop-watch while it runs.

import { Progress, Text, Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { duration, number } from "@/charts/format";

import type { WholeTraining } from "../data";

type Timed = Pick<WholeTraining, "status" | "duration" | "progress">;

/** Seconds that it has run; `readAt` is when the server's answer arrived, in milliseconds. */
function useElapsed({ status, duration: told }: Timed, readAt: number): number {
  const [now, setNow] = useState(Date.now);
  const runs = status === "running";
  useEffect(() => {
    if (!runs) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [runs]);
  return runs ? told + Math.max(0, now - readAt) / 1_000 : told;
}

/** Seconds left if it goes on as it went so far; null when that cannot be known. */
export function secondsLeft({ status, progress }: Pick<Timed, "status" | "progress">, elapsed: number): number | null {
  const { current, total } = progress;
  if (status !== "running" || !current || !total || current >= total) return null;
  return (elapsed * (total - current)) / current;
}

export function Elapsed({ training, readAt }: { training: Timed; readAt: number }) {
  const { t } = useTranslation();
  const elapsed = useElapsed(training, readAt);
  return (
    <Text span fz="sm" c="dimmed" className="tabular" aria-label={t("training.elapsed")} title={t("training.elapsed")}>
      {duration(training.status === "running" ? Math.floor(elapsed) : elapsed)}
    </Text>
  );
}

/** The bar with how far it is and what is left; only the count where the total is not known. */
export function ProgressBar({ training, readAt }: { training: Timed; readAt: number }) {
  const { t } = useTranslation();
  const elapsed = useElapsed(training, readAt);
  const { current, total, unit } = training.progress;
  if (current === null) return <Text c="dimmed">–</Text>;
  const name = t(`training.unit.${unit || "step"}`);
  if (!total) return <Text className="tabular">{`${number(current)} ${name}`}</Text>;
  const left = secondsLeft(training, elapsed);
  const share = Math.min(100, (100 * current) / total);
  return (
    <div>
      <Progress value={share} size="sm" color={`var(--pavi-${training.status})`} aria-label={t("training.progress")} />
      <Text fz="sm" className="tabular" mt={2}>
        {`${number(current)} / ${number(total)} ${name} · ${Math.floor(share)} %`}
        {left !== null && (
          <Tooltip label={t("training.leftMeans")}>
            <span>{` · ${t("training.left", { time: duration(Math.round(left)) })}`}</span>
          </Tooltip>
        )}
      </Text>
    </div>
  );
}
