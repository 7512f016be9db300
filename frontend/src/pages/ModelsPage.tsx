import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/error";
import { PagePending } from "@/app/fallbacks";
import { nodeQuery } from "@/features/modelcloud/data";
import { plain } from "@/features/modelcloud/paths";
import { Place } from "@/features/modelcloud/Place";
import { Tree } from "@/features/modelcloud/Tree";
import type { CloudSearch } from "@/features/modelcloud/view";
import { nothingShown } from "@/ui/shown";

import classes from "./ModelsPage.module.css";

const route = getRouteApi("/inside/models/$");

export function ModelsRoot() {
  return <Models path="" search={{}} />;
}

export function ModelsPage() {
  const { _splat: path = "" } = route.useParams();
  return <Models path={path} search={route.useSearch()} />;
}

const isGone = (error: Error) => error instanceof ApiError && error.status === 404;

function Models({ path, search }: { path: string; search: CloudSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: node, error } = useQuery({ ...nodeQuery(path), throwOnError: (error, query) => !isGone(error) && nothingShown(error, query) });
  const onSearch = useCallback((change: CloudSearch) => void navigate({ to: "/models/$", params: { _splat: path }, search: change }), [navigate, path]);
  const onPath = useCallback((to: string) => void (to ? navigate({ to: "/models/$", params: { _splat: to } }) : navigate({ to: "/models" })), [navigate]);
  const gone = error !== null && isGone(error);
  return (
    <div className={classes.page}>
      <aside className={classes.tree}>
        <Tree current={plain(path)} />
      </aside>
      <div className={classes.place}>
        {gone && (
          <Stack gap="sm" align="flex-start">
            <Text>{t("models.gone", { path })}</Text>
            <Button component={Link} to="/models" variant="default">
              {t("models.all")}
            </Button>
          </Stack>
        )}
        {!gone && (node ? <Place key={node.path} node={node} search={search} onSearch={onSearch} onPath={onPath} /> : <PagePending />)}
      </div>
    </div>
  );
}
