// One metric of some trainings: fetches when it comes into view, draws, says how much of the truth is drawn.

import { ActionIcon, Menu, Modal, Skeleton, Text, Tooltip } from "@mantine/core";
import { useDisclosure, useElementSize, useIntersection } from "@mantine/hooks";
import { IconArrowsMaximize, IconDots, IconDownload, IconPin, IconPinned } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { memo, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";

import { PlotView, type PlotHandle } from "@/charts/PlotView";
import type { Drawing } from "@/charts/types";

import classes from "./ChartPanel.module.css";
import { chartQuery, type Answer } from "./data";
import { saveCsv, savePng } from "./exporting";
import { lookOf, type ChartView } from "./view";

/** A training as charts show it. */
export interface Drawn {
  id: string;
  number: number;
  name: string;
  color: string;
}

interface Props {
  tag: string;
  trainings: readonly Drawn[];
  view: ChartView;
  onZoom(from: number | null, to: number | null): void;
  onPin(tag: string): void;
}

export const ChartPanel = memo(function ChartPanel({ tag, trainings, view, onZoom, onPin }: Props) {
  const { t } = useTranslation();
  const seen = useIntersection({ rootMargin: "250px" });
  const size = useElementSize();
  const [large, { open, close }] = useDisclosure();
  const plot = useRef<PlotHandle>(null);
  const slash = tag.lastIndexOf("/") + 1;
  const onScreen = seen.entry?.isIntersecting ?? false;
  const width = size.width || 480;

  const shown = useMemo(() => trainings.filter((one) => !view.hidden.includes(one.number)), [trainings, view.hidden]);
  const ids = useMemo(() => shown.map((one) => one.id), [shown]);
  const { data, error, isFetching } = useQuery({
    ...chartQuery({
      trainings: ids,
      tag,
      axis: view.axis,
      from: view.from,
      to: view.to,
      // Steps of a hundred pixels, so that a resized window asks again only now and then.
      buckets: Math.min(1_500, Math.max(500, Math.ceil((width * (large ? 2 : 1.5)) / 100) * 100)),
      smoothing: view.smoothing,
    }),
    enabled: onScreen && ids.length > 0,
  });
  const drawing = useMemo(() => (data ? drawingOf(data, shown) : null), [data, shown]);
  const look = useMemo(() => lookOf(view), [view]);
  const pinned = view.pinned.includes(tag);

  const chart = drawing && (
    <PlotView
      ref={plot}
      drawing={drawing}
      look={look}
      label={t("chart.label", { tag, count: drawing.curves.length })}
      height={large ? "70vh" : 220}
      onZoom={onZoom}
      onReset={() => onZoom(null, null)}
    />
  );

  return (
    <section ref={seen.ref} className={classes.panel} aria-label={tag} data-fetching={isFetching || undefined}>
      <header ref={size.ref} className={classes.header}>
        <h3 className={classes.title} title={tag}>
          <span className={classes.prefix}>{tag.slice(0, slash)}</span>
          {tag.slice(slash)}
        </h3>
        {data && <Fidelity answer={data} />}
        <div className={classes.tools}>
          <Tooltip label={t(pinned ? "chart.unpin" : "chart.pin")}>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t(pinned ? "chart.unpin" : "chart.pin")} onClick={() => onPin(tag)}>
              {pinned ? <IconPinned size={14} /> : <IconPin size={14} />}
            </ActionIcon>
          </Tooltip>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("chart.enlarge")} onClick={open}>
            <IconArrowsMaximize size={14} />
          </ActionIcon>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("chart.more")}>
                <IconDots size={14} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconDownload size={14} />} onClick={() => savePng(plot.current?.canvas() ?? null, tag)}>
                {t("chart.savePng")}
              </Menu.Item>
              <Menu.Item leftSection={<IconDownload size={14} />} onClick={() => drawing && saveCsv(drawing, tag)}>
                {t("chart.saveCsv")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </header>
      <div className={classes.body}>
        {error && !data ? (
          <Text c="red" fz="xs" role="alert">
            {error.message}
          </Text>
        ) : large ? null : (
          (chart ?? <Skeleton h={212} />)
        )}
      </div>
      <Modal opened={large} onClose={close} size="95vw" title={tag} centered>
        {large && chart}
      </Modal>
    </section>
  );
});

/** "n of N points": whether what is drawn is everything. */
function Fidelity({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const sum = (pick: (one: Answer["series"][number]) => number) => answer.series.reduce((total, one) => total + pick(one), 0);
  const inRange = sum((one) => one.points);
  const total = sum((one) => one.total);
  const bad = sum((one) => one.nonfinite_count);
  const all = answer.mode === "points";
  const text = all && inRange === total ? t("chart.all", { total }) : t("chart.some", { inRange, total });
  return (
    <Tooltip label={t(all ? "chart.everyPoint" : "chart.everyExtreme", { buckets: answer.x.length })}>
      <Text fz="xs" c="dimmed" className="tabular" style={{ whiteSpace: "nowrap" }}>
        {text}
        {bad > 0 && `, ${t("chart.nonFinite", { bad })}`}
      </Text>
    </Tooltip>
  );
}

function drawingOf(answer: Answer, trainings: readonly Drawn[]): Drawing {
  const byId = new Map(trainings.map((one) => [one.id, one]));
  const curves = answer.series.flatMap((one) => {
    const training = byId.get(one.training);
    return training ? [{ ...one, key: training.id, name: training.name, color: training.color }] : [];
  });
  return { axis: answer.axis, mode: answer.mode, x: answer.x, width: answer.width, curves };
}
