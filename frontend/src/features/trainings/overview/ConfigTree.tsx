// The config of a training as a tree: opens and closes, is searched, and gives away each path and value.

import { Button, Group, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { number } from "@/charts/format";
import { Copy } from "@/ui/Paste";

import { configRows, countLeaves, textOf, type ConfigRow } from "./config";
import classes from "./ConfigTree.module.css";

const ROW_PX = 24;
const MOST_PX = 20.5 * ROW_PX; // half a row says that there is more
/** Up to so many values, all branches are open at first; of more, only the first level is shown. */
const OPEN_LEAVES = 60;

export function ConfigTree({ config }: { config: Record<string, unknown> }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const small = useMemo(() => countLeaves(config, OPEN_LEAVES + 1) <= OPEN_LEAVES, [config]);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState<boolean | null>(null);
  const wanted = useDeferredValue(search);
  const rows = useMemo(() => configRows(config, (path) => (all ?? small) !== toggled.has(path), wanted), [config, all, small, toggled, wanted]);
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => frame.current, estimateSize: () => ROW_PX, overscan: 12, useFlushSync: false });
  const toggle = (path: string) =>
    setToggled((before) => {
      const after = new Set(before);
      if (!after.delete(path)) after.add(path);
      return after;
    });
  const toggleAll = () => {
    setAll(!(all ?? small));
    setToggled(new Set());
  };
  return (
    <>
      <Group gap="xs" mb={4}>
        <TextInput
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder={t("training.config.search")}
          aria-label={t("training.config.search")}
          leftSection={<IconSearch size={14} />}
          flex={1}
          maw={320}
        />
        <Button variant="default" onClick={toggleAll} disabled={wanted !== ""}>
          {t((all ?? small) ? "training.config.closeAll" : "training.config.openAll")}
        </Button>
      </Group>
      {rows.length === 0 && <Text c="dimmed">{t("training.config.noMatch")}</Text>}
      <div ref={frame} className={classes.frame} style={{ height: Math.min(MOST_PX, rows.length * ROW_PX) }} tabIndex={0} role="region" aria-label={t("training.config.title")}>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row && <Row key={row.path} row={row} top={item.start} onToggle={toggle} />;
          })}
        </div>
      </div>
    </>
  );
}

function Row({ row, top, onToggle }: { row: ConfigRow; top: number; onToggle(path: string): void }) {
  const { t } = useTranslation();
  const text = textOf(row.value);
  const exact = typeof row.value === "number";
  return (
    <div className={classes.row} style={{ transform: `translateY(${top}px)`, paddingLeft: 4 + 16 * row.depth }} data-path={row.path}>
      {row.entries === null ? (
        <span className={classes.name} title={row.path}>
          {row.name}
        </span>
      ) : (
        <button type="button" className={classes.branch} aria-expanded={row.open} onClick={() => onToggle(row.path)} title={row.path}>
          {row.open ? <IconChevronDown size={12} /> : <IconChevronRight size={12} />}
          {row.name}
        </button>
      )}
      <span className={`${classes.value} ${typeof row.value === "string" ? classes.text : ""}`} title={row.entries === null ? text : undefined}>
        {row.entries !== null ? <span className={classes.count}>{row.entries}</span> : exact ? number(row.value as number) : text || '""'}
      </span>
      <span className={classes.tools}>
        <Copy text={row.path} label={t("training.config.copyPath", { path: row.path })} />
        <Copy text={text} label={t("training.config.copyValue", { path: row.path })} />
      </span>
    </div>
  );
}
