// How much of its space a project uses; owners set how much there is.

import { Button, Group, NumberInput, Progress, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { bytes } from "@/charts/format";
import { FormDialog } from "@/ui/FormDialog";

import { mayRule, quotaQuery, useSetQuota, type Node } from "./data";

const MIB = 1024 * 1024;

export function QuotaBar({ folder }: { folder: Node }) {
  const { t } = useTranslation();
  const project = folder.project?.id ?? "";
  const { data } = useQuery(quotaQuery(project));
  const setting = useSetQuota(project);
  const [asking, setAsking] = useState(false);
  if (!data) return null;
  const part = data.allowed ? Math.min(100, (100 * data.used) / data.allowed) : null;
  return (
    <Group gap="xs" wrap="nowrap">
      {part !== null && <Progress value={part} w={90} color={part >= 90 ? "red" : undefined} aria-label={t("models.quota.title")} />}
      <Text fz="xs" c="dimmed" className="tabular" title={t("models.bytes", { count: data.used })}>
        {data.allowed ? t("models.quota.of", { used: bytes(data.used), allowed: bytes(data.allowed) }) : t("models.quota.free", { used: bytes(data.used) })}
      </Text>
      {mayRule(folder) && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setAsking(true)}>
          {t("models.quota.change")}
        </Button>
      )}
      {asking && (
        <FormDialog
          title={t("models.quota.titleOf", { name: folder.name })}
          text={t("models.quota.text")}
          act={t("app.save")}
          onAct={({ mebibytes = "" }) => setting.mutateAsync(mebibytes === "" ? null : Math.round(Number(mebibytes) * MIB))}
          onClose={() => setAsking(false)}
        >
          <NumberInput name="mebibytes" size="xs" label={t("models.quota.label")} min={0} allowDecimal={false} defaultValue={data.set === null ? "" : Math.ceil(data.set / MIB)} data-autofocus />
        </FormDialog>
      )}
    </Group>
  );
}
