// Every address of the application and the page behind it. Pages are loaded when they are first opened.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { meQuery } from "@/features/accounts/session";
import { readCloudSearch } from "@/features/modelcloud/view";
import { readSearch, type ChartSearch } from "@/features/scalars/view";
import { readTableSearch } from "@/features/trainings/table/view";
import { readTab } from "@/features/trainings/overview/tab";

import { NotFound, PageError, PagePending } from "./fallbacks";
import { queryClient } from "./query";
import { Shell } from "./Shell";

const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: PageError });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search): { next?: string } => (typeof search.next === "string" ? { next: search.next } : {}),
  component: lazyRouteComponent(() => import("@/pages/LoginPage"), "LoginPage"),
});

/** Everything that needs somebody to be signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location }) => {
    if ((await queryClient.ensureQueryData(meQuery)) === null) throw redirect({ to: "/login", search: { next: location.href } });
  },
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/trainings" });
  },
});

const trainings = createRoute({
  getParentRoute: () => inside,
  path: "/trainings",
  validateSearch: readTableSearch,
  component: lazyRouteComponent(() => import("@/pages/TrainingsPage"), "TrainingsPage"),
});

const training = createRoute({
  getParentRoute: () => inside,
  path: "/trainings/$ref",
  validateSearch: (search) => ({ ...readSearch(search), ...readTab(search) }),
  component: lazyRouteComponent(() => import("@/pages/TrainingPage"), "TrainingPage"),
});

const compare = createRoute({
  getParentRoute: () => inside,
  path: "/compare",
  // One number alone comes as a number.
  validateSearch: (search: Record<string, unknown>): ChartSearch & { t?: string } => {
    const t = String(search.t ?? "");
    return { ...readSearch(search), ...(/^\d+(,\d+)*$/.test(t) ? { t } : {}) };
  },
  component: lazyRouteComponent(() => import("@/pages/ComparePage"), "ComparePage"),
});

const models = createRoute({
  getParentRoute: () => inside,
  path: "/models",
  component: lazyRouteComponent(() => import("@/pages/ModelsPage"), "ModelsRoot"),
});

const model = createRoute({
  getParentRoute: () => inside,
  path: "/models/$",
  validateSearch: readCloudSearch,
  component: lazyRouteComponent(() => import("@/pages/ModelsPage"), "ModelsPage"),
});

const projects = createRoute({
  getParentRoute: () => inside,
  path: "/projects",
  validateSearch: (search): { archived?: boolean } => (search.archived === true ? { archived: true } : {}),
  component: lazyRouteComponent(() => import("@/pages/ProjectsPage"), "ProjectsPage"),
});

const project = createRoute({
  getParentRoute: () => inside,
  path: "/projects/$id",
  component: lazyRouteComponent(() => import("@/pages/ProjectPage"), "ProjectPage"),
});

const tokens = createRoute({
  getParentRoute: () => inside,
  path: "/settings/tokens",
  component: lazyRouteComponent(() => import("@/pages/TokensPage"), "TokensPage"),
});

const profile = createRoute({
  getParentRoute: () => inside,
  path: "/settings/profile",
  component: lazyRouteComponent(() => import("@/pages/ProfilePage"), "ProfilePage"),
});

const start = createRoute({
  getParentRoute: () => inside,
  path: "/start",
  component: lazyRouteComponent(() => import("@/pages/FirstStepsPage"), "FirstStepsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([login, inside.addChildren([home, trainings, training, compare, models, model, projects, project, tokens, profile, start])]),
  basepath: "/app",
  defaultPreload: "intent",
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageError,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
