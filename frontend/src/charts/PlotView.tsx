// A chart in React: keeps one `Plot` alive over an element, follows its size, shows the hover card.

import "uplot/dist/uPlot.min.css";

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from "react";

import { HoverCard } from "./HoverCard";
import { Plot } from "./plot";
import { pointer } from "./pointer";
import type { Curve, Drawing, Hovered, Look } from "./types";

export interface PlotHandle {
  highlight(key: string | null): void;
  canvas(): HTMLCanvasElement | null;
}

/** The chart that is pointed at follows at once; a dozen others need not in every frame. */
const OTHERS_AFTER_MS = 70;

interface Props {
  drawing: Drawing;
  look: Look;
  label: string;
  /** What the chart is called where several share the pointer. */
  name?: string;
  height?: number | string;
  sync?: string;
  onZoom?(from: number, to: number): void;
  /** Double click: what was shown before. */
  onReset?(): void;
  /** A click on a curve. */
  onPick?(curve: Curve, clientX: number, clientY: number): void;
  ref?: Ref<PlotHandle>;
}

export function PlotView({ drawing, look, label, name = label, height = 220, sync, onZoom, onReset, onPick, ref }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(null);
  const events = useRef({ onZoom, onReset, onPick, name });
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const scheme = useComputedColorScheme();
  const key = sync ?? `pavi-${drawing.axis}-${drawing.xLabel ?? ""}`;
  useEffect(() => {
    events.current = { onZoom, onReset, onPick, name };
  });

  useEffect(() => {
    const made = new Plot(
      element.current!,
      {
        zoom: (from, to) => events.current.onZoom?.(from, to),
        back: () => events.current.onReset?.(),
        pick: (curve, x, y) => events.current.onPick?.(curve, x, y),
        hover: (at) => {
          setHovered(at);
          pointer.point(at && { chart: events.current.name, hovered: at });
        },
      },
      key,
    );
    plot.current = made;
    const sizes = new ResizeObserver(() => made.resize());
    sizes.observe(element.current!);
    let later: ReturnType<typeof setTimeout> | undefined;
    const emphasise = () => {
      later = undefined;
      made.highlight(pointer.emphasis);
    };
    const stop = pointer.observe(() => {
      if (pointer.current?.chart === events.current.name) emphasise();
      else later ??= setTimeout(emphasise, OTHERS_AFTER_MS);
    });
    return () => {
      clearTimeout(later);
      stop();
      sizes.disconnect();
      made.leave();
      made.destroy();
      plot.current = null;
    };
    // A change of colours is a new plot: uPlot reads them once.
  }, [scheme, key, drawing.axis]);

  useEffect(() => plot.current?.draw(drawing, look), [drawing, look, scheme, key]);

  useImperativeHandle(ref, () => ({
    highlight: (one) => plot.current?.highlight(one),
    canvas: () => plot.current?.canvas() ?? null,
  }));

  const walk = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined) plot.current?.walk(event.shiftKey ? by * 10 : by);
    else if (event.key === "Escape" && hovered) plot.current?.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      {/* Focusable: the arrow keys move along the curves, and the card tells their values. */}
      <div
        ref={element}
        role="img"
        aria-label={label}
        tabIndex={0}
        onKeyDown={walk}
        onBlur={() => plot.current?.leave()}
        style={{ height, width: "100%", position: "relative" }}
      />
      {hovered && hovered.rows.length > 0 && <HoverCard hovered={hovered} buckets={drawing.mode === "buckets" || drawing.curves.some((curve) => curve.band)} />}
    </>
  );
}
