// The rows of the table: a training, the heading of a group, a place for what is still on its way.

import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { number } from "@/charts/format";

import { Cell } from "./Cells";
import { isNumeric, type Column } from "./columns";
import type { Training } from "./data";
import { spreadOf, type GroupLine } from "./groups";
import classes from "./Table.module.css";

export interface RowActs {
  onToggle(row: Training): void;
  onReach(row: Training): void;
  onCursor(id: string): void;
  onTag(tag: string): void;
  onOpen(row: Training): void;
  /** Where trainings are: what stands before the number in an address. */
  home: string;
}

/** A plain click on a plain link: the router's own would cost each row half of its time. */
function opensHere(event: React.MouseEvent): boolean {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  event.preventDefault();
  return true;
}

interface RowProps {
  row: Training;
  columns: readonly Column[];
  block: readonly string[];
  index: number;
  top: number;
  chosen: boolean;
  cursor: boolean;
  acts: RowActs;
  /** Changes when times are to be told anew. */
  tick: number;
}

export const rowId = (id: string) => `training-${id}`;

export const TrainingRow = memo(function TrainingRow({ row, columns, block, index, top, chosen, cursor, acts }: RowProps) {
  const { t } = useTranslation();
  const onClick = (event: React.MouseEvent) => {
    acts.onCursor(row.id);
    if ((event.target as Element).closest("a, button, input")) return;
    if (event.shiftKey) acts.onReach(row);
    else if (event.ctrlKey || event.metaKey) acts.onToggle(row);
  };
  return (
    <div
      role="row"
      id={rowId(row.id)}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      data-cursor={cursor || undefined}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onClick}
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
    >
      <div role="gridcell" className={`${classes.cell} ${classes.pick}`}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t("table.choose", { name: row.name })}
          checked={chosen}
          onChange={(event) => ((event.nativeEvent as MouseEvent).shiftKey ? acts.onReach(row) : acts.onToggle(row))}
        />
      </div>
      <div role="rowheader" className={`${classes.cell} ${classes.name}`} title={row.name}>
        <a href={`${acts.home}${row.number}`} tabIndex={-1} onClick={(event) => opensHere(event) && acts.onOpen(row)}>
          {row.name}
        </a>
        <span className={classes.dim}>#{row.number}</span>
      </div>
      {columns.map((column) => (
        <Cell key={column.id} row={row} column={column} block={block} onTag={acts.onTag} />
      ))}
    </div>
  );
});

interface GroupProps {
  line: GroupLine;
  columns: readonly Column[];
  by: string;
  index: number;
  top: number;
  onFold(label: string): void;
}

export function GroupRow({ line, columns, by, index, top, onFold }: GroupProps) {
  const { t } = useTranslation();
  const Chevron = line.open ? IconChevronDown : IconChevronRight;
  return (
    <div role="row" aria-rowindex={index + 2} className={`${classes.row} ${classes.group}`} style={{ transform: `translateY(${top}px)` }}>
      <div role="gridcell" className={`${classes.cell} ${classes.pick}`} />
      <div role="rowheader" className={`${classes.cell} ${classes.name}`} title={`${by}: ${line.label}`}>
        <button type="button" className={classes.fold} aria-expanded={line.open} onClick={() => onFold(line.label)}>
          <Chevron size={14} />
          <span className={classes.text}>{line.label}</span>
        </button>
        <span className={classes.dim}>{t("table.inGroup", { count: line.rows.length })}</span>
      </div>
      {columns.map((column) => (
        <GroupCell key={column.id} rows={line.rows} column={column} />
      ))}
    </div>
  );
}

/** The mean of a metric over a group, with the deviation of its members. */
function GroupCell({ rows, column }: { rows: readonly Training[]; column: Column }) {
  const { t } = useTranslation();
  const spread = column.kind === "metric" ? spreadOf(rows, column.id) : null;
  if (!spread) return <div role="gridcell" className={classes.cell} />;
  const { count, mean, deviation } = spread;
  const text = deviation === null ? number(mean) : `${number(mean)} ± ${short(deviation)}`;
  return (
    <div role="gridcell" className={`${classes.cell} ${classes.number}`} title={t("table.meanOf", { count, mean: String(mean), deviation: deviation === null ? "–" : String(deviation) })}>
      <span className={classes.text}>{text}</span>
    </div>
  );
}

const short = (value: number) => (value === 0 ? "0" : String(Number(value.toPrecision(2))));

export function PendingRow({ columns, index, top }: { columns: readonly Column[]; index: number; top: number }) {
  return (
    <div role="row" aria-rowindex={index + 2} aria-busy className={classes.row} style={{ transform: `translateY(${top}px)` }}>
      <div role="gridcell" className={`${classes.cell} ${classes.pick}`} />
      <div role="gridcell" className={`${classes.cell} ${classes.name}`}>
        <div className={classes.hole} style={{ width: `${45 + ((index * 17) % 40)}%` }} />
      </div>
      {columns.map((column) => (
        <div role="gridcell" key={column.id} className={isNumeric(column) ? `${classes.cell} ${classes.number}` : classes.cell}>
          <div className={classes.hole} style={{ width: "55%" }} />
        </div>
      ))}
    </div>
  );
}
