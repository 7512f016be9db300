// Where the reader is: the place, the project, the thing. The project's crumb is also the way to another one.

import { Button, Menu, ScrollArea, Text, TextInput } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { meQuery } from "@/features/accounts/session";
import { addressOf } from "@/features/modelcloud/paths";
import { projectsQuery, type Project } from "@/features/projects/data";

import classes from "./Shell.module.css";
import { useWhere } from "./where";

const SEARCHED_FROM = 8;

export function Crumbs() {
  const { t } = useTranslation();
  const where = useWhere();
  return (
    <nav className={classes.crumbs} aria-label={t("app.crumbs.label")}>
      <Text component={Link} to="/trainings" fw={700} fz="md" c="inherit" td="none" visibleFrom={where.place ? "sm" : undefined}>
        Pavi
      </Text>
      {where.place && (
        <>
          <Slash hidden />
          <ProjectSwitcher place={where.place} current={where.project} />
        </>
      )}
      {where.name && (
        <>
          <Slash />
          <Text fz="sm" className={classes.crumb} title={where.name} aria-current="page">
            {where.name}
          </Text>
        </>
      )}
    </nav>
  );
}

function Slash({ hidden = false }: { hidden?: boolean }) {
  return (
    <Text span c="dimmed" aria-hidden visibleFrom={hidden ? "sm" : undefined}>
      /
    </Text>
  );
}

/** Goes to the same place of another project: its trainings, its models, or its own page. */
function ProjectSwitcher({ place, current }: { place: string; current: Project | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: projects = [] } = useQuery(projectsQuery);
  const { data: me } = useQuery(meQuery);
  const [typed, setTyped] = useState("");
  const shown = projects.filter((one) => !one.archived || one.id === current?.id).filter((one) => one.path.toLowerCase().includes(typed.trim().toLowerCase()));
  const go = (project: Project | null) => {
    if (place === "/models") return void (project ? navigate({ to: "/models/$", params: { _splat: addressOf(project, me?.username ?? "") } }) : navigate({ to: "/models" }));
    if (place === "/projects") return void (project ? navigate({ to: "/projects/$id", params: { id: project.id } }) : navigate({ to: "/projects" }));
    return void navigate({ to: "/trainings", search: project ? { project: project.path } : {} } as never);
  };
  const named = (project: Project) => (project.owner === me?.username ? project.name : project.path);
  return (
    <Menu position="bottom-start" width={260} onClose={() => setTyped("")}>
      <Menu.Target>
        <Button size="compact-sm" variant="subtle" color="gray" c="inherit" fw={500} rightSection={<IconChevronDown size={13} />} aria-label={t("app.crumbs.switch", { name: current ? named(current) : t("app.crumbs.all") })} className={classes.crumb}>
          {current ? named(current) : t("app.crumbs.all")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {projects.length > SEARCHED_FROM && (
          <TextInput value={typed} onChange={(event) => setTyped(event.currentTarget.value)} placeholder={t("app.crumbs.find")} aria-label={t("app.crumbs.find")} mb={4} data-autofocus />
        )}
        <Menu.Item onClick={() => go(null)} fw={current === null ? 600 : undefined}>
          {t("app.crumbs.all")}
        </Menu.Item>
        <Menu.Divider />
        <ScrollArea.Autosize mah={320} type="auto">
          {shown.map((project) => (
            <Menu.Item key={project.id} onClick={() => go(project)} fw={project.id === current?.id ? 600 : undefined} rightSection={<Text fz="xs" c="dimmed" className="tabular">{project.trainings}</Text>}>
              {named(project)}
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
        <Menu.Divider />
        <Menu.Item component={Link} to="/projects">
          {t("app.crumbs.manage")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
