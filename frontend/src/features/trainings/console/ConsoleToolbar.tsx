// What is done with a console: search, one stream, wrapping, going to a line, taking it along.

import { ActionIcon, Button, Group, NumberInput, SegmentedControl, Switch, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconDownload, IconSearch } from "@tabler/icons-react";
import { useEffect, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import { number } from "@/charts/format";

import type { Stream } from "../overview/tab";
import type { Finds } from "./search";

interface Props {
  search: string;
  onSearch(search: string): void;
  finds: Finds;
  /** Which of the finds is shown; null is none yet. */
  place: number | null;
  onStep(step: 1 | -1): void;
  stream: Stream | undefined;
  onStream(stream: Stream | undefined): void;
  wrap: boolean;
  onWrap(wrap: boolean): void;
  lines: number;
  onLine(number: number): void;
  /** How many lines have been read for a download; null while there is none. */
  downloaded: number | null;
  onDownload(): void;
  searchBox: RefObject<HTMLInputElement | null>;
}

const PAUSE_MS = 300;

export function ConsoleToolbar(props: Props) {
  const { t } = useTranslation();
  return (
    <Group gap="sm" mb="xs" role="toolbar" aria-label={t("training.console.toolbar")}>
      <Search {...props} />
      <SegmentedControl
        size="xs"
        aria-label={t("training.console.stream")}
        value={props.stream ?? "all"}
        onChange={(value) => props.onStream(value === "all" ? undefined : (value as Stream))}
        data={[{ value: "all", label: t("training.console.all") }, { value: "stdout", label: "stdout" }, { value: "stderr", label: "stderr" }]}
      />
      <Switch size="xs" label={t("training.console.wrap")} checked={props.wrap} onChange={(event) => props.onWrap(event.currentTarget.checked)} />
      <GoTo lines={props.lines} onLine={props.onLine} />
      <Button variant="default" leftSection={<IconDownload size={14} />} onClick={props.onDownload}>
        {props.downloaded === null ? t("training.console.download") : t("training.console.downloading", { lines: number(props.downloaded) })}
      </Button>
    </Group>
  );
}

function Search({ search, onSearch, finds, place, onStep, searchBox }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(search);
  const settled = useDebouncedCallback(onSearch, PAUSE_MS);
  useEffect(() => setTyped(search), [search]);
  const found = finds.numbers.length;
  const total = `${number(found)}${finds.more ? "+" : ""}`;
  return (
    <Group gap={4} wrap="nowrap" role="search">
      <TextInput
        ref={searchBox}
        value={typed}
        maxLength={200}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          settled(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && typed === search) onStep(event.shiftKey ? -1 : 1);
          else if (event.key === "Enter") onSearch(typed);
          else if (event.key === "Escape") onSearch("");
        }}
        placeholder={t("training.console.search")}
        aria-label={t("training.console.search")}
        leftSection={<IconSearch size={14} />}
        w={180}
      />
      {(["up", "down"] as const).map((way) => (
        <Tooltip key={way} label={t(`training.console.${way}`)}>
          <ActionIcon variant="default" size="input-xs" aria-label={t(`training.console.${way}`)} disabled={!found} onClick={() => onStep(way === "up" ? -1 : 1)}>
            {way === "up" ? <IconArrowUp size={14} /> : <IconArrowDown size={14} />}
          </ActionIcon>
        </Tooltip>
      ))}
      <Text fz="xs" c="dimmed" className="tabular" role="status" miw={64}>
        {!search ? "" : finds.pending ? t("training.console.searching") : found ? `${place === null ? "–" : number(place + 1)} / ${total}` : t("training.console.noFind")}
      </Text>
    </Group>
  );
}

function GoTo({ lines, onLine }: { lines: number; onLine(number: number): void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | number>("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== "") onLine(Number(typed));
      }}
    >
      <NumberInput
        size="xs"
        w={96}
        hideControls
        allowDecimal={false}
        min={1}
        max={Math.max(1, lines)}
        clampBehavior="strict"
        value={typed}
        onChange={setTyped}
        placeholder={t("training.console.goTo")}
        aria-label={t("training.console.goTo")}
      />
    </form>
  );
}
