// From nothing to the first curve: the lines to paste, with this server's address and a fresh token in them.

import { Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/ui/Failure";
import { Paste } from "@/ui/Paste";

import { arrivedQuery, useCreateToken } from "./data";
import { loginLines, trainingLines } from "./lines";

interface Props {
  /** Written into the lines: `name` or `owner/name`. Without it, any project's first training counts. */
  project?: string;
  /** Called once the first training is here; lists of trainings are fetched anew by themselves. */
  onArrived?(): void;
}

export function FirstSteps({ project, onArrived }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const making = useCreateToken();
  const { data: arrived } = useQuery(arrivedQuery(project));
  useEffect(() => {
    if (!arrived) return;
    void queries.invalidateQueries({ queryKey: ["trainings"] });
    onArrived?.();
  }, [arrived, queries, onArrived]);

  return (
    <Stack gap="md" maw={720}>
      <div>
        <Title order={1}>{t("accounts.first.title")}</Title>
        <Text c="dimmed">{t("accounts.first.lead")}</Text>
      </div>
      <Step title={t("accounts.first.install")} text={making.data ? t("accounts.first.tokenMade") : t("accounts.first.installText")}>
        <Paste text={loginLines(location.origin, making.data?.token)} label={t("accounts.first.install")} />
        {!making.data && (
          <Group gap="sm">
            <Button
              variant="light"
              leftSection={<IconKey size={14} />}
              loading={making.isPending}
              onClick={() => making.mutate({ name: t("accounts.first.tokenName", { date: new Date().toISOString().slice(0, 10) }), expires: null })}
            >
              {t("accounts.first.makeToken")}
            </Button>
            <Text fz="xs" c="dimmed">
              {t("accounts.first.makeTokenText")}
            </Text>
          </Group>
        )}
        {making.error && <Failure error={making.error} />}
      </Step>
      <Step title={t("accounts.first.log")} text={t("accounts.first.logText")}>
        <Paste text={trainingLines(project)} label={t("accounts.first.log")} />
      </Step>
      <Step title={t("accounts.first.watch")} text={t("accounts.first.watchText")}>
        <Group gap="xs" role="status">
          {arrived ? null : <Loader size="xs" type="dots" />}
          <Text fz="sm">{t(arrived ? "accounts.first.arrived" : "accounts.first.waiting")}</Text>
        </Group>
      </Step>
    </Stack>
  );
}

function Step({ title, text, children }: { title: string; text: string; children: React.ReactNode }) {
  return (
    <Stack gap={6} component="section" aria-label={title}>
      <Title order={2}>{title}</Title>
      <Text fz="sm" c="dimmed">
        {text}
      </Text>
      {children}
    </Stack>
  );
}
