// What stands in a cell, by its column. Plain elements: hundreds of them appear while somebody scrolls.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { duration, number, real, type Real } from "@/charts/format";
import { ago } from "@/ui/Ago";
import { StatusSign } from "@/ui/Status";

import { isTime, type Column } from "./columns";
import { isCrowded, sparkQuery, type Spark, type Training } from "./data";
import classes from "./Table.module.css";

interface CellProps {
  row: Training;
  column: Column;
  /** Trainings whose little curves are asked for in one request. */
  block: readonly string[];
  onTag(tag: string): void;
}

export function Cell({ row, column, block, onTag }: CellProps) {
  switch (column.kind) {
    case "spark":
      return (
        <div role="gridcell" className={classes.cell}>
          <SparkCell tag={column.tag} row={row} block={block} />
        </div>
      );
    case "metric":
      return <Value value={row.columns[column.id]} numeric />;
    case "config":
      return <Value value={row.columns[column.id]} />;
    case "field":
      break;
  }
  switch (column.field) {
    case "status":
      return <StatusCell row={row} />;
    case "progress":
      return <ProgressCell row={row} />;
    case "tags":
      return <TagsCell tags={row.tags} onTag={onTag} />;
    case "duration":
      return <Text text={duration(row.duration)} title={`${row.duration} s`} numeric />;
    case "project":
      return <Text text={row.project.path} />;
    case "number":
    case "lost_points":
      return <Value value={row[column.field]} numeric />;
    default:
      return isTime(column.field) ? <TimeCell at={row[column.field as "created_at"]} /> : <Text text={row[column.field as "user"]} />;
  }
}

function Text({ text, title = text, numeric = false }: { text: string; title?: string; numeric?: boolean }) {
  return (
    <div role="gridcell" className={numeric ? `${classes.cell} ${classes.number}` : classes.cell} title={title}>
      <span className={text ? classes.text : classes.dim}>{text || "–"}</span>
    </div>
  );
}

/** Whatever config or a curve holds: numbers to the right with four digits, the whole value on hover. */
function Value({ value, numeric = false }: { value: unknown; numeric?: boolean }) {
  if (value === null || value === undefined) return <Text text="" title="" numeric={numeric} />;
  if (numeric || typeof value === "number") {
    const whole = real(value as Real);
    return <Text text={number(value as Real)} title={String(whole)} numeric />;
  }
  return <Text text={typeof value === "object" ? JSON.stringify(value) : String(value)} />;
}

function StatusCell({ row }: { row: Training }) {
  const { t } = useTranslation();
  return (
    <div role="gridcell" className={classes.cell} title={row.reason || t(`status.${row.status}Means`)}>
      <StatusSign status={row.status} name={t(`status.${row.status}`)} />
    </div>
  );
}

function TimeCell({ at }: { at: string | null }) {
  const { i18n, t } = useTranslation();
  if (!at) return <Text text="" title="" />;
  const date = new Date(at);
  const seconds = (Date.now() - date.getTime()) / 1000;
  return (
    <div role="gridcell" className={classes.cell}>
      <time dateTime={at} title={date.toLocaleString(i18n.language)} className={classes.text}>
        {ago(seconds, i18n.language) ?? t("time.now")}
      </time>
    </div>
  );
}

function TagsCell({ tags, onTag }: { tags: readonly string[]; onTag(tag: string): void }) {
  const { t } = useTranslation();
  return (
    <div role="gridcell" className={`${classes.cell} ${classes.tags}`} title={tags.join(", ")}>
      {tags.map((tag) => (
        <button key={tag} type="button" tabIndex={-1} className={classes.tag} title={t("table.filterByTag", { tag })} onClick={() => onTag(tag)}>
          {tag}
        </button>
      ))}
    </div>
  );
}

function ProgressCell({ row }: { row: Training }) {
  const { t } = useTranslation();
  const { current, total, unit } = row.progress;
  if (current === null && total === null) return <Text text="" title="" />;
  const done = current ?? 0;
  if (!total) return <Text text={done.toLocaleString("en")} title={t("table.steps", { count: done })} />;
  const share = Math.min(1, done / total);
  const left = secondsLeft(row);
  const percent = `${Math.floor(share * 100)}%`;
  const whole = t(unit === "epoch" ? "table.ofEpochs" : "table.ofIterations", { done, total });
  return (
    <div role="gridcell" className={`${classes.cell} ${classes.progress}`} title={left === null ? whole : `${whole}, ${t("table.left", { time: duration(left) })}`}>
      <div className={classes.bar} role="progressbar" aria-label={t("table.column.progress")} aria-valuenow={Math.floor(share * 100)} aria-valuetext={whole} style={{ color: `var(--pavi-${row.status})` }}>
        <div className={classes.fill} style={{ transform: `scaleX(${share})` }} />
      </div>
      <span className={classes.text}>
        {percent}
        {left !== null && <span className={classes.dim}> · {t("table.left", { time: duration(left) })}</span>}
      </span>
    </div>
  );
}

/** How long it will still take at the pace so far; null where that cannot be said. */
export function secondsLeft(row: Pick<Training, "status" | "duration" | "progress">): number | null {
  const { current, total } = row.progress;
  if (row.status !== "running" || !current || !total || current >= total || row.duration <= 0) return null;
  return Math.ceil((row.duration / current) * (total - current));
}

function SparkCell({ tag, row, block }: { tag: string; row: Training; block: readonly string[] }) {
  const { t } = useTranslation();
  const running = row.status === "running";
  const { data: shared } = useQuery({ ...sparkQuery(tag, block, running), select: (curves) => curves[row.id] ?? null, enabled: row.deleted_at === null });
  const { data: own } = useQuery({ ...sparkQuery(tag, [row.id], running), select: (curves) => curves[row.id] ?? null, enabled: shared != null && isCrowded(shared) });
  const curve = (own ?? shared)?.spark;
  if (!curve || curve.length < 2) return <span className={classes.dim}>{curve?.length === 1 ? "·" : ""}</span>;
  return (
    <svg className={classes.spark} viewBox={`0 0 ${SPARK_W} ${SPARK_H}`} preserveAspectRatio="none" role="img" aria-label={t("table.sparkOf", { tag })}>
      <path d={sparkPath(curve)} fill="none" stroke="currentColor" strokeWidth={1.25} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

const SPARK_W = 100;
const SPARK_H = 24;

/** The line of a little curve over its own range, with a pixel of room above and below. */
export function sparkPath(curve: Spark): string {
  const ys = curve.map(([, y]) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const [first, last] = [curve[0]![0], curve[curve.length - 1]![0]];
  const x = (value: number) => ((value - first) / (last - first || 1)) * SPARK_W;
  const y = (value: number) => (high === low ? SPARK_H / 2 : SPARK_H - 2 - ((value - low) / (high - low)) * (SPARK_H - 4));
  return curve.map(([at, value], index) => `${index ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}
