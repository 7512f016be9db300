import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { meQuery } from "@/features/accounts/session";
import { ProjectList } from "@/features/projects/ProjectList";

const route = getRouteApi("/inside/projects");

export function ProjectsPage() {
  const { t } = useTranslation();
  const { archived = false } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: me } = useQuery(meQuery);
  return (
    <>
      <Title order={1} mb="sm">
        {t("nav.projects")}
      </Title>
      <ProjectList me={me?.username ?? ""} archived={archived} onArchived={(shown) => void navigate({ search: shown ? { archived: true } : {}, replace: true })} />
    </>
  );
}
