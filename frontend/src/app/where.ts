// What the shown address is about: a place, a project, a thing. The breadcrumb and the window's title say it.

import { useQuery } from "@tanstack/react-query";
import { useLocation, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { meQuery } from "@/features/accounts/session";
import { addressOf, crumbsOf } from "@/features/modelcloud/paths";
import { projectsQuery, type Project } from "@/features/projects/data";
import { trainingQuery } from "@/features/trainings/data";

import { placeOf } from "./places";

export interface Where {
  /** `/trainings`, `/models`, …; null on pages that belong to no project. */
  place: string | null;
  project: Project | null;
  /** Of the training or node that is shown. */
  name: string | null;
  title: string;
}

export function useWhere(): Where {
  const { t } = useTranslation();
  const path = useLocation({ select: (location) => location.pathname });
  const params: { ref?: string; id?: string; _splat?: string } = useParams({ strict: false });
  // Only this of the search: charts change theirs with every zoom.
  const asked = useSearch({ strict: false, select: (search: object) => ("project" in search ? search.project : undefined) });
  const { data: projects = [] } = useQuery(projectsQuery);
  const { data: me } = useQuery(meQuery);
  const place = placeOf(path);
  const ref = place?.to === "/trainings" ? params.ref : undefined;
  const { data: training } = useQuery({ ...trainingQuery(ref ?? ""), enabled: ref !== undefined });

  if (!place) return { place: null, project: null, name: null, title: t(pageKey(path)) };
  const found = (test: (one: Project) => boolean) => projects.find(test) ?? null;
  if (place.to === "/models") {
    const crumbs = crumbsOf(params._splat ?? "");
    const first = crumbs[0]?.path;
    const project = first === undefined ? null : found((one) => addressOf(one, me?.username ?? "") === first) ?? found((one) => one.name === first || `~${one.path}` === first);
    const name = crumbs.length > 1 ? crumbs.at(-1)!.name : null;
    return { place: place.to, project, name, title: name ?? project?.name ?? t(place.key) };
  }
  if (place.to === "/projects") {
    const project = found((one) => one.id === params.id);
    return { place: place.to, project, name: null, title: project?.name ?? t(place.key) };
  }
  if (training) return { place: place.to, project: found((one) => one.id === training.project.id), name: `#${training.number} ${training.name}`, title: training.name };
  const project = typeof asked === "string" ? found((one) => [one.id, one.path].includes(asked)) ?? found((one) => one.name === asked) : null;
  return { place: place.to, project, name: null, title: project ? `${project.name} · ${t(place.key)}` : t(place.key) };
}

function pageKey(path: string): string {
  if (path.startsWith("/settings/tokens")) return "person.tokens";
  if (path.startsWith("/settings")) return "accounts.profile.title";
  if (path.startsWith("/start")) return "app.palette.start";
  return "app.name";
}
