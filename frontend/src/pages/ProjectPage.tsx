import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { PagePending } from "@/app/fallbacks";
import { meQuery } from "@/features/accounts/session";
import { addressOf } from "@/features/modelcloud/paths";
import { projectQuery } from "@/features/projects/data";
import { Members } from "@/features/projects/Members";
import { ProjectSettings } from "@/features/projects/ProjectSettings";
import { AppLink } from "@/ui/AppLink";
import { nothingShown } from "@/ui/shown";

const route = getRouteApi("/inside/projects/$id");

export function ProjectPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const navigate = route.useNavigate();
  const { data: me } = useQuery(meQuery);
  const { data: project } = useQuery({ ...projectQuery(id), throwOnError: nothingShown });
  if (!project || !me) return <PagePending />;
  const away = () => void navigate({ to: "/projects" });
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>{project.name}</Title>
        <Group gap="md">
          <Text c="dimmed">{t("projects.ownedBy", { owner: project.owner })}</Text>
          <AppLink to="/trainings" search={{ project: project.path } as never}>
            {t("projects.trainings", { count: project.trainings })}
          </AppLink>
          <AppLink to="/models/$" params={{ _splat: addressOf(project, me.username) }}>
            {t("projects.models")}
          </AppLink>
        </Group>
      </div>
      <Stack gap="xs" component="section" aria-label={t("projects.members")}>
        <Title order={2}>{t("projects.members")}</Title>
        <Members project={project} me={me.username} onLeft={away} />
      </Stack>
      <Stack gap="xs" component="section" aria-label={t("projects.settings")}>
        <Title order={2}>{t("projects.settings")}</Title>
        <ProjectSettings key={`${project.name} ${project.visibility}`} project={project} onDeleted={away} />
      </Stack>
    </Stack>
  );
}
