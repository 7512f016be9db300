// The processes that logged into a training, one row each: ranks, machines, and what they could not keep.

import { Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { number } from "@/charts/format";
import { Ago } from "@/ui/Ago";

import type { WholeTraining } from "../data";

export function Writers({ training }: { training: WholeTraining }) {
  const { t } = useTranslation();
  const { writers } = training;
  if (!writers.length) return null;
  const rank = (one: (typeof writers)[number]) => (one.rank === null ? "–" : one.world_size ? `${one.rank} / ${one.world_size}` : String(one.rank));
  return (
    <section aria-label={t("training.writers.title")}>
      <Title order={2} mb={4}>
        {t("training.writers.title")}
      </Title>
      <Table.ScrollContainer minWidth={500}>
        <Table aria-label={t("training.writers.title")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right">{t("training.writers.rank")}</Table.Th>
              <Table.Th>{t("training.writers.host")}</Table.Th>
              <Table.Th ta="right">{t("training.writers.pid")}</Table.Th>
              <Table.Th>{t("training.writers.sdk")}</Table.Th>
              <Table.Th ta="right">{t("training.writers.opened")}</Table.Th>
              <Table.Th ta="right">{t("training.writers.received")}</Table.Th>
              <Table.Th ta="right">{t("training.writers.lost")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {writers.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td ta="right" className="tabular">
                  {rank(one)}
                </Table.Td>
                <Table.Td>{one.host}</Table.Td>
                <Table.Td ta="right" className="tabular">
                  {one.pid ?? "–"}
                </Table.Td>
                <Table.Td title={`Python ${one.python}`}>{one.sdk}</Table.Td>
                <Table.Td ta="right">
                  <Ago at={one.opened_at} />
                </Table.Td>
                <Table.Td ta="right">
                  <Ago at={one.received_at} />
                </Table.Td>
                <Table.Td ta="right" className="tabular">
                  <Text span c={one.lost_points ? "red" : undefined}>
                    {number(one.lost_points)}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
