// What stands in the place of an empty table: why it is empty, and what to do next.

import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { TableView } from "./view";

interface Props {
  view: TableView;
  onView(change: Partial<TableView>): void;
  firstSteps: ReactNode;
}

export function Nothing({ view, onView, firstSteps }: Props) {
  const { t } = useTranslation();
  if (!view.where && view.shelf === "active") return firstSteps;
  const what = view.where ? "filtered" : view.shelf;
  return (
    <Stack gap="xs" py="xl" align="flex-start" maw={560}>
      <Title order={2}>{t(`table.empty.${what}`)}</Title>
      <Text c="dimmed" fz="sm">
        {t(`table.empty.${what}Text`)}
      </Text>
      <Group gap="xs">
        {view.where && <Button onClick={() => onView({ where: "" })}>{t("table.clearFilter")}</Button>}
        {view.shelf !== "active" && (
          <Button variant="default" onClick={() => onView({ shelf: "active" })}>
            {t("table.empty.toActive")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
