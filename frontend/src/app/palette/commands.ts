// Everything that the palette can do, as it fits what was typed.

import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBox, IconChartLine, IconFolder, IconKey, IconKeyboard, IconLanguage, IconLink, IconLogout, IconMoon, IconRocket, IconSun, IconUser, type TablerIcon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useSignOut } from "@/features/accounts/session";
import { projectsQuery } from "@/features/projects/data";
import { copyText } from "@/ui/clipboard";

import { setLanguage } from "../i18n";
import { PLACES } from "../places";
import { foundTrainingsQuery, modelsQuery } from "./data";
import { best } from "./match";

export interface Command {
  id: string;
  label: string;
  /** Tells those of one name apart. */
  hint?: string;
  icon: TablerIcon;
  run(): void;
}

export interface Group {
  name: "pages" | "trainings" | "projects" | "models" | "actions";
  commands: Command[];
}

interface Wish {
  /** What stands in the field; what is here is matched at once. */
  typed: string;
  /** The same a moment later, for what the server has to look up. */
  wanted: string;
  onHelp(): void;
}

export function useCommands({ typed, wanted, onHelp }: Wish): { groups: Group[]; searching: boolean } {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const trainings = useQuery(foundTrainingsQuery(wanted));
  const models = useQuery(modelsQuery);
  const { data: projects = [] } = useQuery(projectsQuery);
  const actions = useActions(onHelp);

  const pages: Command[] = [
    ...PLACES.map(({ to, icon, key, letter }) => ({ id: to, label: t(key), hint: `g ${letter}`, icon, run: () => void navigate({ to } as never) })),
    { id: "/start", label: t("app.palette.start"), icon: IconRocket, run: () => void navigate({ to: "/start" }) },
    { id: "/settings/tokens", label: t("person.tokens"), icon: IconKey, run: () => void navigate({ to: "/settings/tokens" }) },
    { id: "/settings/profile", label: t("accounts.profile.title"), icon: IconUser, run: () => void navigate({ to: "/settings/profile" }) },
  ];
  const label = (command: Command) => command.label;
  const groups: Group[] = [
    { name: "pages", commands: best(typed, pages, label, typed ? 4 : 9) },
    {
      name: "trainings",
      commands: (trainings.data ?? []).slice(0, typed ? 8 : 5).map((one) => ({
        id: `training ${one.id}`,
        label: `#${one.number} ${one.name}`,
        hint: `${one.project.path} · ${t(`status.${one.status}`)}`,
        icon: IconChartLine,
        run: () => void navigate({ to: "/trainings/$ref", params: { ref: String(one.number) } }),
      })),
    },
    {
      name: "projects",
      commands: best(typed, projects, (one) => one.path, typed ? 5 : 3).map((one) => ({
        id: `project ${one.id}`,
        label: one.path,
        hint: t("projects.trainings", { count: one.trainings }),
        icon: IconFolder,
        run: () => void navigate({ to: "/trainings", search: { project: one.path } } as never),
      })),
    },
    {
      name: "models",
      commands: typed
        ? best(typed, models.data ?? [], (one) => one.path, 6).map((one) => ({
            id: `model ${one.id}`,
            label: one.path,
            hint: one.version ? `v${one.version}` : undefined,
            icon: IconBox,
            run: () => void navigate({ to: "/models/$", params: { _splat: one.path } }),
          }))
        : [],
    },
    { name: "actions", commands: best(typed, actions, label, typed ? 4 : 9) },
  ];
  return { groups: groups.filter((group) => group.commands.length > 0), searching: typed !== wanted || trainings.isFetching };
}

function useActions(onHelp: () => void): Command[] {
  const { t, i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === "dark";
  const signOut = useSignOut();
  const other = i18n.language === "zh" ? "en" : "zh";
  return [
    { id: "copy", label: t("app.palette.copyLink"), icon: IconLink, run: () => void copyText(location.href).then((done) => done && notifications.show({ message: t("app.copied") })) },
    { id: "scheme", label: t(dark ? "scheme.light" : "scheme.dark"), icon: dark ? IconSun : IconMoon, run: () => setColorScheme(dark ? "light" : "dark") },
    { id: "language", label: other === "zh" ? "切换到简体中文" : "Switch to English", icon: IconLanguage, run: () => void setLanguage(other) },
    { id: "keys", label: t("app.keys.title"), hint: "?", icon: IconKeyboard, run: onHelp },
    { id: "signOut", label: t("person.signOut"), icon: IconLogout, run: () => signOut.mutate() },
  ];
}
