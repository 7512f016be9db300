// What the charts' x is: step, epoch, a time, or any metric and what can be computed from some.

import { Group, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { ServerAxis } from "./data";
import { ExpressionInput } from "./ExpressionInput";
import { format } from "./expression";
import { plain } from "./expressionText";
import { epochTag } from "./tags";
import type { ChartView } from "./view";

interface Props {
  view: ChartView;
  onView(change: Partial<ChartView>): void;
  tags: readonly string[];
}

export function XAxis({ view, onView, tags }: Props) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const epoch = epochTag(tags);
  const epochText = epoch && format({ kind: "tag", tag: epoch });
  const isEpoch = epochText !== null && view.xExpression === epochText;
  const metric = choosing || (view.xExpression !== "" && !isEpoch);
  const value = metric ? "metric" : isEpoch ? "epoch" : view.axis;

  const choose = (chosen: string) => {
    setChoosing(chosen === "metric");
    if (chosen === "metric") return;
    if (chosen === "epoch") onView({ xExpression: epochText!, from: null, to: null });
    else onView({ axis: chosen as ServerAxis, xExpression: "", from: null, to: null });
  };

  return (
    <Group gap={6} align="flex-start">
      <SegmentedControl
        size="xs"
        aria-label={t("chart.axis")}
        value={value}
        onChange={choose}
        data={[
          { value: "step", label: t("chart.step") },
          ...(epoch ? [{ value: "epoch", label: t("chart.epoch") }] : []),
          { value: "relative", label: t("chart.relative") },
          { value: "time", label: t("chart.time") },
          ...(tags.length || metric ? [{ value: "metric", label: t("chart.metric") }] : []),
        ]}
      />
      {metric && (
        <ExpressionInput
          label={t("chart.metricAsX")}
          tags={tags}
          text={isEpoch ? "" : plain(view.xExpression)}
          autoFocus={choosing}
          onChange={(expression) => {
            setChoosing(false);
            onView({ xExpression: expression, from: null, to: null });
          }}
        />
      )}
    </Group>
  );
}
