// The arrangement of a project's charts, kept as its default, in this browser.

import { Button, Menu, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLayoutGrid } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { isBare, storedLayout, useLayout, viewOfLayout } from "./layout";
import { readSearch, USUAL, type ChartView } from "./view";

export function LayoutMenu({ project, view, onView }: { project: string; view: ChartView; onView(change: Partial<ChartView>): void }) {
  const { t } = useTranslation();
  const { save, forget } = useLayout(project, view);
  const applied = useRef<string | null>(null);
  useEffect(() => {
    // Once, and only where the address leaves it open: a link shows what it showed to its sender.
    if (applied.current === project) return;
    applied.current = project;
    const stored = isBare(view) ? storedLayout(project, readSearch) : null;
    if (stored) onView(viewOfLayout(stored));
  }, [project, view, onView]);
  const tell = (key: string) => notifications.show({ message: t(key) });
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconLayoutGrid size={14} />}>
          {t("chart.layout")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown maw={280}>
        <Menu.Item
          onClick={() => {
            save();
            tell("chart.layoutSaved");
          }}
        >
          {t("chart.layoutSave")}
        </Menu.Item>
        <Menu.Item onClick={() => onView(viewOfLayout(storedLayout(project, readSearch) ?? {}))}>{t("chart.layoutApply")}</Menu.Item>
        <Menu.Item
          onClick={() => {
            forget();
            onView({ ...viewOfLayout({}), from: USUAL.from, to: USUAL.to });
            tell("chart.layoutForgotten");
          }}
        >
          {t("chart.layoutForget")}
        </Menu.Item>
        <Text fz="xs" c="dimmed" px="sm" py={4}>
          {t("chart.layoutWhere")}
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}
