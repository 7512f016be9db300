// The frame around every page: a rail of places, a bar with who is looking, and what is said across all pages.

import { ActionIcon, AppShell, Burger, Group, Menu, Modal, NavLink, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBox, IconChartLine, IconFolders, IconGitCompare, IconKey, IconLanguage, IconLogout, IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { live } from "@/api/live";
import { SignIn } from "@/features/accounts/SignIn";
import { meQuery, useSignOut } from "@/features/accounts/session";

import { LANGUAGES, setLanguage, type Language } from "./i18n";
import { signedOut } from "./query";

/** Only places that exist: a place gets its entry with its first page. */
const PLACES = [
  { to: "/trainings", icon: IconChartLine, key: "nav.trainings" },
  { to: "/compares", icon: IconGitCompare, key: "nav.compares" },
  { to: "/models", icon: IconBox, key: "nav.models" },
  { to: "/projects", icon: IconFolders, key: "nav.projects" },
] as const;

export function Shell() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const path = useLocation({ select: (location) => location.pathname });
  const { data: me } = useQuery(meQuery);

  return (
    <AppShell header={{ height: 44 }} navbar={{ width: 168, breakpoint: "sm", collapsed: { mobile: !opened } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("nav.open")} />
            <Text component={Link} to="/" fw={700} fz="md" c="inherit" td="none">
              Pavi
            </Text>
          </Group>
          <Group gap={4} wrap="nowrap">
            <LiveState />
            <LanguageMenu />
            <SchemeToggle />
            {me && <PersonMenu name={me.username} />}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={6}>
        {PLACES.map(({ to, icon: Icon, key }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={t(key)}
            leftSection={<Icon size={16} stroke={1.5} />}
            active={path.startsWith(to)}
            onClick={close}
            py={5}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <Outlet />
      </AppShell.Main>
      <SessionEnd />
    </AppShell>
  );
}

function SchemeToggle() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === "dark";
  return (
    <Tooltip label={t(dark ? "scheme.light" : "scheme.dark")}>
      <ActionIcon variant="subtle" color="gray" aria-label={t(dark ? "scheme.light" : "scheme.dark")} onClick={() => setColorScheme(dark ? "light" : "dark")}>
        {dark ? <IconSun size={16} /> : <IconMoon size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}

function LanguageMenu() {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("language")}>
          <IconLanguage size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <Menu.Item key={code} onClick={() => void setLanguage(code as Language)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function PersonMenu({ name }: { name: string }) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("person.menu", { name })}>
          <IconUser size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{name}</Menu.Label>
        <Menu.Item component={Link} to="/settings/tokens" leftSection={<IconKey size={14} />}>
          {t("person.tokens")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={14} />} onClick={() => signOut.mutate()}>
          {t("person.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Says when what is shown may be behind; says nothing while all is well. */
function LiveState() {
  const { t } = useTranslation();
  const state = useSyncExternalStore(
    (observer) => live.observe(observer),
    () => live.state,
  );
  if (state === "live" || state === "connecting") return null;
  return (
    <Text fz="xs" c="dimmed" role="status">
      {t(`live.${state}`)}
    </Text>
  );
}

/** The session ended under an open page: the page stays, and asks. */
function SessionEnd() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    const ask = () => setAsking(true);
    signedOut.addEventListener("signed-out", ask);
    return () => signedOut.removeEventListener("signed-out", ask);
  }, []);
  return (
    <Modal opened={asking} onClose={() => setAsking(false)} title={t("session.ended")} centered>
      <SignIn onDone={() => setAsking(false)} />
    </Modal>
  );
}
