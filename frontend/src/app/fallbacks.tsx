// What stands where a page would: while it loads, when it failed, when there is none.

import { Button, Code, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/error";

export function PagePending() {
  return (
    <Stack gap="xs" p="md" aria-busy>
      <Skeleton h={24} w={220} />
      <Skeleton h={160} />
      <Skeleton h={160} />
    </Stack>
  );
}

export function PageError({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const router = useRouter();
  const failure = error instanceof Error ? error : new Error(String(error));
  return (
    <Stack gap="sm" p="md" role="alert" maw={560}>
      <Title order={1}>{t("error.title")}</Title>
      <Text>{failure.message}</Text>
      {failure instanceof ApiError && failure.requestId && (
        <Text c="dimmed" fz="xs">
          {t("error.request")} <Code>{failure.requestId}</Code>
        </Text>
      )}
      <div>
        <Button onClick={() => void router.invalidate()}>{t("error.again")}</Button>
      </div>
    </Stack>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" p="md" maw={560}>
      <Title order={1}>{t("notFound.title")}</Title>
      <Text c="dimmed">{t("notFound.text")}</Text>
      <div>
        <Button component={Link} to="/trainings" variant="default">
          {t("notFound.home")}
        </Button>
      </div>
    </Stack>
  );
}
