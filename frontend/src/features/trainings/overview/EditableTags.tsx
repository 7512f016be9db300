// The tags of a training: words that people hang on it, added and taken away where they stand.

import { ActionIcon, Group, Pill, TextInput, Tooltip } from "@mantine/core";
import { IconTag } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { WholeTraining } from "../data";
import { useChangeTraining } from "./data";
import { useFailureNotice } from "./notice";

export function EditableTags({ training }: { training: WholeTraining }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const failed = useFailureNotice();
  const change = useChangeTraining(training.id);
  const { tags, writable } = training;
  const add = (close: boolean) => {
    const tag = typed?.trim() ?? "";
    const done = () => setTyped(close ? null : "");
    if (!tag || tags.includes(tag)) return done();
    change.mutate({ tags: [...tags, tag] }, { onError: failed, onSuccess: done });
  };
  return (
    <Group gap={4} role="group" aria-label={t("training.tags")}>
      {tags.map((tag) => (
        <Pill
          key={tag}
          size="sm"
          withRemoveButton={writable}
          removeButtonProps={{ "aria-label": t("training.removeTag", { tag }), tabIndex: 0, "aria-hidden": false }}
          onRemove={() => change.mutate({ tags: tags.filter((one) => one !== tag) }, { onError: failed })}
        >
          {tag}
        </Pill>
      ))}
      {writable && typed === null && (
        <Tooltip label={t("training.addTag")}>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("training.addTag")} onClick={() => setTyped("")}>
            <IconTag size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      {typed !== null && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add(false);
          }}
        >
          <TextInput
            autoFocus
            w={110}
            maxLength={100}
            aria-label={t("training.addTag")}
            placeholder={t("training.newTag")}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onBlur={() => add(true)}
            onKeyDown={(event) => event.key === "Escape" && setTyped(null)}
          />
        </form>
      )}
    </Group>
  );
}
