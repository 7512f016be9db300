// A longer text exactly as it is, folded away until it is wanted, with the button that copies it.

import { useState } from "react";

import { Copy } from "@/ui/Paste";

import classes from "./RawText.module.css";

export function RawText({ title, text, open: first = false }: { title: string; text: string; open?: boolean }) {
  const [open, setOpen] = useState(first);
  return (
    <details className={classes.fold} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && (
        <div className={classes.frame}>
          <pre className={classes.text} tabIndex={0} aria-label={title}>
            {text}
          </pre>
          <Copy text={text} className={classes.copy} />
        </div>
      )}
    </details>
  );
}
