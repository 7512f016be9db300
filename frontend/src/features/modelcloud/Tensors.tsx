// What a weights file holds: its tensors by name, shape and type, and for pickles what loading them calls.

import { Alert, Code, Group, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/error";
import { Failure } from "@/ui/Failure";

import { contentsQuery, type Contents } from "./data";
import classes from "./Tensors.module.css";

type Tensor = Contents["tensors"][number];
const ROW_PX = 26;

export function Tensors({ path }: { path: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(contentsQuery(path));
  if (error instanceof ApiError && error.status === 422) return <Text c="dimmed">{error.message}</Text>;
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton h={200} aria-busy />;
  return (
    <Stack gap="sm">
      <Globals contents={data} />
      <Metadata metadata={data.metadata} />
      {data.tensors.length > 0 ? <Listing contents={data} /> : <Text c="dimmed">{t("models.tensors.none", { format: data.format })}</Text>}
    </Stack>
  );
}

/** Loading a pickle calls what it names: whoever loads it should know. */
function Globals({ contents }: { contents: Contents }) {
  const { t } = useTranslation();
  if (contents.globals.length === 0) return null;
  const bad = contents.globals.filter((one) => one.dangerous);
  return (
    <Stack gap={6} component="section" aria-label={t("models.globals.title")}>
      {contents.dangerous && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle size={16} />} title={t("models.globals.danger")} maw={760}>
          {t("models.globals.dangerText", { names: bad.map((one) => one.name).join(", ") })}
        </Alert>
      )}
      <Text fz="sm" c="dimmed">
        {t("models.globals.text")}
      </Text>
      <Group gap={4}>
        {contents.globals.map((one) => (
          <Code key={one.name} className={one.dangerous ? classes.dangerous : undefined}>
            {one.dangerous && "⚠ "}
            {one.name}
          </Code>
        ))}
      </Group>
    </Stack>
  );
}

function Metadata({ metadata }: { metadata: Contents["metadata"] }) {
  const { t } = useTranslation();
  const entries = Object.entries(metadata);
  if (entries.length === 0) return null;
  return (
    <Table maw={640} aria-label={t("models.tensors.metadata")}>
      <Table.Tbody>
        {entries.map(([key, value]) => (
          <Table.Tr key={key}>
            <Table.Th scope="row" fw={500}>
              {key}
            </Table.Th>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Tens of thousands of tensors are one list: only rows in sight are drawn. */
function Listing({ contents }: { contents: Contents }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const shown = useMemo(() => contents.tensors.filter((one) => one.name.toLowerCase().includes(wanted)), [contents, wanted]);
  const elements = useMemo(() => shown.reduce((sum, one) => sum + elementsOf(one), 0), [shown]);
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => frame.current, estimateSize: () => ROW_PX, overscan: 12 });
  return (
    <>
      <Group gap="sm">
        <TextInput value={search} onChange={(event) => setSearch(event.currentTarget.value)} placeholder={t("models.tensors.find")} aria-label={t("models.tensors.find")} leftSection={<IconSearch size={14} />} w={240} type="search" />
        <Text c="dimmed" fz="sm" role="status" className="tabular">
          {t("models.tensors.counted", { count: shown.length, elements })} · {contents.format}
          {contents.truncated && ` · ${t("models.tensors.truncated")}`}
        </Text>
      </Group>
      <div ref={frame} className={classes.frame} tabIndex={0} role="table" aria-label={t("models.tabs.tensors")} aria-rowcount={shown.length + 1}>
        <div className={classes.head} role="row">
          <span role="columnheader">{t("models.name")}</span>
          <span role="columnheader">dtype</span>
          <span role="columnheader">{t("models.tensors.shape")}</span>
          <span role="columnheader" className={classes.number}>
            {t("models.tensors.elements")}
          </span>
        </div>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const one = shown[index]!;
            return (
              <div key={index} role="row" aria-rowindex={index + 2} className={classes.row} style={{ transform: `translateY(${start}px)` }}>
                <span role="cell" className={classes.name} title={one.name}>
                  {one.name}
                </span>
                <span role="cell">{one.dtype}</span>
                <span role="cell">{one.shape.length ? one.shape.join(" × ") : t("models.tensors.scalar")}</span>
                <span role="cell" className={classes.number}>
                  {elementsOf(one).toLocaleString()}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

export function elementsOf({ shape }: Pick<Tensor, "shape">): number {
  return shape.reduce((product, one) => product * one, 1);
}
