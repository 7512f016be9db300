// Lines to paste into a terminal or a file, with the button that copies them.

import { ActionIcon, Tooltip } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { copyText } from "./clipboard";
import classes from "./Paste.module.css";

export function Paste({ text, label }: { text: string; label?: string }) {
  return (
    <div className={classes.frame}>
      <pre className={classes.text} tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <Copy text={text} className={classes.copy} />
    </div>
  );
}

/** A small button that copies `text`, and says for a moment that it did. */
export function Copy({ text, label, className }: { text: string; label?: string; className?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const again = useTimeout(() => setCopied(false), 1_500);
  const says = copied ? t("app.copied") : (label ?? t("app.copy"));
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    again.start();
  };
  return (
    <Tooltip label={says}>
      <ActionIcon variant="subtle" color={copied ? "teal" : "gray"} size="sm" className={className} aria-label={says} onClick={() => void copy()}>
        {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}
