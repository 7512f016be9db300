// The keys of the application, by where they work.

import { Group, Kbd, Modal, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { KEYS } from "./keyboard";

export function KeysHelp({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={t("app.keys.title")} size="lg" closeButtonProps={{ "aria-label": t("app.close") }}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        {KEYS.map(({ where, keys }) => (
          <Stack key={where} gap={4} component="section" aria-label={t(`app.keys.where.${where}`)}>
            <Title order={3}>{t(`app.keys.where.${where}`)}</Title>
            <Table verticalSpacing={3} horizontalSpacing={0} withRowBorders={false}>
              <Table.Tbody>
                {keys.map(({ press, does }) => (
                  <Table.Tr key={does}>
                    <Table.Td w={120}>
                      <Group gap={4} wrap="nowrap">
                        {press.map((key, index) => (
                          <Kbd key={`${key}${index}`} size="xs">
                            {key}
                          </Kbd>
                        ))}
                      </Group>
                    </Table.Td>
                    <Table.Td>
                      <Text fz="sm">{t(`app.keys.does.${does}`)}</Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}
