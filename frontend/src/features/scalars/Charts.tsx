// Everything about the scalars of some trainings: toolbar, legend, charts. What a page shows where it has nothing to add.

import { Collapse, Button } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useChartActions } from "./actions";
import { ChartGrid, type ChartGridProps } from "./ChartGrid";
import classes from "./Charts.module.css";
import { entriesOf, Legend } from "./Legend";
import { Toolbar } from "./Toolbar";

interface Props extends ChartGridProps {
  /** Whose default arrangement can be kept; absent: none. */
  project?: string;
  /** More for the toolbar. */
  children?: ReactNode;
}

export function Charts({ project, children, ...grid }: Props) {
  const { t } = useTranslation();
  const { trainings, groups, view, onView } = grid;
  const actions = useChartActions(view, onView);
  const wide = useMediaQuery("(min-width: 62em)", true, { getInitialValueInEffect: false });
  const [opened, { toggle }] = useDisclosure(false);
  const entries = useMemo(() => entriesOf(trainings, groups), [trainings, groups]);
  const legend = entries.length > 1 || (groups?.length ?? 0) > 0;
  return (
    <>
      <Toolbar view={view} onView={onView} trainings={trainings} grouped={groups !== undefined} project={project}>
        {children}
      </Toolbar>
      <div className={classes.whole}>
        {legend && wide && (
          <aside className={classes.side}>
            <Legend entries={entries} view={view} actions={actions} height="calc(100dvh - 190px)" />
          </aside>
        )}
        <div className={classes.grid}>
          {legend && !wide && (
            <>
              <Button variant="default" mb="xs" aria-expanded={opened} onClick={toggle}>
                {t("chart.legendToggle", { count: entries.length })}
              </Button>
              <Collapse expanded={opened}>
                <Legend entries={entries} view={view} actions={actions} height={260} />
              </Collapse>
            </>
          )}
          <ChartGrid {...grid} />
        </div>
      </div>
    </>
  );
}
