// What all charts of a page share: axis, smoothing, scales, the tag filter, the way back from a zoom.

import { ActionIcon, Button, Group, Slider, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback, useHotkeys } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconLink, IconSearch, IconZoomReset } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { AddChart } from "./AddChart";
import type { Drawn } from "./drawing";
import { copyText } from "./exporting";
import { LayoutMenu } from "./LayoutMenu";
import { ScalesMenu } from "./ScalesMenu";
import { useTags } from "./tags";
import { regularExpression, type ChartView } from "./view";
import { XAxis } from "./XAxis";

interface Props {
  view: ChartView;
  onView(change: Partial<ChartView>): void;
  /** Whose metrics can be x or part of an expression. */
  trainings?: readonly Drawn[];
  /** The mean of groups is drawn. */
  grouped?: boolean;
  /** Whose default arrangement can be kept. */
  project?: string;
  children?: ReactNode;
}

const NOBODY: readonly Drawn[] = [];

export function Toolbar({ view, onView, trainings = NOBODY, grouped = false, project, children }: Props) {
  const { t } = useTranslation();
  const [tags, setTags] = useState(view.tags);
  const [smoothing, setSmoothing] = useState(view.smoothing);
  const [seenTags, setSeenTags] = useState(view.tags);
  const [seenSmoothing, setSeenSmoothing] = useState(view.smoothing);
  const slider = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const filter = useDebouncedCallback((text: string) => onView({ tags: text }), 200);
  const smooth = useDebouncedCallback((value: number) => onView({ smoothing: value }), 150);
  const known = useTags(useMemo(() => trainings.map((one) => one.id), [trainings]));
  // The address may change under the toolbar: by the browser's way back, or a link.
  if (seenTags !== view.tags) {
    setSeenTags(view.tags);
    setTags(view.tags);
  }
  if (seenSmoothing !== view.smoothing) {
    setSeenSmoothing(view.smoothing);
    setSmoothing(view.smoothing);
  }
  useHotkeys([
    ["l", () => onView({ logY: !view.logY })],
    ["s", () => slider.current?.querySelector<HTMLElement>("[role=slider]")?.focus()],
    ["/", () => search.current?.focus()],
  ]);
  useEffect(() => () => filter.cancel?.(), [filter]);

  const copy = async () => {
    const done = await copyText(location.href);
    notifications.show({ message: t(done ? "chart.linkCopied" : "chart.linkNotCopied"), color: done ? undefined : "red" });
  };

  return (
    <Group gap="sm" mb="sm" role="toolbar" aria-label={t("chart.toolbar")} align="flex-start">
      <TextInput
        ref={search}
        value={tags}
        onChange={(event) => {
          setTags(event.currentTarget.value);
          filter(event.currentTarget.value);
        }}
        placeholder={t("chart.filter")}
        aria-label={t("chart.filter")}
        description={regularExpression(tags) === null ? t("chart.notRegular") : undefined}
        inputWrapperOrder={["label", "input", "description"]}
        leftSection={<IconSearch size={14} />}
        w={200}
      />
      <XAxis view={view} onView={onView} tags={known} />
      <Group gap={6} wrap="nowrap" h={30}>
        <Text fz="xs" c="dimmed" id="smoothing">
          {t("chart.smoothing")}
        </Text>
        <Slider
          ref={slider}
          thumbProps={{ "aria-labelledby": "smoothing" }}
          w={110}
          size="sm"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          onChange={(value) => {
            setSmoothing(value);
            smooth(value);
          }}
          label={(value) => value.toFixed(2)}
        />
      </Group>
      <ScalesMenu view={view} onView={onView} grouped={grouped} />
      {trainings.length > 0 && <AddChart tags={known} onAdd={(chart) => onView({ own: [...view.own, chart] })} />}
      {project !== undefined && <LayoutMenu project={project} view={view} onView={onView} />}
      <Tooltip label={t("chart.copyLink")}>
        <ActionIcon variant="default" size={30} aria-label={t("chart.copyLink")} onClick={() => void copy()}>
          <IconLink size={14} />
        </ActionIcon>
      </Tooltip>
      {view.from !== null && (
        <Button variant="light" leftSection={<IconZoomReset size={14} />} onClick={() => onView({ from: null, to: null })}>
          {t("chart.resetZoom")}
        </Button>
      )}
      {children}
    </Group>
  );
}
