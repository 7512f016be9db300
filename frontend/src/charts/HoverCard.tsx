// The card beside the pointer: values of all curves at one x, sorted, with the nearest in bold.

import { Portal } from "@mantine/core";
import type { TFunction } from "i18next";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { duration, number } from "./format";
import classes from "./HoverCard.module.css";
import type { Hovered } from "./types";

const SHOWN = 12;
const GAP = 14;

export function HoverCard({ hovered, buckets }: { hovered: Hovered; buckets: boolean }) {
  const { t } = useTranslation();
  const [size, setSize] = useState({ width: 260, height: 120 });
  const { rows, nearest, clientX, clientY } = hovered;
  const shown = [...rows].sort((a, b) => Number(b.curve.front ?? false) - Number(a.curve.front ?? false) || a.distance - b.distance).slice(0, SHOWN);
  shown.sort((a, b) => b.value - a.value);

  // Its size is observed rather than asked for: asking would lay the page out once more for each move.
  const measure = useCallback((element: HTMLDivElement | null) => {
    if (!element) return undefined;
    const sizes = new ResizeObserver(() => setSize({ width: element.offsetWidth, height: element.offsetHeight }));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  const left = clientX + GAP + size.width > innerWidth ? clientX - GAP - size.width : clientX + GAP;
  const top = Math.min(clientY + GAP, innerHeight - size.height - 8);

  return (
    <Portal>
      <div ref={measure} className={classes.card} style={{ transform: `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)` }} role={Number.isFinite(rows[0]?.distance) ? "tooltip" : "status"}>
        <div className={classes.where}>
          {where(hovered, t)}
          {rows.length > SHOWN && ` · ${SHOWN} / ${rows.length}`}
        </div>
        <table>
          <tbody>
            {shown.map(({ curve, value, min, max }) => (
              <tr key={curve.key} className={curve === nearest ? classes.nearest : undefined} data-front={curve.front || undefined}>
                <td>
                  <span className={classes.swatch} style={{ background: curve.color }} />
                </td>
                <td className={classes.name}>{curve.name}</td>
                <td className={classes.number}>{number(value)}</td>
                {buckets && <td className={classes.spread}>{min === max ? "" : `${number(min)} … ${number(max)}`}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Portal>
  );
}

function where({ x, to, axis, xLabel }: Hovered, t: TFunction): string {
  if (axis === "time") return new Date(x * 1000).toLocaleString();
  if (axis === "relative") return `+ ${duration(x)}`;
  if (axis === "value") return `${xLabel ?? "x"} ${to === null ? number(x) : `${number(x)} – ${number(to)}`}`;
  const [first, last] = [Math.ceil(x), to === null ? x : Math.ceil(to) - 1];
  return last - first < 1 ? t("chart.atStep", { step: x.toLocaleString("en") }) : t("chart.atSteps", { first: first.toLocaleString("en"), last: last.toLocaleString("en") });
}
