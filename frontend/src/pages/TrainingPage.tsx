// One training: its header, and a tab for each part of what is stored of it. The address holds the tab and the view.

import "@/features/trainings/overview/tokens.css";

import { Box, Skeleton, Tabs, useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, type ComponentType, type LazyExoticComponent } from "react";
import { useTranslation } from "react-i18next";

import { PagePending } from "@/app/fallbacks";
import { colorAt, colorIndexes } from "@/charts/palette";
import { meQuery } from "@/features/accounts/session";
import { addressOf } from "@/features/modelcloud/paths";
import { ChartGrid } from "@/features/scalars/ChartGrid";
import { Charts } from "@/features/scalars/Charts";
import { Toolbar } from "@/features/scalars/Toolbar";
import { searchOf, viewOf, type ChartView } from "@/features/scalars/view";
import type { WholeTraining } from "@/features/trainings/data";
import { useTraining } from "@/features/trainings/overview/data";
import { Header } from "@/features/trainings/overview/Header";
import { useLiveTraining } from "@/features/trainings/overview/live";
import { TABS, USUAL_TAB, type Tab, type TabSearch } from "@/features/trainings/overview/tab";
import { fromSystem, isSystem, systemView } from "@/features/trainings/system/view";
import { AppLink } from "@/ui/AppLink";

const Overview = lazy(() => import("@/features/trainings/overview/Overview").then((found) => ({ default: found.Overview })));
const ConsoleTab = lazy(() => import("@/features/trainings/console/ConsoleTab").then((found) => ({ default: found.ConsoleTab })));
const SnapshotsTab = lazy(() => import("@/features/trainings/snapshots/SnapshotsTab").then((found) => ({ default: found.SnapshotsTab })));
const LineageTab = lazy(() => import("@/features/trainings/lineage/LineageTab").then((found) => ({ default: found.LineageTab })));

/** The media tab, once there is one. */
type Media = ComponentType<{ training: WholeTraining }>;
const MEDIA = Object.values(import.meta.glob<{ MediaTab: Media }>("../features/media/MediaTab.tsx"))[0];
const MediaTab: LazyExoticComponent<Media> | null = MEDIA ? lazy(() => MEDIA().then((found) => ({ default: found.MediaTab }))) : null;

const SHOWN = TABS.filter((tab) => tab !== "media" || MediaTab !== null);

const route = getRouteApi("/inside/trainings/$ref");

export function TrainingPage() {
  const { t } = useTranslation();
  const { ref } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const scheme = useComputedColorScheme();
  const { training, readAt } = useTraining(ref);
  useLiveTraining(training?.id);
  const { data: me } = useQuery(meQuery);

  const view = useMemo(() => viewOf(search), [search]);
  const onView = useCallback(
    (change: Partial<ChartView>) => void navigate({ search: (before) => ({ ...before, ...searchOf({ ...viewOf(before), ...change }) }), replace: true }),
    [navigate],
  );
  const machine = useMemo(() => systemView(view), [view]);
  // The group of the machine's metrics is closed among others unless somebody looks for it.
  const opened = useMemo(() => ({ ...machine, tags: machine.tags || "^system/" }), [machine]);
  const onMachine = useCallback((change: Partial<ChartView>) => onView(fromSystem(change, view)), [onView, view]);
  const onPlace = useCallback((change: TabSearch) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const onTab = (tab: string | null) =>
    // A step that can be gone back; what belongs to the console alone stays there.
    void navigate({ search: (before) => ({ ...before, line: undefined, find: undefined, stream: undefined, tab: tab === USUAL_TAB ? undefined : (tab as Tab) }) });

  const { id, number, name } = training ?? {};
  const drawn = useMemo(() => {
    if (id === undefined || number === undefined) return [];
    return [{ id, number, name: name ?? "", color: colorAt(colorIndexes([number]).get(number) ?? 0, scheme) }];
  }, [id, number, name, scheme]);

  const tab = search.tab && SHOWN.includes(search.tab) ? search.tab : USUAL_TAB;
  const tabs = useRef<HTMLDivElement>(null);
  const here = training !== undefined;
  useEffect(() => {
    tabs.current?.querySelector("[data-active]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [tab, here]);

  if (!training) return <PagePending />;
  const modelLink = (path: string, text: string) => (
    <AppLink to="/models/$" params={{ _splat: path }} fz="sm">
      {text}
    </AppLink>
  );
  return (
    <>
      <Header training={training} readAt={readAt} />
      <Tabs value={tab} onChange={onTab} keepMounted={false} mt="xs">
        {/* One row that is pushed sideways on a narrow screen. */}
        <Box ref={tabs} style={{ overflowX: "auto", overflowY: "hidden" }} mb="sm">
          <Tabs.List style={{ flexWrap: "nowrap" }}>
            {SHOWN.map((one) => (
              <Tabs.Tab key={one} value={one} style={{ flex: "none" }}>
                {t(`training.tab.${one}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Box>
        <Suspense fallback={<Skeleton h={240} aria-busy />}>
          <Tabs.Panel value="overview">
            <Overview training={training} readAt={readAt} />
          </Tabs.Panel>
          <Tabs.Panel value="scalars">
            <Charts trainings={drawn} view={view} onView={onView} project={training.project.id} />
          </Tabs.Panel>
          <Tabs.Panel value="media">{MediaTab && <MediaTab training={training} />}</Tabs.Panel>
          <Tabs.Panel value="console">
            <ConsoleTab key={training.id} training={training} search={search} onSearch={onPlace} />
          </Tabs.Panel>
          <Tabs.Panel value="system">
            <Toolbar view={machine} onView={onMachine} trainings={drawn} grouped={false} />
            <ChartGrid trainings={drawn} view={opened} onView={onMachine} include={isSystem} />
          </Tabs.Panel>
          <Tabs.Panel value="snapshots">
            <SnapshotsTab training={training} modelLink={modelLink} folder={addressOf(training.project, me?.username ?? "")} />
          </Tabs.Panel>
          <Tabs.Panel value="lineage">
            <LineageTab training={training} modelLink={modelLink} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </>
  );
}
