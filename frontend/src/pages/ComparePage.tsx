// Trainings beside each other, by their numbers in the address: `/compare?t=12,15`.

import { Text, Title, useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { PagePending } from "@/app/fallbacks";
import { colorAt, colorIndexes } from "@/charts/palette";
import { Charts } from "@/features/scalars/Charts";
import { searchOf, viewOf, type ChartView } from "@/features/scalars/view";
import { comparedQuery } from "@/features/trainings/data";

const route = getRouteApi("/inside/compare");

export function ComparePage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const scheme = useComputedColorScheme();
  const numbers = useMemo(() => (search.t ? search.t.split(",").map(Number) : []), [search.t]);
  const { data: trainings } = useQuery({ ...comparedQuery(numbers), throwOnError: true });
  const view = useMemo(() => viewOf(search), [search]);
  const onView = useCallback(
    (change: Partial<ChartView>) => void navigate({ search: (before) => ({ ...before, ...searchOf({ ...viewOf(before), ...change }) }), replace: true }),
    [navigate],
  );
  const drawn = useMemo(() => {
    const index = colorIndexes(trainings?.map((one) => one.number) ?? []);
    return trainings?.map(({ id, number, name }) => ({ id, number, name, color: colorAt(index.get(number)!, scheme) }));
  }, [trainings, scheme]);

  if (!numbers.length) return <Text c="dimmed">{t("chart.compareNone")}</Text>;
  if (!drawn) return <PagePending />;
  return (
    <>
      <Title order={1} mb="xs">
        {t("chart.compareTitle", { count: drawn.length })}
      </Title>
      <Charts trainings={drawn} view={view} onView={onView} project="compare" />
    </>
  );
}
