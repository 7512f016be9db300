import { Center, Paper, Text, Title } from "@mantine/core";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { SignIn } from "@/features/accounts/SignIn";

const route = getRouteApi("/login");

export function LoginPage() {
  const { t } = useTranslation();
  const { next } = route.useSearch();
  const router = useRouter();
  // Only an address below this application's own, which `next` leaves out: a link must not send people elsewhere after they sign in.
  const target = next?.startsWith("/") && !next.startsWith("//") ? next : "/trainings";
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper withBorder p="xl" w={340}>
        <Title order={1}>Pavi</Title>
        <Text c="dimmed" mb="md">
          {t("signIn.lead")}
        </Text>
        <SignIn onDone={() => router.history.push(`/app${target}`)} />
      </Paper>
    </Center>
  );
}
