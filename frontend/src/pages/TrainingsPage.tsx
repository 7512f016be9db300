import { Table, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { trainingsQuery } from "@/features/trainings/data";
import { Ago } from "@/ui/Ago";
import { Status } from "@/ui/Status";

export function TrainingsPage() {
  const { t } = useTranslation();
  const { data } = useInfiniteQuery(trainingsQuery({ order_by: "-created_at" }));
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Title order={1} mb="xs">
        {t("nav.trainings")}
      </Title>
      <Table highlightOnHover>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>
                <Status status={row.status} reason={row.reason} />
              </Table.Td>
              <Table.Td>
                <Link to="/trainings/$ref" params={{ ref: String(row.number) }}>
                  {row.name}
                </Link>
              </Table.Td>
              <Table.Td>
                <Ago at={row.created_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
