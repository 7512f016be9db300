// The buttons of a chart: pin, enlarge, save, move, and for charts that somebody wrote, remove.

import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowLeft, IconArrowRight, IconArrowsMaximize, IconDots, IconDownload, IconPhoto, IconPin, IconPinned, IconTrash, IconVectorSpline } from "@tabler/icons-react";
import { useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import type { PlotHandle } from "@/charts/PlotView";
import type { Drawing, Look } from "@/charts/types";

import type { PanelContext } from "./ChartPanel";
import classes from "./ChartPanel.module.css";
import { exportAddress, saveCsv, savePng, saveSvg } from "./exporting";
import type { Panel, PanelGroup } from "./rows";

interface Props {
  panel: Panel;
  group?: PanelGroup;
  title: string;
  context: PanelContext;
  drawing: Drawing | null;
  look: Look;
  plot: RefObject<PlotHandle | null>;
  onEnlarge(): void;
}

export function PanelTools(props: Props) {
  const { t } = useTranslation();
  const { panel, context, onEnlarge } = props;
  const { view, actions } = context;
  const { tag } = panel;
  const pinned = tag !== undefined && view.pinned.includes(tag);
  // A menu costs more than the rest of a chart's frame: it is made when it is first opened.
  const [asked, setAsked] = useState(false);
  return (
    <div className={classes.tools}>
      {tag !== undefined && (
        <ActionIcon variant="subtle" color="gray" size="sm" title={t(pinned ? "chart.unpin" : "chart.pin")} aria-label={t(pinned ? "chart.unpin" : "chart.pin")} aria-pressed={pinned} onClick={() => actions.pin(tag)}>
          {pinned ? <IconPinned size={14} /> : <IconPin size={14} />}
        </ActionIcon>
      )}
      <ActionIcon variant="subtle" color="gray" size="sm" title={t("chart.enlarge")} aria-label={t("chart.enlarge")} onClick={onEnlarge}>
        <IconArrowsMaximize size={14} />
      </ActionIcon>
      {asked ? (
        <MoreMenu {...props} />
      ) : (
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("chart.more")} aria-haspopup="menu" aria-expanded={false} onClick={() => setAsked(true)}>
          <IconDots size={14} />
        </ActionIcon>
      )}
    </div>
  );
}

function MoreMenu({ panel, group, title, context, drawing, look, plot }: Props) {
  const { t } = useTranslation();
  const { actions, trainings } = context;
  const { tag } = panel;
  const at = group?.panels.findIndex((one) => one.key === panel.key) ?? -1;
  const beside = (by: number) => group?.panels[at + by]?.tag;
  const [earlier, later] = [beside(-1), beside(1)];
  const ids = trainings.map((one) => one.id);
  return (
    <Menu position="bottom-end" defaultOpened>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("chart.more")}>
          <IconDots size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPhoto size={14} />} onClick={() => drawing && savePng(plot.current?.canvas() ?? null, drawing, title)}>
          {t("chart.savePng")}
        </Menu.Item>
        <Menu.Item leftSection={<IconVectorSpline size={14} />} onClick={() => drawing && saveSvg(drawing, look, title)}>
          {t("chart.saveSvg")}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={14} />} onClick={() => drawing && saveCsv(drawing, title)}>
          {t("chart.saveCsv")}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={14} />} component="a" href={exportAddress(ids, "csv")} download>
          {t("chart.saveComplete", { format: "CSV" })}
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={14} />} component="a" href={exportAddress(ids, "parquet")} download>
          {t("chart.saveComplete", { format: "Parquet" })}
        </Menu.Item>
        {tag !== undefined && group && (earlier ?? later) !== undefined && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconArrowLeft size={14} />} disabled={earlier === undefined} onClick={() => actions.move(group, tag, earlier!)}>
              {t("chart.moveEarlier")}
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowRight size={14} />} disabled={later === undefined} onClick={() => actions.move(group, tag, later!)}>
              {t("chart.moveLater")}
            </Menu.Item>
          </>
        )}
        {panel.own !== undefined && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconTrash size={14} />} onClick={() => actions.setOwn(panel.own!, null)}>
              {t("chart.removeOwn")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
