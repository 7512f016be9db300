// What a column is called on the screen.

import { useTranslation } from "react-i18next";

import type { Column } from "./columns";

interface Title {
  /** For lists and labels, whole. */
  title: string;
  /** For the narrow heading. */
  text: string;
  hint: string;
}

export function useTitle(column: Column): Title {
  const { t } = useTranslation();
  return titleOf(column, t);
}

export function titleOf(column: Column, t: (key: string) => string): Title {
  switch (column.kind) {
    case "field": {
      const name = t(`table.column.${column.field}`);
      return { title: name, text: name, hint: name };
    }
    case "config":
      return { title: column.id, text: column.key, hint: column.id };
    case "metric":
      return { title: `${column.tag} ${t(`table.stat.${column.stat}`)}`, text: column.stat === "last" ? column.tag : `${column.tag} ${t(`table.stat.${column.stat}`)}`, hint: column.id };
    case "spark":
      return { title: `${column.tag} ${t("table.stat.spark")}`, text: column.tag, hint: `${column.tag} ${t("table.stat.spark")}` };
  }
}
