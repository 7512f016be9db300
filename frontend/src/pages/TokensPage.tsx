import { Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Tokens } from "@/features/accounts/Tokens";

export function TokensPage() {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" maw={900}>
      <div>
        <Title order={1}>{t("accounts.tokens.title")}</Title>
        <Text c="dimmed">{t("accounts.tokens.lead")}</Text>
      </div>
      <Tokens />
    </Stack>
  );
}
