// The headings: sort by click, drag to move, pull the edge to resize; all of it also in a menu for the keyboard.

import { Menu } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconDotsVertical } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { columnOf, descendsFirst, isNumeric, NARROWEST, sortOf, WIDEST, widthOf, type Column } from "./columns";
import { useTitle } from "./titles";
import classes from "./Table.module.css";
import { canGroup, type TableView } from "./view";

interface HeadProps {
  columns: readonly Column[];
  view: TableView;
  onView(change: Partial<TableView>): void;
  allChosen: boolean;
  someChosen: boolean;
  onChooseAll(): void;
}

const NAME = columnOf("name")!;
const STEP_PX = 16;

export function Head({ columns, view, onView, allChosen, someChosen, onChooseAll }: HeadProps) {
  const { t } = useTranslation();
  const ids = columns.map((one) => one.id);
  const [dragged, setDragged] = useState<string | null>(null);
  const move = (id: string, to: number) => {
    const rest = ids.filter((one) => one !== id);
    rest.splice(Math.max(0, Math.min(rest.length, to)), 0, id);
    onView({ columns: rest });
  };
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      <div role="columnheader" className={`${classes.cell} ${classes.pick}`}>
        <input
          type="checkbox"
          aria-label={t("table.chooseAll")}
          checked={allChosen}
          ref={(box) => {
            if (box) box.indeterminate = someChosen && !allChosen;
          }}
          onChange={onChooseAll}
        />
      </div>
      <Heading column={NAME} view={view} onView={onView} className={classes.name} />
      {columns.map((column, at) => (
        <Heading
          key={column.id}
          column={column}
          view={view}
          onView={onView}
          onHide={() => onView({ columns: ids.filter((id) => id !== column.id) })}
          onMove={(by) => move(column.id, at + by)}
          onDragged={setDragged}
          onDropped={dragged && dragged !== column.id ? () => move(dragged, at) : undefined}
        />
      ))}
    </div>
  );
}

interface HeadingProps {
  column: Column;
  view: TableView;
  onView(change: Partial<TableView>): void;
  className?: string;
  onHide?(): void;
  onMove?(by: number): void;
  onDragged?(id: string | null): void;
  /** Takes what is dragged; absent while nothing is. */
  onDropped?(): void;
}

function Heading({ column, view, onView, className, onHide, onMove, onDragged, onDropped }: HeadingProps) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const { title, text, hint } = useTitle(column);
  const key = sortOf(column);
  const sorted = view.sort === key ? "ascending" : view.sort === `-${key}` ? "descending" : undefined;
  const sort = (down: boolean) => key && onView({ sort: down ? `-${key}` : key });
  const click = () => sort(sorted ? sorted === "ascending" : descendsFirst(column));
  const Arrow = sorted === "ascending" ? IconArrowUp : IconArrowDown;
  return (
    <div
      role="columnheader"
      aria-sort={sorted}
      className={[classes.title, isNumeric(column) ? classes.numeric : "", className ?? ""].join(" ")}
      draggable={onMove !== undefined}
      data-over={(over && onDropped !== undefined) || undefined}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", column.id);
        onDragged?.(column.id);
      }}
      onDragEnd={() => onDragged?.(null)}
      onDragOver={(event) => {
        if (!onDropped) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDropped?.();
      }}
    >
      <button type="button" className={classes.sort} disabled={key === null} onClick={click} title={hint}>
        <span className={classes.text}>{text}</span>
        {sorted && <Arrow size={12} style={{ flex: "none" }} aria-hidden />}
      </button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <button type="button" className={classes.more} aria-label={t("table.menuOf", { column: title })}>
            <IconDotsVertical size={14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {key && <Menu.Item onClick={() => sort(false)}>{t("table.ascending")}</Menu.Item>}
          {key && <Menu.Item onClick={() => sort(true)}>{t("table.descending")}</Menu.Item>}
          {canGroup(column) && <Menu.Item onClick={() => onView({ group: view.group === column.id ? "" : column.id })}>{t(view.group === column.id ? "table.ungroup" : "table.groupByThis")}</Menu.Item>}
          {onMove && <Menu.Item onClick={() => onMove(-1)}>{t("table.moveLeft")}</Menu.Item>}
          {onMove && <Menu.Item onClick={() => onMove(1)}>{t("table.moveRight")}</Menu.Item>}
          {view.widths[column.id] !== undefined && <Menu.Item onClick={() => onView({ widths: without(view.widths, column.id) })}>{t("table.usualWidth")}</Menu.Item>}
          {onHide && <Menu.Item onClick={onHide}>{t("table.hide")}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Grip column={column} label={title} width={view.widths[column.id] ?? widthOf(column)} onWidth={(width) => onView({ widths: { ...view.widths, [column.id]: width } })} />
    </div>
  );
}

/** The edge of a column. While it is pulled, the column follows through a style alone; the address learns it at the end. */
function Grip({ column, label, width, onWidth }: { column: Column; label: string; width: number; onWidth(width: number): void }) {
  const { t } = useTranslation();
  const pull = (event: React.PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const grip = event.currentTarget;
    const grid = grip.closest<HTMLElement>("[role=grid]");
    const began = event.clientX;
    let now = width;
    grip.setPointerCapture(event.pointerId);
    grip.dataset.held = "";
    const follow = (moved: PointerEvent) => {
      now = bounded(width + moved.clientX - began);
      grid?.style.setProperty(widthVariable(column.id), `${now}px`);
    };
    const end = () => {
      grip.removeEventListener("pointermove", follow);
      delete grip.dataset.held;
      if (now !== width) onWidth(now);
    };
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("lostpointercapture", end, { once: true });
  };
  const press = (event: React.KeyboardEvent) => {
    const by = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    onWidth(bounded(width + by));
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t("table.widthOf", { column: label })}
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      tabIndex={0}
      className={classes.grip}
      onPointerDown={pull}
      onKeyDown={press}
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

/** The name of the style that holds a column's width. */
export function widthVariable(id: string): string {
  let hash = 0;
  for (let at = 0; at < id.length; at += 1) hash = (hash * 31 + id.charCodeAt(at)) | 0;
  return `--w${(hash >>> 0).toString(36)}`;
}

const bounded = (width: number) => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));

function without(widths: Record<string, number>, id: string): Record<string, number> {
  return Object.fromEntries(Object.entries(widths).filter(([name]) => name !== id));
}
