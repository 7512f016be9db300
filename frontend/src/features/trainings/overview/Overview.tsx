// Everything stored of a training beside its curves, on one page: how it is, what it was given, where it ran.

import { Alert, Code, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { number, type Real } from "@/charts/format";
import { Ago } from "@/ui/Ago";
import { Paste } from "@/ui/Paste";
import { Status } from "@/ui/Status";

import type { WholeTraining } from "../data";
import { ConfigTree } from "./ConfigTree";
import { textOf } from "./config";
import { Elapsed, ProgressBar } from "./Elapsed";
import { Environment } from "./Environment";
import { Facts } from "./Facts";
import { Notes } from "./Notes";
import classes from "./Overview.module.css";
import { RawText } from "./RawText";
import { Writers } from "./Writers";

export function Overview({ training, readAt }: { training: WholeTraining; readAt: number }) {
  const { t } = useTranslation();
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <State training={training} readAt={readAt} />
        <Summary summary={training.summary} />
        <Notes training={training} field="notes" />
        {(training.description || training.writable) && <Notes training={training} field="description" />}
        <Writers training={training} />
      </div>
      <div className={classes.column}>
        <section aria-label={t("training.config.title")}>
          <Title order={2} mb={4}>
            {t("training.config.title")}
          </Title>
          {Object.keys(training.config).length ? (
            <ConfigTree config={training.config} />
          ) : (
            <>
              <Text c="dimmed" mb={4}>
                {t("training.config.none")}
              </Text>
              <Paste text={'pavi.init(config={"optimizer": {"lr": 0.1}})'} label={t("training.config.none")} />
            </>
          )}
          {training.session_text && <RawText title={t("training.config.sessionText")} text={training.session_text} />}
        </section>
        <Environment training={training} />
      </div>
    </div>
  );
}

function State({ training, readAt }: { training: WholeTraining; readAt: number }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("training.state.title")}>
      <Title order={2} mb={4}>
        {t("training.state.title")}
      </Title>
      {training.reason && training.status === "crashed" && (
        <Alert color="red" variant="light" p="xs" mb="xs" icon={<IconAlertTriangle size={16} />} title={t("training.state.crashed")}>
          <Text fz="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {training.reason}
          </Text>
        </Alert>
      )}
      {training.status === "lost" && (
        <Alert color="yellow" variant="light" p="xs" mb="xs" icon={<IconAlertTriangle size={16} />}>
          <Text fz="sm">{t("training.state.lost")}</Text>
        </Alert>
      )}
      {training.lost_points > 0 && (
        <Alert color="yellow" variant="light" p="xs" mb="xs" icon={<IconAlertTriangle size={16} />}>
          <Text fz="sm">{t("training.state.lostPoints", { count: training.lost_points })}</Text>
        </Alert>
      )}
      <Facts
        rows={[
          [t("training.state.status"), <Status key="status" status={training.status} reason={training.reason} />],
          [t("training.progress"), <ProgressBar key="progress" training={training} readAt={readAt} />],
          [t("training.elapsed"), <Elapsed key="elapsed" training={training} readAt={readAt} />],
          [t("training.state.started"), <Ago key="started" at={training.started_at} />],
          [t("training.state.finished"), training.finished_at ? <Ago key="finished" at={training.finished_at} /> : null],
          [t("training.state.heartbeat"), <Ago key="heartbeat" at={training.heartbeat_at} />],
          ...(training.exit_code === null ? [] : [[t("training.state.exitCode"), String(training.exit_code)] as const]),
          [t("training.state.user"), training.user],
          [t("training.state.host"), training.host],
          ...(training.model ? [[t("training.state.model"), training.model] as const] : []),
          [t("training.id"), <Code key="id">{training.id}</Code>],
        ]}
      />
    </section>
  );
}

function Summary({ summary }: { summary: Record<string, unknown> }) {
  const { t } = useTranslation();
  const entries = Object.entries(summary);
  return (
    <section aria-label={t("training.summary.title")}>
      <Title order={2} mb={4}>
        {t("training.summary.title")}
      </Title>
      {entries.length ? (
        <Facts rows={entries.map(([name, value]) => [name, <Value key={name} value={value} />] as const)} />
      ) : (
        <>
          <Text c="dimmed" mb={4}>
            {t("training.summary.none")}
          </Text>
          <Paste text={'training.summary["best_acc"] = 0.97'} label={t("training.summary.none")} />
        </>
      )}
    </section>
  );
}

function Value({ value }: { value: unknown }) {
  const real = typeof value === "number" || ["NaN", "Infinity", "-Infinity"].includes(value as string);
  return <span title={textOf(value)}>{real ? number(value as Real) : textOf(value)}</span>;
}
