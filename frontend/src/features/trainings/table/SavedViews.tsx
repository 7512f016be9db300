// The menu of saved views: open one, save this one, forget one, copy the link that shows it to others.

import { ActionIcon, Button, Group, Menu, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBookmark, IconLink, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { copyText } from "@/ui/clipboard";
import { FormDialog } from "@/ui/FormDialog";

import { useSavedViews } from "./saved";
import { tableSearchOf, tableViewOf, type TableView } from "./view";

export function SavedViews({ user, view, onView }: { user: string; view: TableView; onView(change: Partial<TableView>): void }) {
  const { t } = useTranslation();
  const [saving, setSaving] = useState(false);
  const { views, save, forget } = useSavedViews(user);
  const current = JSON.stringify(tableSearchOf(view));
  const copy = async () => {
    const done = await copyText(location.href);
    notifications.show({ message: t(done ? "table.views.copied" : "table.views.notCopied"), color: done ? undefined : "red" });
  };
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={14} />}>
            {t("table.views.title")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {!views.length && <Menu.Label>{t("table.views.none")}</Menu.Label>}
          {views.map((one) => (
            <Group key={one.name} gap={0} wrap="nowrap">
              <Menu.Item flex={1} aria-current={JSON.stringify(tableSearchOf(tableViewOf(one.search))) === current} onClick={() => onView(tableViewOf(one.search))}>
                {one.name}
              </Menu.Item>
              <ActionIcon variant="subtle" color="gray" aria-label={t("table.views.forget", { name: one.name })} onClick={() => forget(one.name)}>
                <IconTrash size={14} />
              </ActionIcon>
            </Group>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={14} />} onClick={() => setSaving(true)}>
            {t("table.views.save")}
          </Menu.Item>
          <Menu.Item leftSection={<IconLink size={14} />} onClick={() => void copy()}>
            {t("table.views.copy")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {saving && (
        <FormDialog
          title={t("table.views.save")}
          act={t("app.save")}
          text={t("table.views.where")}
          onClose={() => setSaving(false)}
          onAct={async ({ name = "" }) => save({ name: name.trim(), search: tableSearchOf(view) })}
        >
          <TextInput name="name" label={t("table.views.name")} required pattern=".*\S.*" maxLength={60} data-autofocus />
        </FormDialog>
      )}
    </>
  );
}
