// What went wrong inside a page: the server's own words, and what to do.

import { Alert, Button, Code, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { ApiError, Offline } from "@/api/error";

/** `onRetry` adds a button; without it the reader is only told. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?(): void }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={16} />} p="xs" maw={640}>
      <Group gap="sm" justify="space-between">
        <Text fz="sm" style={{ overflowWrap: "anywhere" }}>
          {messageOf(error, t("app.offline"))}
          {error instanceof ApiError && error.status >= 500 && error.requestId && (
            <>
              {" "}
              <Code>{error.requestId}</Code>
            </>
          )}
        </Text>
        {onRetry && (
          <Button size="compact-xs" variant="default" onClick={onRetry}>
            {t("error.again")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

export function messageOf(error: unknown, offline: string): string {
  if (error instanceof Offline) return offline;
  return error instanceof Error ? error.message : String(error);
}
