// The button that brings the next page of a list that comes in pages.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
}

export function More({ pages, label }: { pages: Pages; label?: string }) {
  const { t } = useTranslation();
  if (!pages.hasNextPage) return null;
  return (
    <div>
      <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {label ?? t("app.more")}
      </Button>
    </div>
  );
}
