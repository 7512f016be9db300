// What a training printed: all of it, live, searched by the server, with its colours.

import { Button, Stack, Text } from "@mantine/core";
import { useHotkeys, useLocalStorage } from "@mantine/hooks";
import { IconArrowBarToDown } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { number } from "@/charts/format";
import { Failure } from "@/ui/Failure";
import { Paste } from "@/ui/Paste";

import type { WholeTraining } from "../data";
import { isOpen } from "../overview/data";
import { useFailureNotice } from "../overview/notice";
import type { TabSearch } from "../overview/tab";
import classes from "./Console.module.css";
import { ConsoleToolbar } from "./ConsoleToolbar";
import { saveAs, wholeText } from "./download";
import { LineList } from "./LineList";
import { EveryLine, linesOf, StreamLines } from "./lines";
import { nextFind, useFinds } from "./search";

/** A browser cannot scroll further; of a longer console, so many lines around the wanted place are shown. */
const MOST_ROWS = 900_000;

interface Props {
  training: WholeTraining;
  search: Pick<TabSearch, "line" | "find" | "stream">;
  onSearch(change: Pick<TabSearch, "line" | "find" | "stream">): void;
}

export function ConsoleTab({ training, search, onSearch }: Props) {
  const { t } = useTranslation();
  const total = training.console_lines;
  if (!total) {
    return (
      <Stack gap="xs">
        <Text c="dimmed">{t(isOpen(training.status) ? "training.console.noneYet" : "training.console.none")}</Text>
        <Paste text="pavi.init(console=True)" label={t("training.console.title")} />
      </Stack>
    );
  }
  return <Console training={training} search={search} onSearch={onSearch} />;
}

function Console({ training, search, onSearch }: Props) {
  const { t } = useTranslation();
  const { id, console_lines: total } = training;
  const { stream, find = "" } = search;
  const wanted = search.line === undefined ? null : search.line - 1;
  const read = useMemo(() => linesOf(id), [id]);
  const [base, setBase] = useState(() => baseFor(wanted, total));
  // The store grows by itself: it must not begin anew with every line.
  const start = useRef(total);
  start.current = total;
  const lines = useMemo(() => (stream ? new StreamLines(read, start.current, stream) : new EveryLine(read, start.current, base)), [read, stream, base]);
  useEffect(() => lines.grow(total), [lines, total]);
  const cut = useSyncExternalStore(lines.observe, () => lines.error);

  const [follow, setFollow] = useState(wanted === null && isOpen(training.status));
  const [goal, setGoal] = useState(wanted === null ? null : { number: wanted });
  const [wrap, setWrap] = useLocalStorage({ key: "pavi.console.wrap", defaultValue: false, getInitialValueInEffect: false });
  const goTo = (line: number) => {
    const bounded = Math.min(total - 1, Math.max(0, line));
    setFollow(false);
    if (bounded < base) setBase(baseFor(bounded, total));
    setGoal({ number: bounded });
    onSearch({ line: bounded + 1 });
  };

  const finds = useFinds(id, find, stream);
  const place = wanted === null ? -1 : finds.numbers.indexOf(wanted);
  const step = async (way: 1 | -1) => {
    let { numbers } = finds;
    let next = nextFind(numbers, wanted, way);
    if (next === null && way > 0) {
      numbers = await finds.further();
      next = nextFind(numbers, wanted, way);
    }
    next ??= nextFind(numbers, null, way); // round, as editors do
    const line = next === null ? undefined : numbers[next];
    if (line !== undefined) goTo(line);
  };
  // A new search shows its first find from the current line on.
  const sought = useRef(find);
  const known = finds.numbers.length > 0;
  useEffect(() => {
    if (!known || sought.current === find) return;
    sought.current = find;
    void step(1);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each search, not with each line that is picked
  }, [known, find]);

  const searchBox = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => searchBox.current?.focus()]]);
  const download = useDownload(training);
  return (
    <section aria-label={t("training.console.title")}>
      <ConsoleToolbar
        search={find}
        onSearch={(text) => onSearch({ find: text || undefined })}
        finds={finds}
        place={place < 0 ? null : place}
        onStep={(way) => void step(way)}
        stream={stream}
        onStream={(one) => onSearch({ stream: one })}
        wrap={wrap}
        onWrap={setWrap}
        lines={total}
        onLine={(line) => goTo(line - 1)}
        downloaded={download.lines}
        onDownload={download.start}
        searchBox={searchBox}
      />
      {(cut ?? finds.error) != null && <Failure error={cut ?? finds.error} onRetry={() => lines.retry()} />}
      {base > 0 && !stream && (
        <Text fz="xs" c="dimmed" mb={4}>
          {t("training.console.from", { line: number(base + 1), total: number(total) })}{" "}
          <Button size="compact-xs" variant="subtle" onClick={() => goTo(0)}>
            {t("training.console.toStart")}
          </Button>
        </Text>
      )}
      <div className={classes.console}>
        <LineList lines={lines} wrap={wrap} search={find} goal={goal} current={wanted} follow={follow} onFollow={setFollow} onPick={(line) => onSearch({ line: line + 1 })} />
        {!follow && (
          <Button
            className={classes.foot}
            size="compact-sm"
            leftSection={<IconArrowBarToDown size={14} />}
            onClick={() => {
              setBase(baseFor(null, total));
              setFollow(true);
            }}
          >
            {t(isOpen(training.status) ? "training.console.follow" : "training.console.toEnd")}
          </Button>
        )}
      </div>
    </section>
  );
}

/** The first line that is shown: 0 unless there are more than a browser can scroll through. */
export function baseFor(wanted: number | null, total: number): number {
  const last = Math.max(0, total - MOST_ROWS);
  return wanted === null ? last : Math.min(last, Math.max(0, wanted - MOST_ROWS / 2));
}

function useDownload(training: WholeTraining): { lines: number | null; start(): void } {
  const [lines, setLines] = useState<number | null>(null);
  const failed = useFailureNotice();
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const start = () => {
    if (lines !== null) return;
    const control = new AbortController();
    stop.current = control;
    setLines(0);
    wholeText(linesOf(training.id), setLines, control.signal)
      .then((blob) => saveAs(blob, `${training.number}-${training.name.replace(/[^\p{L}\p{N}._-]+/gu, "_")}.log`))
      .catch((error: unknown) => control.signal.aborted || failed(error))
      .finally(() => setLines(null));
  };
  return { lines, start };
}
