import { Group, NativeSelect, SegmentedControl, Stack, Text, Title, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { LANGUAGES, setLanguage, type Language } from "@/app/i18n";
import { AuditLog, WhoAmI } from "@/features/accounts/Profile";

const SCHEMES: MantineColorScheme[] = ["auto", "light", "dark"];

export function ProfilePage() {
  const { t } = useTranslation();
  return (
    <Stack gap="lg" maw={900}>
      <Stack gap="xs">
        <Title order={1}>{t("accounts.profile.title")}</Title>
        <WhoAmI />
      </Stack>
      <Appearance />
      <AuditLog />
    </Stack>
  );
}

/** Kept by this browser. */
function Appearance() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap="xs" component="section" aria-label={t("accounts.profile.look")}>
      <Title order={2}>{t("accounts.profile.look")}</Title>
      <Group gap="lg" align="flex-end">
        <NativeSelect
          size="xs"
          label={t("language")}
          value={i18n.language}
          onChange={(event) => void setLanguage(event.currentTarget.value as Language)}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <div>
          <Text fz="xs" fw={500} id="scheme">
            {t("accounts.profile.scheme")}
          </Text>
          <SegmentedControl
            size="xs"
            aria-labelledby="scheme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
            data={SCHEMES.map((value) => ({ value, label: t(`accounts.profile.${value}`) }))}
          />
        </div>
      </Group>
    </Stack>
  );
}
