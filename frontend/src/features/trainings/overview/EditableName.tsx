// The name of a training, which is edited where it stands.

import { ActionIcon, Group, TextInput, Title, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { messageOf } from "@/ui/Failure";

import type { WholeTraining } from "../data";
import { useChangeTraining } from "./data";

export function EditableName({ training }: { training: WholeTraining }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const change = useChangeTraining(training.id);
  const cancel = () => {
    setTyped(null);
    change.reset();
  };
  const save = () => {
    const name = typed?.trim() ?? "";
    if (!name || name === training.name) return cancel();
    change.mutate({ name }, { onSuccess: cancel });
  };
  if (typed === null) {
    return (
      <Group gap={4} wrap="nowrap" miw={0}>
        <Title order={1} style={{ overflowWrap: "anywhere" }}>
          {training.name}
        </Title>
        {training.writable && (
          <Tooltip label={t("training.rename")}>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("training.rename")} onClick={() => setTyped(training.name)}>
              <IconPencil size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextInput
        autoFocus
        size="sm"
        w={320}
        maw="100%"
        aria-label={t("training.name")}
        maxLength={200}
        value={typed}
        disabled={change.isPending}
        error={change.error ? messageOf(change.error, t("app.offline")) : undefined}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={save}
        onKeyDown={(event) => event.key === "Escape" && cancel()}
      />
    </form>
  );
}
