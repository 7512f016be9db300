// The snapshots of a training: a table with the metrics at each, and what can be done with one.

import { Alert, Button, Group, MultiSelect, Skeleton, Stack, Text } from "@mantine/core";
import { IconAdjustments, IconBox } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { bytes, number } from "@/charts/format";
import { Failure } from "@/ui/Failure";
import { FormDialog } from "@/ui/FormDialog";
import { Paste } from "@/ui/Paste";

import type { WholeTraining } from "../data";
import { useFailureNotice } from "../overview/notice";
import { rulesQuery, snapshotsQuery, useDeleteSnapshot, usePin, type Rules, type Snapshot } from "./data";
import { tagsOf } from "./metrics";
import { PromoteForm } from "./PromoteForm";
import { RulesForm } from "./RulesForm";
import { SnapshotTable } from "./SnapshotTable";

const FIRST_METRICS = 4;
const MOST_METRICS = 8;

interface Props {
  training: WholeTraining;
  /** A link to a place in the ModelCloud. */
  modelLink(path: string, text: string): ReactNode;
  /** The folder of its project in the ModelCloud, as the reader writes it. */
  folder: string;
}

type Asking = { what: "promote" | "delete"; snapshot: Snapshot } | { what: "rules" } | null;

export function SnapshotsTab({ training, modelLink, folder }: Props) {
  const { t } = useTranslation();
  const { data: items, error, refetch } = useQuery(snapshotsQuery(training.id));
  const { data: rules } = useQuery(rulesQuery(training.id));
  const [asking, setAsking] = useState<Asking>(null);
  const [promoted, setPromoted] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const failed = useFailureNotice();
  const pin = usePin(training.id);
  const remove = useDeleteSnapshot(training.id);
  const tags = useMemo(() => tagsOf(items ?? []), [items]);
  const shown = chosen ?? tags.slice(0, FIRST_METRICS);
  const close = () => setAsking(null);

  if (error && !items) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!items) return <Skeleton h={160} aria-busy />;
  if (!items.length) {
    return (
      <Stack gap="xs">
        <Text c="dimmed">{t("training.snapshots.none")}</Text>
        <Paste text={'training.add_snapshot_file("checkpoint", "model.pt", iteration=step)'} label={t("training.snapshots.none")} />
      </Stack>
    );
  }
  return (
    <section aria-label={t("training.tab.snapshots")}>
      <Group gap="sm" mb="xs" align="center">
        <Text className="tabular">{t("training.snapshots.count", { count: items.length })}</Text>
        <Text fz="sm" c="dimmed">
          <RulesText rules={rules} />
        </Text>
        {training.writable && rules && (
          <Button variant="default" leftSection={<IconAdjustments size={14} />} onClick={() => setAsking({ what: "rules" })}>
            {t("training.snapshots.rules")}
          </Button>
        )}
        <MultiSelect
          size="xs"
          searchable
          maxValues={MOST_METRICS}
          flex={1}
          miw={180}
          maw={520}
          aria-label={t("training.snapshots.metrics")}
          placeholder={shown.length ? undefined : t("training.snapshots.metrics")}
          data={tags}
          value={shown}
          onChange={setChosen}
          nothingFoundMessage={t("training.snapshots.noMetric")}
        />
      </Group>
      {promoted && (
        <Alert color="teal" variant="light" role="status" p="xs" mb="xs" maw={640} icon={<IconBox size={16} />} withCloseButton closeButtonLabel={t("app.close")} onClose={() => setPromoted(null)}>
          {t("training.snapshots.promoted")} {modelLink(promoted, promoted)}
        </Alert>
      )}
      <SnapshotTable
        training={training}
        items={items}
        tags={shown}
        onPin={(one) => pin.mutate({ id: one.id, pinned: !one.pinned }, { onError: failed })}
        onPromote={(snapshot) => setAsking({ what: "promote", snapshot })}
        onDelete={(snapshot) => setAsking({ what: "delete", snapshot })}
      />
      {asking?.what === "delete" && (
        <FormDialog
          danger
          title={t("training.snapshots.deleteTitle", { name: asking.snapshot.name })}
          text={t("training.snapshots.deleteText", { iteration: number(asking.snapshot.iteration), size: bytes(asking.snapshot.size) })}
          act={t("training.snapshots.delete")}
          onAct={() => remove.mutateAsync(asking.snapshot.id)}
          onClose={close}
        />
      )}
      {asking?.what === "promote" && (
        <PromoteForm
          training={training}
          snapshot={asking.snapshot}
          folder={folder}
          onClose={close}
          onPromoted={setPromoted}
        />
      )}
      {asking?.what === "rules" && rules && <RulesForm training={training} rules={rules} tags={tags} onClose={close} />}
    </section>
  );
}

function RulesText({ rules }: { rules: Rules | undefined }) {
  const { t } = useTranslation();
  if (!rules) return null;
  const parts: string[] = [];
  if (rules.keep_last) parts.push(t("training.snapshots.keptLast", { count: rules.keep_last }));
  if (rules.keep_best) parts.push(t("training.snapshots.keptBest", { count: rules.keep_best.count, metric: rules.keep_best.metric, mode: rules.keep_best.mode }));
  if (!parts.length) return t("training.snapshots.keptAll");
  return [...parts, ...(rules.inherited ? [t("training.snapshots.asProject")] : [])].join(" · ");
}
