// Questions about nodes and versions of the ModelCloud.

import { NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/ui/FormDialog";

import { STAGES, useChangeVersion, useCreateNode, useMove, useSetAlias, useTrash, type Node, type Stage, type Version } from "./data";
import { plain } from "./paths";

interface Closable {
  onClose(): void;
}

export function NewNodeDialog({ folder, kind, onClose }: { folder: Node; kind: "folder" | "model" } & Closable) {
  const { t } = useTranslation();
  const creating = useCreateNode();
  return (
    <FormDialog
      title={t(`models.new.${kind}`, { name: folder.name })}
      act={t("models.new.act")}
      onAct={({ name = "" }) => creating.mutateAsync({ path: `${folder.path}/${name.trim()}`, kind })}
      onClose={onClose}
    >
      <TextInput name="name" label={t("models.name")} required maxLength={255} data-autofocus />
    </FormDialog>
  );
}

export function MoveDialog({ node, onMoved, onClose }: { node: Node; onMoved?(to: string): void } & Closable) {
  const { t } = useTranslation();
  const moving = useMove();
  const from = plain(node.path);
  const move = async ({ to = "" }: Record<string, string>) => {
    const moved = await moving.mutateAsync({ from, to });
    onMoved?.(moved.path);
  };
  return (
    <FormDialog title={t("models.moveTitle", { name: node.name })} text={t("models.moveText")} act={t("models.moveAct")} onAct={move} onClose={onClose}>
      <TextInput name="to" label={t("models.newPath")} defaultValue={from} required data-autofocus />
    </FormDialog>
  );
}

export function TrashDialog({ node, onTrashed, onClose }: { node: Node; onTrashed?(): void } & Closable) {
  const { t } = useTranslation();
  const trashing = useTrash();
  return (
    <FormDialog
      danger
      title={t("models.trashTitle", { name: node.name })}
      text={t("models.trashText")}
      act={t("models.trash")}
      onAct={() => trashing.mutateAsync(plain(node.path)).then(onTrashed)}
      onClose={onClose}
    />
  );
}

/** Points an alias at a version: a new one, or one that stood elsewhere. */
export function AliasDialog({ path, version, onClose }: { path: string; version: Version } & Closable) {
  const { t } = useTranslation();
  const setting = useSetAlias();
  return (
    <FormDialog
      title={t("models.alias.title", { version: version.number })}
      text={t("models.alias.text")}
      act={t("models.alias.act")}
      onAct={({ alias = "", comment = "" }) => setting.mutateAsync({ path, alias: alias.trim(), version: version.number, comment })}
      onClose={onClose}
    >
      <TextInput name="alias" label={t("models.alias.name")} placeholder="production" pattern="[a-z0-9][a-z0-9._\-]{0,63}" title="a-z 0-9 . _ -" required data-autofocus />
      <TextInput name="comment" label={t("models.why")} />
    </FormDialog>
  );
}

export function TakeAliasDialog({ path, alias, version, onClose }: { path: string; alias: string; version: Version } & Closable) {
  const { t } = useTranslation();
  const setting = useSetAlias();
  return (
    <FormDialog
      danger
      title={t("models.alias.takeTitle", { alias, version: version.number })}
      text={t("models.alias.takeText", { name: `${path}@${alias}` })}
      act={t("models.alias.takeAct")}
      onAct={({ comment = "" }) => setting.mutateAsync({ path, alias, version: null, comment })}
      onClose={onClose}
    >
      <TextInput name="comment" label={t("models.why")} data-autofocus />
    </FormDialog>
  );
}

export function StageDialog({ version, onClose }: { version: Version } & Closable) {
  const { t } = useTranslation();
  const changing = useChangeVersion();
  // Without a reason the version's own comment must stay as it is.
  const act = ({ stage, comment }: Record<string, string>) => changing.mutateAsync({ id: version.id, stage: stage as Stage, ...(comment ? { comment } : {}) });
  return (
    <FormDialog title={t("models.stageTitle", { version: version.number })} act={t("models.alias.act")} onAct={act} onClose={onClose}>
      <NativeSelect name="stage" size="xs" label={t("models.stage")} defaultValue={version.stage} data={STAGES.map((value) => ({ value, label: t(`models.stages.${value}`) }))} />
      <TextInput name="comment" label={t("models.why")} />
    </FormDialog>
  );
}

export function CommentDialog({ version, onClose }: { version: Version } & Closable) {
  const { t } = useTranslation();
  const changing = useChangeVersion();
  return (
    <FormDialog
      title={t("models.commentTitle", { version: version.number })}
      act={t("app.save")}
      onAct={({ comment = "" }) => changing.mutateAsync({ id: version.id, comment })}
      onClose={onClose}
    >
      <Textarea name="comment" size="xs" label={t("models.comment")} defaultValue={version.comment} autosize minRows={2} maxRows={8} data-autofocus />
    </FormDialog>
  );
}
