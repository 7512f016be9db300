// Says why nothing was changed, where the page has no place of its own for it.

import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";

import { messageOf } from "@/ui/Failure";

export function useFailureNotice(): (error: unknown) => void {
  const { t } = useTranslation();
  return (error) => notifications.show({ color: "red", title: t("training.notChanged"), message: messageOf(error, t("app.offline")) });
}
