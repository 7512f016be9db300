// The data of one panel: what to ask for, asked when it is seen, and made into a drawing.

import { useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Drawing } from "@/charts/types";

import { chartQuery, type Answer } from "./data";
import { stepsWithin } from "./derive";
import { drawingOf, type Drawn } from "./drawing";
import { ExpressionError, parse, tagsOf, type Expression } from "./expression";
import type { DrawnGroup } from "./groups";
import type { Panel } from "./rows";
import { isShown, type ChartView } from "./view";

interface Asked {
  panel: Panel;
  trainings: readonly Drawn[];
  groups?: readonly DrawnGroup[];
  view: ChartView;
  /** Of the plot, in CSS pixels. */
  width: number;
  enabled: boolean;
}

export interface PanelData {
  drawing: Drawing | null;
  answer: Answer | undefined;
  error: Error | null;
  isFetching: boolean;
}

const MANY = 30;

export function usePanelData({ panel, trainings, groups, view, width, enabled }: Asked): PanelData {
  const scheme = useComputedColorScheme();
  const { hidden, only, front, band, members } = view;
  const shown = useMemo(() => trainings.filter((one) => isShown({ hidden, only }, one.number)), [trainings, hidden, only]);
  const ids = useMemo(() => shown.map((one) => one.id), [shown]);
  const { ys, x, problem } = useMemo(() => read(panel.ys, panel.x || view.xExpression), [panel, view.xExpression]);
  const tags = useMemo(() => [...new Set([...ys, ...(x ? [x] : [])].flatMap(tagsOf))].sort(), [ys, x]);

  // Steps of a hundred pixels, so that a resized window asks again only now and then. Fewer where lines are many: no eye
  // follows one of a hundred from pixel to pixel, and every extreme is drawn all the same.
  const fine = shown.length > MANY ? 0.6 : 1.5;
  const cells = Math.min(1_500, Math.max(shown.length > MANY ? 300 : 500, Math.ceil((width * fine) / 100) * 100));
  const common = { trainings: ids, tags, buckets: cells, smoothing: view.smoothing };
  const ready = enabled && ids.length > 0 && tags.length > 0;

  const zoomed = view.from !== null && view.to !== null;
  const whole = useQuery({
    ...chartQuery({ ...common, axis: x ? "step" : view.axis, from: x ? null : view.from, to: x ? null : view.to }),
    enabled: ready,
  });
  // A zoom into a metric is a zoom into the steps where it has those values.
  const window = useMemo(() => (x && zoomed && whole.data ? stepsWithin(whole.data, x, view.from!, view.to!) : null), [x, zoomed, whole.data, view.from, view.to]);
  const part = useQuery({ ...chartQuery({ ...common, axis: "step", from: window?.from ?? null, to: window?.to ?? null }), enabled: ready && window !== null });
  const answer = (window && part.data) || whole.data;

  const drawing = useMemo(
    () => answer && drawingOf(answer, { tag: x ? null : (panel.tag ?? null), ys, x, trainings: shown, groups, view: { front, band, members }, scheme, cells }),
    [answer, panel.tag, ys, x, shown, groups, front, band, members, scheme, cells],
  );
  return { drawing: drawing ?? null, answer, error: problem ?? whole.error ?? part.error, isFetching: whole.isFetching || part.isFetching };
}

const NONE: { ys: Expression[]; x: Expression | null } = { ys: [], x: null };

function read(ys: readonly string[], x: string): { ys: Expression[]; x: Expression | null; problem: ExpressionError | null } {
  try {
    return { ys: ys.map((one) => parse(one)), x: x ? parse(x) : null, problem: null };
  } catch (error) {
    if (error instanceof ExpressionError) return { ...NONE, problem: error };
    throw error;
  }
}
