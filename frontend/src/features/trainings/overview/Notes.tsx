// What people write about a training, in Markdown: shown, and edited where it stands.

import { Button, Group, SegmentedControl, Stack, Text, Textarea, Title } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/ui/Failure";

import type { WholeTraining } from "../data";
import { useChangeTraining } from "./data";
import { Markdown } from "./markdown";

const LONGEST = { notes: 1_000_000, description: 100_000 };

export function Notes({ training, field }: { training: WholeTraining; field: "notes" | "description" }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const [preview, setPreview] = useState(false);
  const change = useChangeTraining(training.id);
  const text = training[field];
  const title = t(`training.${field}.title`);
  const close = () => {
    setTyped(null);
    setPreview(false);
    change.reset();
  };
  const save = () => (typed === null || typed === text ? close() : change.mutate({ [field]: typed }, { onSuccess: close }));
  return (
    <section aria-label={title}>
      <Group gap="xs" mb={4}>
        <Title order={2}>{title}</Title>
        {training.writable && typed === null && (
          <Button size="compact-xs" variant="subtle" leftSection={<IconPencil size={12} />} aria-label={t(`training.${field}.edit`)} onClick={() => setTyped(text)}>
            {t("training.edit")}
          </Button>
        )}
      </Group>
      {typed === null ? (
        text ? <Markdown text={text} /> : <Text c="dimmed">{t(`training.${field}.none`)}</Text>
      ) : (
        <Stack gap="xs" maw={760}>
          <SegmentedControl
            size="xs"
            w="fit-content"
            aria-label={t("training.markdown.view")}
            value={preview ? "preview" : "write"}
            onChange={(value) => setPreview(value === "preview")}
            data={["write", "preview"].map((value) => ({ value, label: t(`training.markdown.${value}`) }))}
          />
          {preview ? (
            <Markdown text={typed} />
          ) : (
            <Textarea
              autoFocus
              autosize
              minRows={6}
              maxRows={30}
              size="sm"
              aria-label={title}
              description={t("training.markdown.hint")}
              maxLength={LONGEST[field]}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
                if (event.key === "Escape" && typed === text) close();
              }}
            />
          )}
          {change.error && <Failure error={change.error} />}
          <Group gap="xs">
            <Button loading={change.isPending} onClick={save}>
              {t("app.save")}
            </Button>
            <Button variant="default" onClick={close}>
              {t("app.cancel")}
            </Button>
          </Group>
        </Stack>
      )}
    </section>
  );
}
