// From answers to drawings: which curves a panel has, in which colours, with what behind them.

import { colorAt, type Scheme } from "@/charts/palette";
import { lineOf, type Curve, type Drawing } from "@/charts/types";

import type { Answer } from "./data";
import { derive } from "./derive";
import { readable, type Expression } from "./expression";
import { grouped, type DrawnGroup } from "./groups";
import type { ChartView } from "./view";

/** A training as charts show it. */
export interface Drawn {
  id: string;
  number: number;
  name: string;
  color: string;
}

export interface Wanted {
  /** Set where the chart is one metric over one of the server's axes. */
  tag: string | null;
  ys: readonly Expression[];
  x: Expression | null;
  trainings: readonly Drawn[];
  groups?: readonly DrawnGroup[];
  view: Pick<ChartView, "front" | "band" | "members">;
  scheme: Scheme;
  cells: number;
}

export function drawingOf(answer: Answer, wanted: Wanted): Drawing {
  const drawing = wanted.tag === null ? derivedDrawing(answer, wanted) : plainDrawing(answer, wanted);
  const { groups, view } = wanted;
  if (!groups || wanted.ys.length > 1) return drawing;
  const curves = grouped(drawing.curves, groups, drawing.x, view.band, view.members, (curve) => lineOf(curve, drawing.mode));
  return { ...drawing, curves };
}

function plainDrawing(answer: Answer, { trainings, view }: Wanted): Drawing {
  const byId = new Map(trainings.map((one) => [one.id, one]));
  const curves = answer.series.flatMap((one): Curve[] => {
    const training = byId.get(one.training);
    if (!training) return [];
    const raw = answer.mode === "buckets" ? one.mean : one.last;
    return [
      {
        ...one,
        key: training.id,
        name: training.name,
        color: training.color,
        front: view.front.includes(training.number),
        ghosts: one.smoothed && [raw],
      },
    ];
  });
  return { axis: answer.axis, mode: answer.mode, x: answer.x, width: answer.width, curves };
}

function derivedDrawing(answer: Answer, { ys, x, trainings, view, scheme, cells }: Wanted): Drawing {
  const byId = new Map(trainings.map((one) => [one.id, one]));
  const derived = derive(answer, ys, x, cells);
  const several = ys.length > 1;
  const curves = derived.curves.flatMap((one): Curve[] => {
    const training = byId.get(one.training);
    if (!training) return [];
    const y = readable(ys[one.index]!);
    return [
      {
        key: several ? `${training.id} ${one.index}` : training.id,
        name: !several ? training.name : trainings.length > 1 ? `${training.name} · ${y}` : y,
        color: several && trainings.length === 1 ? colorAt(one.index, scheme) : training.color,
        dashed: several && trainings.length > 1 && one.index % 2 === 1,
        min: one.low,
        max: one.high,
        mean: one.mid,
        last: one.mid,
        smoothed: one.smoothed,
        ghosts: one.smoothed && [one.mid],
        front: view.front.includes(training.number),
        band: answer.mode === "buckets",
        nonfinite: [],
        points: one.points,
        total: one.total,
      },
    ];
  });
  const axis = x ? ("value" as const) : answer.axis;
  return { axis, xLabel: x ? readable(x) : undefined, mode: derived.mode, x: derived.x, width: derived.width, curves };
}
