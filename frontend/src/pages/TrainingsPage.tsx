import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { FirstSteps } from "@/features/accounts/FirstSteps";
import { meQuery } from "@/features/accounts/session";
import { TrainingsTable } from "@/features/trainings/table/TrainingsTable";
import { tableSearchOf, tableViewOf, type TableView } from "@/features/trainings/table/view";

const route = getRouteApi("/inside/trainings");

export function TrainingsPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: me } = useQuery(meQuery);
  const view = useMemo(() => tableViewOf(search), [search]);
  const onView = useCallback((change: Partial<TableView>) => void navigate({ search: (before) => tableSearchOf({ ...tableViewOf(before), ...change }) }), [navigate]);
  return (
    <>
      <VisuallyHidden component="h1">{t("nav.trainings")}</VisuallyHidden>
      <TrainingsTable view={view} onView={onView} user={me?.username ?? ""} firstSteps={<FirstSteps project={view.project || undefined} />} />
    </>
  );
}
