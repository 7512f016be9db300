// What can be done with the curve that was clicked.

import { Menu, Portal, type MenuItemProps } from "@mantine/core";
import { IconArrowBarToUp, IconExternalLink, IconEye, IconEyeOff, IconTarget } from "@tabler/icons-react";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";
import { useTranslation } from "react-i18next";

import type { Curve } from "@/charts/types";

import type { PanelContext } from "./ChartPanel";

export interface Picked {
  curve: Curve;
  /** Of the page's window. */
  x: number;
  y: number;
}

const LinkItem = createLink((props: MenuItemProps & AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> }) => <Menu.Item component="a" {...props} />);

export function CurveMenu({ picked: { curve, x, y }, context, onClose }: { picked: Picked; context: PanelContext; onClose(): void }) {
  const { t } = useTranslation();
  const { trainings, groups, view, actions } = context;
  const members = groups?.find((group) => group.key === curve.key)?.members;
  const id = curve.key.split(" ")[0]!;
  const meant = trainings.filter((one) => (members ? members.includes(one.id) : one.id === id));
  const numbers = meant.map((one) => one.number);
  if (!numbers.length) return null;
  const inFront = numbers.every((one) => view.front.includes(one));
  const alone = view.only.length > 0;
  // In a portal: within the rows of charts, which are moved by transforms, nothing is fixed to the window.
  return (
    <Portal>
      <Menu opened onClose={onClose} position="bottom-start" withinPortal returnFocus>
        <Menu.Target>
          <span style={{ position: "fixed", left: x, top: y }} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label maw={300} style={{ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}>
            <span style={{ color: curve.color }} aria-hidden>
              ●{" "}
            </span>
            {curve.name}
          </Menu.Label>
          <Menu.Item leftSection={<IconArrowBarToUp size={14} />} onClick={() => actions.front(numbers)}>
            {t(inFront ? "chart.notFront" : "chart.front")}
          </Menu.Item>
          {trainings.length > 1 && (
            <>
              <Menu.Item leftSection={<IconEyeOff size={14} />} onClick={() => actions.toggle(numbers)}>
                {t("chart.hide")}
              </Menu.Item>
              <Menu.Item leftSection={alone ? <IconEye size={14} /> : <IconTarget size={14} />} onClick={() => (alone ? actions.showAll() : actions.isolate(numbers))}>
                {t(alone ? "chart.showAll" : "chart.isolate")}
              </Menu.Item>
              {numbers.length === 1 && (
                <LinkItem leftSection={<IconExternalLink size={14} />} to="/trainings/$ref" params={{ ref: String(numbers[0]) }}>
                  {t("chart.openTraining", { number: numbers[0] })}
                </LinkItem>
              )}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </Portal>
  );
}
