// The top of a training's page: what it is called, how it is, and what can be done with it.

import { ActionIcon, Alert, Badge, Button, Group, Menu, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArchive, IconArchiveOff, IconCopy, IconDots, IconLink, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { copyText } from "@/ui/clipboard";
import { Status } from "@/ui/Status";

import type { WholeTraining } from "../data";
import { useChangeTraining, useDeleteTraining, useRestoreTraining } from "./data";
import { Elapsed } from "./Elapsed";
import { EditableName } from "./EditableName";
import { EditableTags } from "./EditableTags";
import { useFailureNotice } from "./notice";

export function Header({ training, readAt }: { training: WholeTraining; readAt: number }) {
  const { t } = useTranslation();
  return (
    <header>
      <Group gap="sm" align="center">
        <EditableName training={training} />
        <Text c="dimmed" className="tabular">
          #{training.number}
        </Text>
        <Status status={training.status} reason={training.reason} />
        <Elapsed training={training} readAt={readAt} />
        {training.archived && (
          <Badge size="sm" variant="default" tt="none">
            {t("training.archived")}
          </Badge>
        )}
        <EditableTags training={training} />
        <Actions training={training} />
      </Group>
      {training.deleted_at && <InTrash training={training} />}
    </header>
  );
}

function Actions({ training }: { training: WholeTraining }) {
  const { t } = useTranslation();
  const failed = useFailureNotice();
  const change = useChangeTraining(training.id);
  const remove = useDeleteTraining(training.id);
  const restore = useRestoreTraining(training.id);
  const copy = async (text: string, what: string) => {
    if (await copyText(text)) notifications.show({ message: t("training.copied", { what }) });
  };
  const toTrash = () =>
    remove.mutate(undefined, {
      onError: failed,
      onSuccess: () => {
        const undo = () => restore.mutate(undefined, { onError: failed, onSuccess: () => notifications.hide(id) });
        const id = notifications.show({
          title: t("training.trashed", { name: training.name }),
          message: (
            <Button size="compact-xs" variant="light" onClick={undo}>
              {t("training.undo")}
            </Button>
          ),
          autoClose: 12_000,
          closeButtonProps: { "aria-label": t("app.close") },
        });
      },
    });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={t("training.actions")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("training.actions")}>
            <IconDots size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => void copy(training.id, t("training.id"))}>
          {t("training.copyId")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLink size={14} />} onClick={() => void copy(location.href, t("training.link"))}>
          {t("training.copyLink")}
        </Menu.Item>
        {training.writable && !training.deleted_at && (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={training.archived ? <IconArchiveOff size={14} /> : <IconArchive size={14} />}
              onClick={() => change.mutate({ archived: !training.archived }, { onError: failed })}
            >
              {t(training.archived ? "training.unarchive" : "training.archive")}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={toTrash}>
              {t("training.delete")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function InTrash({ training }: { training: WholeTraining }) {
  const { t, i18n } = useTranslation();
  const failed = useFailureNotice();
  const restore = useRestoreTraining(training.id);
  const since = new Date(training.deleted_at ?? "").toLocaleDateString(i18n.language);
  return (
    <Alert color="yellow" variant="light" p="xs" mt="xs" icon={<IconTrash size={16} />} maw={720}>
      <Group gap="sm" justify="space-between">
        <Text fz="sm">{t("training.inTrash", { since })}</Text>
        {training.writable && (
          <Button size="compact-xs" variant="default" loading={restore.isPending} onClick={() => restore.mutate(undefined, { onError: failed })}>
            {t("training.restore")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
