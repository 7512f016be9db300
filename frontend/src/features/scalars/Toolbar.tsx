// What all charts of a page share: axis, smoothing, scales, the tag filter, the way back from a zoom.

import { Button, Checkbox, Group, Menu, SegmentedControl, Slider, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconAdjustments, IconSearch, IconZoomReset } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Axis } from "@/charts/types";

import type { ChartView } from "./view";

export function Toolbar({ view, onView }: { view: ChartView; onView(change: Partial<ChartView>): void }) {
  const { t } = useTranslation();
  const [tags, setTags] = useState(view.tags);
  const [smoothing, setSmoothing] = useState(view.smoothing);
  const filter = useDebouncedCallback((text: string) => onView({ tags: text }), 200);
  useEffect(() => setTags(view.tags), [view.tags]);
  useEffect(() => setSmoothing(view.smoothing), [view.smoothing]);

  return (
    <Group gap="sm" mb="sm" role="toolbar" aria-label={t("chart.toolbar")}>
      <TextInput
        value={tags}
        onChange={(event) => {
          setTags(event.currentTarget.value);
          filter(event.currentTarget.value);
        }}
        placeholder={t("chart.filter")}
        aria-label={t("chart.filter")}
        leftSection={<IconSearch size={14} />}
        w={200}
      />
      <SegmentedControl
        size="xs"
        aria-label={t("chart.axis")}
        value={view.axis}
        onChange={(axis) => onView({ axis: axis as Axis, from: null, to: null })}
        data={[
          { value: "step", label: t("chart.step") },
          { value: "relative", label: t("chart.relative") },
          { value: "time", label: t("chart.time") },
        ]}
      />
      <Group gap={6} wrap="nowrap">
        <Text fz="xs" c="dimmed" id="smoothing">
          {t("chart.smoothing")}
        </Text>
        <Slider
          aria-labelledby="smoothing"
          w={110}
          size="sm"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          onChange={setSmoothing}
          onChangeEnd={(value) => onView({ smoothing: value })}
          label={(value) => value.toFixed(2)}
        />
      </Group>
      <Menu closeOnItemClick={false}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconAdjustments size={14} />}>
            {t("chart.scales")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown p="xs">
          <Checkbox size="xs" mb={6} label={t("chart.logY")} checked={view.logY} onChange={(event) => onView({ logY: event.currentTarget.checked })} />
          <Checkbox size="xs" mb={6} label={t("chart.logX")} checked={view.logX} onChange={(event) => onView({ logX: event.currentTarget.checked })} />
          <Checkbox size="xs" label={t("chart.inliers")} checked={view.ignoreOutliers} onChange={(event) => onView({ ignoreOutliers: event.currentTarget.checked })} />
        </Menu.Dropdown>
      </Menu>
      {view.from !== null && (
        <Button variant="light" leftSection={<IconZoomReset size={14} />} onClick={() => onView({ from: null, to: null })}>
          {t("chart.resetZoom")}
        </Button>
      )}
    </Group>
  );
}
