// "n of N points": whether what is drawn is everything.

import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Drawing } from "@/charts/types";

import type { Answer } from "./data";

export function Fidelity({ drawing, answer }: { drawing: Drawing; answer: Answer }) {
  const { t } = useTranslation();
  const inRange = drawing.curves.reduce((sum, curve) => sum + curve.points, 0);
  const total = drawing.curves.reduce((sum, curve) => sum + curve.total, 0);
  const bad = answer.series.reduce((sum, one) => sum + one.nonfinite_count, 0);
  const all = answer.mode === "points" && drawing.mode === "points";
  const text = all && inRange === total ? t("chart.all", { total }) : t("chart.some", { inRange, total });
  return (
    <Text fz="xs" c="dimmed" className="tabular" style={{ whiteSpace: "nowrap" }} title={t(all ? "chart.everyPoint" : "chart.everyExtreme", { buckets: drawing.x.length })}>
      {text}
      {bad > 0 && `, ${t("chart.nonFinite", { bad })}`}
    </Text>
  );
}
