// All charts of some trainings, grouped by the tags' first part; a group's charts are made when it is open.

import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import classes from "./ChartGrid.module.css";
import { ChartPanel, type Drawn } from "./ChartPanel";
import { seriesQuery } from "./data";
import { useLiveCharts } from "./live";
import { tagMatcher, type ChartView } from "./view";

const PER_GROUP = 24;
const CLOSED = new Set(["system"]);

interface Props {
  trainings: readonly Drawn[];
  view: ChartView;
  onView(change: Partial<ChartView>): void;
}

export function ChartGrid({ trainings, view, onView }: Props) {
  const { t } = useTranslation();
  const ids = useMemo(() => trainings.map((one) => one.id), [trainings]);
  const { tags: filter, pinned: marked } = view;
  const { data: series, isPending } = useQuery(seriesQuery(ids));
  useLiveCharts(ids);

  const groups = useMemo(() => grouped(series?.map((one) => one.tag) ?? [], filter, marked), [series, filter, marked]);
  const zoom = useCallback((from: number | null, to: number | null) => onView({ from, to }), [onView]);
  const pin = useCallback(
    (tag: string) => onView({ pinned: view.pinned.includes(tag) ? view.pinned.filter((one) => one !== tag) : [...view.pinned, tag] }),
    [onView, view.pinned],
  );

  if (!isPending && series?.length === 0) return <Text c="dimmed">{t("chart.noneYet")}</Text>;
  if (series?.length && !groups.length) return <Text c="dimmed">{t("chart.noneMatch")}</Text>;
  return groups.map(([name, tags]) => (
    <ChartGroup key={name} name={name} tags={tags} trainings={trainings} view={view} onZoom={zoom} onPin={pin} />
  ));
}

interface GroupProps {
  name: string;
  tags: string[];
  trainings: readonly Drawn[];
  view: ChartView;
  onZoom(from: number | null, to: number | null): void;
  onPin(tag: string): void;
}

function ChartGroup({ name, tags, ...rest }: GroupProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(!CLOSED.has(name) || rest.view.tags !== "");
  const [most, setMost] = useState(PER_GROUP);
  return (
    <details className={classes.group} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {name === PINNED ? t("chart.pinned") : name || t("chart.other")} <span>{tags.length}</span>
      </summary>
      {open && (
        <>
          <div className={classes.grid}>
            {tags.slice(0, most).map((tag) => (
              <ChartPanel key={tag} tag={tag} {...rest} />
            ))}
          </div>
          {tags.length > most && (
            <Button variant="default" mt="xs" onClick={() => setMost(most + 4 * PER_GROUP)}>
              {t("chart.showMore", { count: tags.length - most })}
            </Button>
          )}
        </>
      )}
    </details>
  );
}

const PINNED = "\0pinned";

/** Pinned tags first, then groups by the part before the first slash; closed ones last. */
export function grouped(tags: readonly string[], filter: string, marked: readonly string[]): [string, string[]][] {
  const matches = tagMatcher(filter);
  const groups = new Map<string, string[]>();
  const every = [...new Set(tags)].filter(matches).sort(byName);
  const pinned = marked.filter((tag) => every.includes(tag));
  if (pinned.length) groups.set(PINNED, pinned);
  for (const tag of every) {
    if (pinned.includes(tag)) continue;
    const name = tag.includes("/") ? tag.slice(0, tag.indexOf("/")) : "";
    const group = groups.get(name);
    if (group) group.push(tag);
    else groups.set(name, [tag]);
  }
  const rank = (name: string) => (name === PINNED ? 0 : CLOSED.has(name) ? 2 : 1);
  return [...groups].sort(([a], [b]) => rank(a) - rank(b) || byName(a, b));
}

const collator = new Intl.Collator("en", { numeric: true });
const byName = (a: string, b: string) => collator.compare(a, b);
