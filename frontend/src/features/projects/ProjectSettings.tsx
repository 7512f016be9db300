// What a project is called, who may see it, and its end. Owners change it; others read.

import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/ui/Failure";
import { FormDialog } from "@/ui/FormDialog";

import { useChangeProject, useDeleteProject, VISIBILITIES, type Project, type Visibility } from "./data";

export function ProjectSettings({ project, onDeleted }: { project: Project; onDeleted(): void }) {
  const { t } = useTranslation();
  const owner = project.role === "owner";
  const changing = useChangeProject(project.id);
  const archiving = useChangeProject(project.id);
  const deleting = useDeleteProject(project.id);
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState(project.name);
  const [visibility, setVisibility] = useState(project.visibility);
  const [description, setDescription] = useState(project.description);
  const changed = name !== project.name || visibility !== project.visibility || description !== project.description;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    changing.mutate({
      name: name === project.name ? undefined : name.trim(),
      visibility: visibility === project.visibility ? undefined : visibility,
      description: description === project.description ? undefined : description,
    });
  };

  return (
    <>
      <form onSubmit={submit} aria-label={t("projects.settings")}>
        <Stack gap="sm" maw={480}>
          {project.archived && (
            <Alert color="gray" variant="light" p="xs">
              {t("projects.archivedText")}
            </Alert>
          )}
          <TextInput label={t("projects.name")} value={name} onChange={(event) => setName(event.currentTarget.value)} readOnly={!owner} required maxLength={100} />
          <NativeSelect
            size="xs"
            label={t("projects.visibility")}
            description={t(`projects.visibilityMeans.${visibility}`)}
            value={visibility}
            disabled={!owner}
            onChange={(event) => setVisibility(event.currentTarget.value as Visibility)}
            data={VISIBILITIES.map((value) => ({ value, label: t(`projects.visibilities.${value}`) }))}
          />
          <Textarea
            size="xs"
            label={t("projects.description")}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            readOnly={!owner}
            autosize
            minRows={2}
            maxLength={10_000}
          />
          {owner ? (
            <Group gap="xs">
              <Button type="submit" disabled={!changed} loading={changing.isPending}>
                {t("app.save")}
              </Button>
              <Button variant="default" loading={archiving.isPending} onClick={() => archiving.mutate({ archived: !project.archived })}>
                {t(project.archived ? "projects.unarchive" : "projects.archive")}
              </Button>
              <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
                {t("projects.delete")}
              </Button>
            </Group>
          ) : (
            <Text fz="xs" c="dimmed">
              {t("projects.readOnly", { owner: project.owner })}
            </Text>
          )}
          {(changing.error ?? archiving.error) && <Failure error={changing.error ?? archiving.error} />}
        </Stack>
      </form>
      {asking && (
        <FormDialog
          danger
          title={t("projects.deleteTitle", { name: project.name })}
          text={t("projects.deleteText")}
          act={t("projects.delete")}
          onAct={() => deleting.mutateAsync().then(onDeleted)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
