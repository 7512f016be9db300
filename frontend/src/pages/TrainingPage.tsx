import { Group, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { PagePending } from "@/app/fallbacks";
import { colorAt, colorIndexes } from "@/charts/palette";
import { Charts } from "@/features/scalars/Charts";
import { searchOf, viewOf, type ChartView } from "@/features/scalars/view";
import { trainingQuery } from "@/features/trainings/data";
import { Status } from "@/ui/Status";
import { useComputedColorScheme } from "@mantine/core";

const route = getRouteApi("/inside/trainings/$ref");

export function TrainingPage() {
  const { t } = useTranslation();
  const { ref } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const scheme = useComputedColorScheme();
  const { data: training } = useQuery({ ...trainingQuery(ref), throwOnError: true });
  const view = useMemo(() => viewOf(search), [search]);
  const onView = useCallback(
    (change: Partial<ChartView>) => void navigate({ search: (before) => ({ ...before, ...searchOf({ ...viewOf(before), ...change }) }), replace: true }),
    [navigate],
  );
  const drawn = useMemo(() => {
    if (!training) return [];
    const index = colorIndexes([training.number]).get(training.number) ?? 0;
    return [{ id: training.id, number: training.number, name: training.name, color: colorAt(index, scheme) }];
  }, [training, scheme]);

  if (!training) return <PagePending />;
  return (
    <>
      <Group gap="sm" mb="xs">
        <Title order={1}>{training.name}</Title>
        <Text c="dimmed">#{training.number}</Text>
        <Status status={training.status} reason={training.reason} />
      </Group>
      <Tabs defaultValue="scalars" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="scalars">{t("training.scalars")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="scalars">
          <Charts trainings={drawn} view={view} onView={onView} project={training.project.id} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
