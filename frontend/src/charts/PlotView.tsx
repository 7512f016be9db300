// A chart in React: keeps one `Plot` alive over an element, follows its size, shows the hover card.

import "uplot/dist/uPlot.min.css";

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";

import { HoverCard } from "./HoverCard";
import { Plot } from "./plot";
import type { Drawing, Hovered, Look } from "./types";

export interface PlotHandle {
  highlight(key: string | null): void;
  canvas(): HTMLCanvasElement | null;
}

interface Props {
  drawing: Drawing;
  look: Look;
  label: string;
  height?: number | string;
  sync?: string;
  onZoom?(from: number, to: number): void;
  onReset?(): void;
  ref?: Ref<PlotHandle>;
}

export function PlotView({ drawing, look, label, height = 220, sync, onZoom, onReset, ref }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(null);
  const events = useRef({ onZoom, onReset });
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const scheme = useComputedColorScheme();
  events.current = { onZoom, onReset };

  useEffect(() => {
    const made = new Plot(
      element.current!,
      {
        zoom: (from, to) => events.current.onZoom?.(from, to),
        reset: () => events.current.onReset?.(),
        hover: setHovered,
      },
      sync ?? `pavi-${drawing.axis}`,
    );
    plot.current = made;
    const sizes = new ResizeObserver(([entry]) => {
      if (entry) made.resize(entry.contentRect.width, entry.contentRect.height);
    });
    sizes.observe(element.current!);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = null;
    };
    // A change of colours is a new plot: uPlot reads them once.
  }, [scheme, sync, drawing.axis]);

  useEffect(() => plot.current?.draw(drawing, look), [drawing, look, scheme, sync]);

  useImperativeHandle(ref, () => ({
    highlight: (key) => plot.current?.highlight(key),
    canvas: () => plot.current?.canvas() ?? null,
  }));

  return (
    <>
      <div ref={element} role="img" aria-label={label} style={{ height, width: "100%", position: "relative" }} />
      {hovered && hovered.rows.length > 0 && <HoverCard hovered={hovered} buckets={drawing.mode === "buckets"} />}
    </>
  );
}
