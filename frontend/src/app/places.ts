// The places of the navigation, in rail, palette and keys alike. A place gets its entry with its first page.

import { IconBox, IconChartLine, IconFolders } from "@tabler/icons-react";

export const PLACES = [
  { to: "/trainings", icon: IconChartLine, key: "nav.trainings", letter: "t" },
  { to: "/models", icon: IconBox, key: "nav.models", letter: "m" },
  { to: "/projects", icon: IconFolders, key: "nav.projects", letter: "p" },
] as const;

/** The place that a path lies in; a comparison belongs to the trainings that it compares. */
export function placeOf(path: string): (typeof PLACES)[number] | undefined {
  return PLACES.find(({ to }) => path === to || path.startsWith(`${to}/`) || (to === "/trainings" && path === "/compare"));
}
