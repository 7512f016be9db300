// Who moved which alias, who set which stage, when, and why. Nothing is ever taken out of it.

import { Badge, Skeleton, Stack, Text, Timeline } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Trans, useTranslation } from "react-i18next";

import { Ago } from "@/ui/Ago";
import { Failure } from "@/ui/Failure";
import { More } from "@/ui/More";

import { historyQuery, type Change, type Stage } from "./data";
import { StageBadge } from "./marks";

export function History({ path }: { path: string }) {
  const { t } = useTranslation();
  const pages = useInfiniteQuery(historyQuery(path));
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  if (pages.error) return <Failure error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Skeleton h={100} aria-busy />;
  if (items.length === 0) return <Text c="dimmed">{t("models.noHistory")}</Text>;
  return (
    <Stack gap="sm">
      <Timeline bulletSize={10} lineWidth={1} aria-label={t("models.tabs.history")}>
        {items.map((change) => (
          <Timeline.Item key={change.id}>
            <Text fz="sm" component="div">
              <Said change={change} />{" "}
              <Text span c="dimmed" fz="xs">
                <Ago at={change.at} />
              </Text>
            </Text>
            {change.comment && (
              <Text fz="sm" c="dimmed">
                {change.comment}
              </Text>
            )}
          </Timeline.Item>
        ))}
      </Timeline>
      <More pages={pages} />
    </Stack>
  );
}

/** The name of the sentence that tells a change. */
export function sentenceOf(change: Change): "stage" | "taken" | "set" | "moved" {
  if (change.kind === "stage") return "stage";
  if (change.version === null) return "taken";
  return change.previous === null ? "set" : "moved";
}

function Said({ change }: { change: Change }) {
  const { t } = useTranslation();
  return (
    <Trans
      t={t}
      i18nKey={`models.said.${sentenceOf(change)}`}
      values={{ who: change.by ?? t("models.somebody"), alias: change.alias, version: change.version, previous: change.previous }}
      components={{
        b: <b />,
        alias: <Badge size="sm" variant="light" tt="none" />,
        stage: change.stage && change.stage !== "none" ? <StageBadge stage={change.stage as Stage} /> : <span>{t("models.stages.none")}</span>,
      }}
    />
  );
}
