// What was not committed when a training began: a diff by file, each opened when it is looked at.

import { Button, Group, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Copy } from "@/ui/Paste";

import { parseDiff, type DiffFile, type DiffLine } from "./diff";
import classes from "./Diff.module.css";

const FIRST_LINES = 500;
/** A diff of one short file is open from the start. */
const OPEN_LINES = 40;

const MARKS: Record<DiffLine["kind"], string> = { hunk: "", added: "+", removed: "−", same: " ", note: "" };

export function Diff({ diff, truncated }: { diff: string; truncated: boolean }) {
  const { t } = useTranslation();
  const files = useMemo(() => parseDiff(diff), [diff]);
  const sum = (pick: (file: DiffFile) => number) => files.reduce((total, file) => total + pick(file), 0);
  return (
    <section aria-label={t("training.git.diff")}>
      <Group gap="xs" mb={4}>
        <Text fz="sm" fw={600}>
          {t("training.git.changedFiles", { count: files.length })}
        </Text>
        <Counts added={sum((file) => file.added)} removed={sum((file) => file.removed)} />
        <Copy text={diff} label={t("training.git.copyDiff")} />
      </Group>
      {truncated && (
        <Text fz="xs" c="dimmed" mb={4}>
          {t("training.git.truncated")}
        </Text>
      )}
      {files.map((file, index) => (
        <File key={`${index} ${file.path}`} file={file} open={files.length === 1 && file.lines.length <= OPEN_LINES} />
      ))}
    </section>
  );
}

function File({ file, open: first }: { file: DiffFile; open: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(first);
  const [most, setMost] = useState(FIRST_LINES);
  return (
    <details className={classes.file} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className={classes.path}>{file.from ? `${file.from} → ${file.path}` : file.path}</span>{" "}
        {file.change !== "changed" && <span className={classes.change}>{t(`training.git.${file.change}`)} </span>}
        <Counts added={file.added} removed={file.removed} />
      </summary>
      {open && (
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={file.path}>
          <table className={classes.lines}>
            <tbody>
              {file.lines.slice(0, most).map((line, index) => (
                <tr key={index} className={classes[line.kind]}>
                  <td className={classes.number}>{line.before}</td>
                  <td className={classes.number}>{line.after}</td>
                  <td className={classes.code}>
                    <span className={classes.mark}>{MARKS[line.kind]}</span>
                    {line.text}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {file.lines.length > most && (
            <Button m={6} variant="default" onClick={() => setMost(Infinity)}>
              {t("training.showMore", { count: file.lines.length - most })}
            </Button>
          )}
        </div>
      )}
    </details>
  );
}

function Counts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className={`tabular ${classes.counts}`}>
      <span className={classes.plus}>+{added}</span> <span className={classes.minus}>−{removed}</span>
    </span>
  );
}
