// The frame around every page: a rail of places, a bar that says where one is, and what is said across all pages.

import { AppShell, ActionIcon, Burger, Button, Group, Kbd, Modal, NavLink, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconRocket, IconSearch } from "@tabler/icons-react";
import { Link, Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { live } from "@/api/live";
import { SignIn } from "@/features/accounts/SignIn";

import { useArrival, useTitle } from "./arrival";
import { Crumbs } from "./Crumbs";
import { useGlobalKeys } from "./keys";
import { LanguageMenu, PersonMenu, SchemeToggle } from "./menus";
import { OfflineBanner } from "./OfflineBanner";
import { placeOf, PLACES } from "./places";
import { signedOut } from "./query";
import classes from "./Shell.module.css";
import { useWhere } from "./where";

// Nobody waits for them at the first paint.
const Palette = lazy(() => import("./palette/Palette").then((module) => ({ default: module.Palette })));
const KeysHelp = lazy(() => import("./KeysHelp").then((module) => ({ default: module.KeysHelp })));

export function Shell() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const [over, setOver] = useState<"palette" | "keys" | null>(null);
  const path = useLocation({ select: (location) => location.pathname });
  const main = useRef<HTMLElement>(null);
  const onPalette = useCallback(() => setOver((before) => (before === "palette" ? null : "palette")), []);
  const onHelp = useCallback(() => setOver("keys"), []);
  useGlobalKeys({ onPalette, onHelp });
  useTitle(useWhere().title);
  useArrival(main, path);

  return (
    <AppShell header={{ height: 44 }} navbar={{ width: 168, breakpoint: "sm", collapsed: { mobile: !opened } }} padding={{ base: "xs", sm: "md" }}>
      <a href="#main" className={classes.skip} onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t("app.skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap={6} wrap="nowrap" miw={0} flex={1}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("nav.open")} aria-expanded={opened} />
            <Crumbs />
          </Group>
          <Group gap={4} wrap="nowrap">
            <LiveState />
            <Button variant="default" size="compact-sm" fw={400} c="dimmed" className={classes.search} leftSection={<IconSearch size={13} />} onClick={onPalette} aria-label={t("app.palette.title")} aria-keyshortcuts="Control+K">
              {t("app.palette.short")} <Kbd size="xs">Ctrl K</Kbd>
            </Button>
            <Tooltip label={t("app.palette.title")}>
              <ActionIcon variant="subtle" color="gray" hiddenFrom="sm" aria-label={t("app.palette.title")} onClick={onPalette}>
                <IconSearch size={16} />
              </ActionIcon>
            </Tooltip>
            <LanguageMenu />
            <SchemeToggle />
            <PersonMenu onHelp={onHelp} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={6} aria-label={t("nav.places")}>
        {PLACES.map(({ to, icon: Icon, key }) => (
          <NavLink key={to} component={Link} to={to} label={t(key)} leftSection={<Icon size={16} stroke={1.5} />} active={placeOf(path)?.to === to} aria-current={placeOf(path)?.to === to ? "page" : undefined} onClick={close} py={5} />
        ))}
        <NavLink component={Link} to="/start" label={t("app.palette.start")} leftSection={<IconRocket size={16} stroke={1.5} />} active={path === "/start"} onClick={close} py={5} mt="auto" c="dimmed" />
      </AppShell.Navbar>
      <AppShell.Main ref={main} id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <Suspense>
        {over === "palette" && <Palette onHelp={onHelp} onClose={() => setOver((before) => (before === "palette" ? null : before))} />}
        {over === "keys" && <KeysHelp onClose={() => setOver(null)} />}
      </Suspense>
      <OfflineBanner />
      <SessionEnd />
    </AppShell>
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
    <Text fz="xs" c="dimmed" role="status" visibleFrom="sm">
      {t(`live.${state}`)}
    </Text>
  );
}

/** The session ended under an open page: the page stays, and asks. */
function SessionEnd() {
  const { t } = useTranslation();
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    const ask = () => setAsking(true);
    signedOut.addEventListener("signed-out", ask);
    return () => signedOut.removeEventListener("signed-out", ask);
  }, []);
  const done = () => {
    setAsking(false);
    void router.invalidate(); // a page that could not be shown meanwhile
  };
  return (
    <Modal opened={asking} onClose={() => setAsking(false)} title={t("session.ended")} centered closeButtonProps={{ "aria-label": t("app.close") }}>
      <SignIn onDone={done} />
    </Modal>
  );
}
