// One chart among others: its title, its tools, its place in the arrangement. What is drawn is made in `panelData`.

import { Skeleton, Text } from "@mantine/core";
import { useDisclosure, useElementSize } from "@mantine/hooks";
import { memo, useMemo, useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import { PlotView, type PlotHandle } from "@/charts/PlotView";
import type { Curve } from "@/charts/types";

import type { ChartActions } from "./actions";
import { ChartDialog } from "./ChartDialog";
import classes from "./ChartPanel.module.css";
import { CurveMenu, type Picked } from "./CurveMenu";
import type { Drawn } from "./drawing";
import { problemText, titleOf } from "./expressionText";
import { Fidelity } from "./Fidelity";
import type { DrawnGroup } from "./groups";
import { usePanelData } from "./panelData";
import { PanelTools } from "./PanelTools";
import type { Panel, PanelGroup } from "./rows";
import { lookOf, type ChartView } from "./view";

export type { Drawn } from "./drawing";

export const PANEL_HEIGHT = 262;

export interface PanelContext {
  trainings: readonly Drawn[];
  groups?: readonly DrawnGroup[];
  view: ChartView;
  actions: ChartActions;
}

interface Props extends PanelContext {
  panel: Panel;
  /** Where it can be moved; absent: nowhere. */
  group?: PanelGroup;
}

/** What is being dragged: the browser hides it from whom it is dragged over. */
let dragged: { group: string; tag: string } | null = null;

export const ChartPanel = memo(function ChartPanel({ panel, group, trainings, groups, view, actions }: Props) {
  const { t } = useTranslation();
  const size = useElementSize();
  const [large, { open, close }] = useDisclosure();
  const [over, setOver] = useState(false);
  const [picked, setPicked] = useState<Picked | null>(null);
  const plot = useRef<PlotHandle>(null);
  const { view: shown, actions: doing } = useOwnZoom(panel, view, actions);
  const { drawing, answer, error, isFetching } = usePanelData({ panel, trainings, groups, view: shown, width: size.width || 400, enabled: size.width > 0 });
  const look = useMemo(() => lookOf(shown), [shown]);
  const title = titleOf(panel, view.xExpression);
  const slash = panel.tag ? panel.tag.lastIndexOf("/") + 1 : 0;
  const { tag } = panel;

  const accepts = () => tag !== undefined && dragged !== null && dragged.group === group?.name && dragged.tag !== tag;
  const drag = group &&
    tag && {
      draggable: true,
      onDragStart: (event: DragEvent) => {
        dragged = { group: group.name, tag };
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", tag);
      },
      onDragEnd: () => (dragged = null),
    };

  return (
    <section
      className={classes.panel}
      aria-label={title}
      data-tag={tag}
      data-fetching={isFetching || undefined}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!accepts()) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (accepts()) actions.move(group!, dragged!.tag, tag!);
      }}
    >
      <header ref={size.ref} className={classes.header}>
        <h3 className={classes.title} title={title} {...drag}>
          <span className={classes.prefix}>{title.slice(0, slash)}</span>
          {title.slice(slash)}
        </h3>
        {drawing && answer && <Fidelity drawing={drawing} answer={answer} />}
        <PanelTools panel={panel} group={group} title={title} context={{ trainings, groups, view: shown, actions: doing }} drawing={drawing} look={look} plot={plot} onEnlarge={open} />
      </header>
      <div className={classes.body}>
        {error && !drawing ? (
          <Text c="red" fz="xs" p="xs" role="alert">
            {problemText(t, error)}
          </Text>
        ) : drawing && drawing.curves.length > 0 ? (
          <PlotView
            ref={plot}
            drawing={drawing}
            look={look}
            name={panel.key}
            label={t("chart.label", { tag: title, count: drawing.curves.length })}
            onZoom={doing.zoom}
            onReset={() => {
              setPicked(null);
              doing.back();
            }}
            onPick={(curve: Curve, x, y) => setPicked({ curve, x, y })}
          />
        ) : drawing ? (
          <Text c="dimmed" fz="xs" p="xs">
            {t("chart.nothingHere")}
          </Text>
        ) : (
          <Skeleton h={212} animate={false} />
        )}
      </div>
      {picked && <CurveMenu picked={picked} context={{ trainings, groups, view, actions }} onClose={() => setPicked(null)} />}
      {large && <ChartDialog panel={panel} title={title} context={{ trainings, groups, view: shown, actions: doing }} onClose={close} />}
    </section>
  );
});

/** A chart with its own x is zoomed alone: the others' x is another thing. */
function useOwnZoom(panel: Panel, view: ChartView, actions: ChartActions): { view: ChartView; actions: ChartActions } {
  const [stack, setStack] = useState<{ from: number; to: number }[]>([]);
  return useMemo(() => {
    if (!panel.x) return { view, actions };
    const { from, to } = stack.at(-1) ?? { from: null, to: null };
    const zoom = (first: number | null, last: number | null) => setStack((before) => (first === null || last === null ? [] : [...before, { from: first, to: last }]));
    return { view: { ...view, from, to }, actions: { ...actions, zoom, back: () => setStack((before) => before.slice(0, -1)) } };
  }, [panel.x, view, actions, stack]);
}
