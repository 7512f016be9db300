// Says that the server does not answer, from when on, and that nothing has to be done.

import { Button, Group, Text } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { live } from "@/api/live";

import classes from "./Shell.module.css";
import { connection } from "./connection";
import { queryClient } from "./query";

export function OfflineBanner() {
  const { t, i18n } = useTranslation();
  const router = useRouter();
  const since = useSyncExternalStore(
    (observer) => connection.observe(observer),
    () => connection.since,
  );
  useEffect(
    () =>
      connection.onBack(() => {
        void queryClient.invalidateQueries();
        void router.invalidate(); // a page that could not be shown tries again
      }),
    [router],
  );
  useEffect(() => live.observe(() => void (live.state === "offline" && queryClient.refetchQueries({ queryKey: ["me"] }))), []);
  if (since === null) return null;
  const time = since.toLocaleTimeString(i18n.language, { hour: "2-digit", minute: "2-digit" });
  return (
    <div className={classes.offline} role="status">
      <Group gap="sm" justify="center">
        <IconCloudOff size={16} aria-hidden />
        <Text fz="sm">{t("app.banner.text", { time })}</Text>
        <Button size="compact-xs" variant="default" onClick={() => void connection.ask()}>
          {t("error.again")}
        </Button>
      </Group>
    </div>
  );
}
