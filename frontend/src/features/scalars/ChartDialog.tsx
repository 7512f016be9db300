// One chart on the whole screen, asked for at twice the resolution, with the legend beside it.

import { Modal } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";

import { PlotView, type PlotHandle } from "@/charts/PlotView";

import classes from "./ChartDialog.module.css";
import type { PanelContext } from "./ChartPanel";
import { Fidelity } from "./Fidelity";
import { entriesOf, Legend } from "./Legend";
import { usePanelData } from "./panelData";
import type { Panel } from "./rows";
import { lookOf } from "./view";

export function ChartDialog({ panel, title, context, onClose }: { panel: Panel; title: string; context: PanelContext; onClose(): void }) {
  const { t } = useTranslation();
  const size = useElementSize();
  const plot = useRef<PlotHandle>(null);
  const { trainings, groups, view, actions } = context;
  const { drawing, answer } = usePanelData({ panel, trainings, groups, view, width: size.width, enabled: size.width > 0 });
  const look = useMemo(() => lookOf(view), [view]);
  const entries = useMemo(() => entriesOf(trainings, groups), [trainings, groups]);
  return (
    <Modal opened onClose={onClose} fullScreen title={title} closeButtonProps={{ "aria-label": t("chart.close") }}>
      <div className={classes.whole}>
        <div ref={size.ref} className={classes.plot}>
          {drawing && answer && (
            <>
              <Fidelity drawing={drawing} answer={answer} />
              <PlotView
                ref={plot}
                drawing={drawing}
                look={look}
                name={panel.key}
                label={t("chart.label", { tag: title, count: drawing.curves.length })}
                height="calc(100dvh - 120px)"
                onZoom={actions.zoom}
                onReset={actions.back}
              />
            </>
          )}
        </div>
        {entries.length > 1 && (
          <div className={classes.legend}>
            <Legend entries={entries} view={view} actions={actions} height="calc(100dvh - 190px)" />
          </div>
        )}
      </div>
    </Modal>
  );
}
