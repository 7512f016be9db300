// A snapshot becomes a version of a model: where, under which alias, and why.

import { TextInput, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/ui/FormDialog";

import type { WholeTraining } from "../data";
import { usePromote, type Snapshot } from "./data";

/** The model that was last promoted to in this project, for the next time. */
const keyFor = (project: string) => `pavi.promote.${project}`;

interface Props {
  training: WholeTraining;
  snapshot: Snapshot;
  /** The folder of its project in the ModelCloud, as the reader writes it. */
  folder: string;
  onClose(): void;
  onPromoted(path: string): void;
}

export function PromoteForm({ training, snapshot, folder, onClose, onPromoted }: Props) {
  const { t } = useTranslation();
  const promote = usePromote(training.id);
  const act = async ({ path = "", alias = "", comment = "" }: Record<string, string>) => {
    const place = path.trim();
    const made = await promote.mutateAsync({ snapshot: snapshot.id, path: place, alias: alias.trim() || null, comment: comment.trim() });
    localStorage.setItem(keyFor(training.project.id), place);
    onPromoted(made.path);
  };
  return (
    <FormDialog
      title={t("training.snapshots.promoteTitle")}
      text={t("training.snapshots.promoteText", { name: snapshot.name })}
      act={t("training.snapshots.promoteAct")}
      onAct={act}
      onClose={onClose}
    >
      <TextInput
        name="path"
        required
        data-autofocus
        maxLength={1_000}
        label={t("training.snapshots.path")}
        description={t("training.snapshots.pathMeans")}
        defaultValue={localStorage.getItem(keyFor(training.project.id)) ?? (training.writable ? `${folder}/${training.model || "model"}` : "")}
      />
      <TextInput name="alias" label={t("training.snapshots.alias")} placeholder="candidate" pattern="[a-z0-9][a-z0-9._\-]{0,63}" title={t("training.snapshots.aliasMeans")} />
      <Textarea name="comment" size="xs" label={t("training.snapshots.comment")} autosize minRows={2} maxLength={10_000} />
    </FormDialog>
  );
}
