// Names and values in two columns, as an overview lists them.

import { Text } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./Facts.module.css";

export function Facts({ rows }: { rows: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <Text c="dimmed">–</Text>}</dd>
        </div>
      ))}
    </dl>
  );
}
