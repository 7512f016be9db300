// A question with fields: what is typed goes to `onAct` by field name; a refusal is shown and nothing typed is lost.

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useId, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "./Failure";

export type Answers = Record<string, string>;

interface Props {
  title: string;
  /** What the button says: the act itself, never "OK". */
  act: string;
  onAct(answers: Answers): Promise<unknown>;
  onClose(): void;
  text?: ReactNode;
  danger?: boolean;
  /** Fields with a `name`; without any it is a plain question. */
  children?: ReactNode;
}

/** Mounted while it asks; closes itself once `onAct` has succeeded. */
export function FormDialog({ title, act, onAct, onClose, text, danger = false, children }: Props) {
  const { t } = useTranslation();
  const form = useId();
  const acting = useMutation({ mutationFn: onAct, onSuccess: onClose });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const answers: Answers = {};
    for (const [name, value] of new FormData(event.currentTarget)) if (typeof value === "string") answers[name] = value;
    acting.mutate(answers);
  };
  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ "aria-label": t("app.close") }}>
      <form id={form} onSubmit={submit}>
        <Stack gap="sm">
          {text && (
            <Text fz="sm" c="dimmed" component="div">
              {text}
            </Text>
          )}
          {children}
          {acting.error && <Failure error={acting.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("app.cancel")}
            </Button>
            <Button type="submit" form={form} color={danger ? "red" : undefined} loading={acting.isPending} data-autofocus={children ? undefined : true}>
              {act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
