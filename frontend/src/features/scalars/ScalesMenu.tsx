// Logarithmic axes, outliers, and what is drawn around the mean of a group.

import { Button, Checkbox, Menu, Radio } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Band } from "./groups";
import type { ChartView } from "./view";

export function ScalesMenu({ view, onView, grouped }: { view: ChartView; onView(change: Partial<ChartView>): void; grouped: boolean }) {
  const { t } = useTranslation();
  return (
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
        {grouped && (
          <>
            <Menu.Divider my={8} />
            <Radio.Group size="xs" label={t("chart.band")} value={view.band} onChange={(band) => onView({ band: band as Band })}>
              {(["range", "std", "none"] as const).map((band) => (
                <Radio key={band} size="xs" mt={6} value={band} label={t(`chart.bandOf.${band}`)} />
              ))}
            </Radio.Group>
            <Checkbox size="xs" mt={10} label={t("chart.members")} checked={view.members} onChange={(event) => onView({ members: event.currentTarget.checked })} />
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
