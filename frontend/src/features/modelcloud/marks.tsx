// Small signs of the ModelCloud: what a node is, the stage of a version, and the training that it comes from.

import { Badge, Text } from "@mantine/core";
import { IconBox, IconFile, IconFolder, IconFolders } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { number } from "@/charts/format";
import { AppLink } from "@/ui/AppLink";

import type { Node, Origin, Stage } from "./data";

const ICONS = { folder: IconFolder, model: IconBox, file: IconFile, project: IconFolders };

export function KindIcon({ kind }: { kind: Node["kind"] | "project" }) {
  const { t } = useTranslation();
  const Icon = ICONS[kind];
  return <Icon size={15} stroke={1.5} role="img" aria-label={t(`models.kinds.${kind}`)} style={{ flex: "none", opacity: 0.75 }} />;
}

/** Dark enough on light, light enough on dark. */
const COLORS: Record<Stage, string> = {
  none: "inherit",
  candidate: "light-dark(#7a5c00, #e6c34a)",
  staging: "light-dark(#862e9c, #da9be8)",
  production: "light-dark(#0b6e55, #47c4a2)",
  archived: "var(--mantine-color-dimmed)",
};

export function StageBadge({ stage }: { stage: Stage }) {
  const { t } = useTranslation();
  if (stage === "none") return null;
  return (
    <Badge size="sm" variant="outline" tt="none" style={{ flex: "none", color: COLORS[stage], borderColor: "currentColor" }}>
      {t(`models.stages.${stage}`)}
    </Badge>
  );
}

/** Links to the training of a version, with the iteration that it was taken at. */
export function From({ training }: { training: Origin | null }) {
  const { t } = useTranslation();
  if (!training) return null;
  const name = training.name || (training.number === null ? t("models.someTraining") : `#${training.number}`);
  return (
    <>
      <AppLink to="/trainings/$ref" params={{ ref: String(training.number ?? training.id) }}>
        {name}
      </AppLink>
      {training.iteration !== null && (
        <Text span c="dimmed" className="tabular">
          {` ${t("models.atIteration", { iteration: number(training.iteration) })}`}
        </Text>
      )}
    </>
  );
}
