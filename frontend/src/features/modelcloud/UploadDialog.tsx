// Brings a file from the reader's disk into a folder, or as a further version of the file that has its name.

import { Button, Checkbox, FileInput, Group, Modal, Progress, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { bytes } from "@/charts/format";
import { Failure } from "@/ui/Failure";
import { Paste } from "@/ui/Paste";

import { useCreateFile, type Node } from "./data";
import { shellWord } from "./paths";
import { MOST_BYTES, upload, type Progress as Sent } from "./upload";

interface Props {
  folder: Node;
  onUploaded(path: string): void;
  onClose(): void;
}

export function UploadDialog({ folder, onUploaded, onClose }: Props) {
  const { t } = useTranslation();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [comment, setComment] = useState("");
  const [overwrite, setOverwrite] = useState(false);
  const [sent, setSent] = useState<Sent | null>(null);
  const stop = useRef<AbortController | null>(null);
  const creating = useCreateFile();
  useEffect(() => () => stop.current?.abort(), []);

  const sending = useMutation({
    mutationFn: async (chosen: File) => {
      stop.current = new AbortController();
      const sha256 = await upload(chosen, setSent, stop.current.signal);
      return creating.mutateAsync({ path: `${folder.path}/${name.trim()}`, sha256, overwrite, comment });
    },
    onSuccess: (node) => onUploaded(node.path),
    onSettled: () => setSent(null),
  });
  const tooLarge = file !== null && file.size > MOST_BYTES;
  const refused = sending.error && (sending.error as Error).name !== "AbortError" ? sending.error : null;

  const choose = (chosen: File | null) => {
    setFile(chosen);
    if (chosen) setName(chosen.name);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file && !tooLarge) sending.mutate(file);
  };

  return (
    <Modal opened onClose={onClose} title={t("models.upload.title", { name: folder.name })} centered closeOnClickOutside={!sending.isPending} closeButtonProps={{ "aria-label": t("app.close") }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <FileInput size="xs" label={t("models.kinds.file")} placeholder={t("models.upload.choose")} value={file} onChange={choose} required disabled={sending.isPending} data-autofocus />
          {tooLarge ? (
            <>
              <Text fz="sm">{t("models.upload.tooLarge", { size: bytes(file.size), most: bytes(MOST_BYTES) })}</Text>
              <Paste text={`pavi cp ${shellWord(`./${file.name}`)} ${shellWord(`pavi://${folder.path}/${file.name}`)}`} />
            </>
          ) : (
            <>
              <TextInput label={t("models.name")} value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} />
              <TextInput label={t("models.comment")} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
              <Checkbox size="xs" label={t("models.upload.overwrite")} checked={overwrite} onChange={(event) => setOverwrite(event.currentTarget.checked)} />
            </>
          )}
          {sent && (
            <div>
              <Progress value={100 * sent.done} aria-label={t(`models.upload.${sent.phase}`)} transitionDuration={150} />
              <Text fz="xs" c="dimmed" className="tabular">
                {t(`models.upload.${sent.phase}`)} {Math.floor(100 * sent.done)} %
              </Text>
            </div>
          )}
          {refused && <Failure error={refused} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={sending.isPending ? () => stop.current?.abort() : onClose}>
              {t(sending.isPending ? "models.upload.stop" : "app.cancel")}
            </Button>
            <Button type="submit" disabled={!file || tooLarge} loading={sending.isPending}>
              {t("models.upload.act")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
