// Every address of the application and the page behind it. Pages are loaded when they are first opened.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { meQuery } from "@/features/accounts/session";
import { readSearch } from "@/features/scalars/view";

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
  component: lazyRouteComponent(() => import("@/pages/TrainingsPage"), "TrainingsPage"),
});

const training = createRoute({
  getParentRoute: () => inside,
  path: "/trainings/$ref",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("@/pages/TrainingPage"), "TrainingPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([login, inside.addChildren([home, trainings, training])]),
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
