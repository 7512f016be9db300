// Archive, delete, restore and tag many at once: rows leave immediately, and a notification takes it all back.

import { notifications } from "@mantine/notifications";
import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { createElement, useCallback } from "react";
import { useTranslation } from "react-i18next";

import { messageOf } from "@/ui/Failure";

import { changeMany, setTags, type Action, type Pages, type Training } from "./data";
import { patched } from "./live";
import { Undo } from "./Undo";

const BACK: Record<Action, Action> = { archive: "unarchive", unarchive: "archive", delete: "restore", restore: "delete" };
const UNDO_MS = 12_000;

export interface Bulk {
  change(rows: readonly Training[], action: Action): Promise<void>;
  tag(rows: readonly Training[], add: readonly string[], remove: readonly string[]): Promise<void>;
}

/** `look` asks the server for the rows after each change; `key` is the shown query. */
export function useBulk(key: QueryKey, look: () => void): Bulk {
  const { t } = useTranslation();
  const queries = useQueryClient();

  /** Does it, shows it before the server has answered, and offers the way back. */
  const act = useCallback(
    async (count: number, text: string, preview: (pages: Pages) => Pages, work: () => Promise<void>, back: () => Promise<void>) => {
      const before = queries.getQueryData<Pages>(key);
      const restore = () => before && queries.setQueryData(key, before);
      const failed = (error: unknown) => {
        restore();
        look();
        notifications.show({ color: "red", title: t("table.bulk.failed"), message: messageOf(error, t("app.offline")), autoClose: 10_000 });
      };
      await queries.cancelQueries({ queryKey: key });
      queries.setQueryData<Pages>(key, (pages) => pages && preview(pages));
      try {
        await work();
      } catch (error) {
        failed(error);
        return;
      }
      look();
      void queries.invalidateQueries({ queryKey: ["projects"] });
      const undo = async () => {
        notifications.hide(id);
        try {
          await back();
        } catch (error) {
          failed(error);
          return;
        }
        restore();
        look();
        void queries.invalidateQueries({ queryKey: ["projects"] });
        notifications.show({ message: t("table.bulk.undone", { count }) });
      };
      const id = notifications.show({ message: createElement(Undo, { text, label: t("table.bulk.undo"), onUndo: undo }), autoClose: UNDO_MS });
    },
    [queries, key, look, t],
  );

  const change = useCallback(
    async (rows: readonly Training[], action: Action) => {
      const ids = rows.map((row) => row.id);
      const gone = new Set(ids);
      const without = (pages: Pages): Pages => ({ ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.filter((row) => !gone.has(row.id)) })) });
      await act(ids.length, t(`table.bulk.done.${action}`, { count: ids.length }), without, () => changeMany(ids, action), () => changeMany(ids, BACK[action]));
    },
    [act, t],
  );

  const tag = useCallback(
    async (rows: readonly Training[], add: readonly string[], remove: readonly string[]) => {
      const changed = rows.map((row) => ({ row, tags: retagged(row.tags, add, remove) })).filter(({ row, tags }) => tags.join("\n") !== row.tags.join("\n"));
      if (!changed.length) return;
      const preview = (pages: Pages) => patched(pages, changed.map(({ row, tags }) => ({ ...row, tags })));
      const now = changed.map(({ row, tags }) => ({ id: row.id, tags }));
      const old = changed.map(({ row }) => ({ id: row.id, tags: row.tags }));
      await act(changed.length, t("table.bulk.done.tag", { count: changed.length }), preview, () => setTags(now), () => setTags(old));
    },
    [act, t],
  );
  return { change, tag };
}

/** Tags in the server's order: sorted, each once. */
export function retagged(tags: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  const gone = new Set(remove);
  return [...new Set([...tags, ...add])].filter((one) => !gone.has(one)).sort();
}
