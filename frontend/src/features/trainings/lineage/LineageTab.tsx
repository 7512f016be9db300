// What came out of a training: its snapshots, and the versions of models that they became.

import { Badge, Code, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconBox, IconChartLine, IconFileDatabase } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { bytes, number } from "@/charts/format";
import { Ago } from "@/ui/Ago";
import { Failure } from "@/ui/Failure";
import { Status } from "@/ui/Status";

import type { WholeTraining } from "../data";
import { gitOf } from "../overview/environment";
import { snapshotsQuery, type Snapshot } from "../snapshots/data";
import { lineageQuery, type Descendant } from "./data";
import classes from "./LineageTab.module.css";

interface Props {
  training: WholeTraining;
  /** A link to a place in the ModelCloud. */
  modelLink(path: string, text: string): ReactNode;
}

export function LineageTab({ training, modelLink }: Props) {
  const { t } = useTranslation();
  const { data: snapshots, error: noSnapshots } = useQuery(snapshotsQuery(training.id));
  const { data: lineage, error: noLineage, refetch } = useQuery(lineageQuery(training));
  const [all, setAll] = useState(false);
  const error = noSnapshots ?? noLineage;
  if (error && !(snapshots && lineage)) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!snapshots || !lineage) return <Skeleton h={160} aria-busy />;

  const known = new Set(snapshots.map((one) => one.id));
  const versionsOf = (snapshot: Snapshot) => lineage.versions.filter((one) => one.training?.snapshot === snapshot.id);
  const used = snapshots.filter((one) => versionsOf(one).length > 0);
  const unused = snapshots.length - used.length;
  const others = lineage.versions.filter((one) => !known.has(one.training?.snapshot ?? ""));
  const commit = gitOf(training.environment)?.commit;
  return (
    <Stack gap="sm">
      <ul className={classes.tree} aria-label={t("training.tab.lineage")}>
        <li>
          <Entry icon={<IconChartLine size={15} />}>
            <Text span fw={600}>
              {training.name}
            </Text>
            <Text span c="dimmed">
              #{training.number}
            </Text>
            <Status status={training.status} reason={training.reason} />
            {commit && <Code title={commit}>{commit.slice(0, 8)}</Code>}
          </Entry>
          {(snapshots.length > 0 || others.length > 0) && (
            <ul>
              {(all ? snapshots : used).map((one) => (
                <SnapshotEntry key={one.id} snapshot={one} versions={versionsOf(one)} modelLink={modelLink} />
              ))}
              {others.map((one) => (
                <VersionEntry key={one.id} version={one} modelLink={modelLink} />
              ))}
              {unused > 0 && (
                <li>
                  <button type="button" className={classes.more} aria-expanded={all} onClick={() => setAll(!all)}>
                    {t(all ? "training.lineage.hideUnused" : "training.lineage.unused", { count: unused })}
                  </button>
                </li>
              )}
            </ul>
          )}
        </li>
      </ul>
      {lineage.versions.length === 0 && (
        <Text c="dimmed" maw={640}>
          {t(snapshots.length ? "training.lineage.nonePromoted" : "training.lineage.none")}
        </Text>
      )}
      <Text fz="xs" c="dimmed">
        {t(lineage.incomplete ? "training.lineage.incomplete" : "training.lineage.where", { project: training.project.path })}
      </Text>
    </Stack>
  );
}

function SnapshotEntry({ snapshot, versions, modelLink }: { snapshot: Snapshot; versions: Descendant[]; modelLink: Props["modelLink"] }) {
  const { t } = useTranslation();
  return (
    <li>
      <Entry icon={<IconFileDatabase size={15} />}>
        <span>{snapshot.name}</span>
        <Text span c="dimmed" className="tabular">
          {t("training.lineage.iteration", { iteration: number(snapshot.iteration) })}
        </Text>
        <Text span c="dimmed" className="tabular">
          {bytes(snapshot.size)}
        </Text>
      </Entry>
      {versions.length > 0 && (
        <ul>
          {versions.map((one) => (
            <VersionEntry key={one.id} version={one} modelLink={modelLink} />
          ))}
        </ul>
      )}
    </li>
  );
}

function VersionEntry({ version, modelLink }: { version: Descendant; modelLink: Props["modelLink"] }) {
  return (
    <li>
      <Entry icon={<IconBox size={15} />}>
        {modelLink(version.line, `${version.line} v${version.number}`)}
        {version.stage && version.stage !== "none" && (
          <Badge size="sm" variant="default" tt="none">
            {version.stage}
          </Badge>
        )}
        {version.aliases.map((alias) => (
          <Badge key={alias} size="sm" variant="default" tt="none">
            @{alias}
          </Badge>
        ))}
        {version.comment && (
          <Text span c="dimmed" truncate maw={320} title={version.comment}>
            {version.comment}
          </Text>
        )}
        <Text span c="dimmed">
          <Ago at={version.created_at} />
        </Text>
      </Entry>
    </li>
  );
}

function Entry({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <Group gap={8} fz="sm" className={classes.entry}>
      {icon}
      {children}
    </Group>
  );
}
