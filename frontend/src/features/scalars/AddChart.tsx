// A chart of one's own: an expression of metrics as y, and if wanted another as x.

import { Button, Popover, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ExpressionInput } from "./ExpressionInput";
import { FUNCTIONS } from "./expression";
import { plain } from "./expressionText";
import type { OwnChart } from "./view";

export function AddChart({ tags, onAdd }: { tags: readonly string[]; onAdd(chart: OwnChart): void }) {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const [y, setY] = useState("");
  const [x, setX] = useState("");
  const add = () => {
    onAdd(x ? { y, x } : { y });
    setY("");
    setX("");
    close();
  };
  return (
    <Popover opened={opened} onChange={(now) => !now && close()} trapFocus position="bottom-start" shadow="md" withinPortal>
      <Popover.Target>
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={toggle}>
          {t("chart.add")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown w="min(340px, 92vw)">
        <Stack gap="xs">
          <ExpressionInput labelled autoFocus label={t("chart.addY")} tags={tags} text={plain(y)} onChange={setY} />
          <ExpressionInput labelled optional label={t("chart.addX")} tags={tags} text={plain(x)} onChange={setX} />
          <Text fz="xs" c="dimmed">
            {t("chart.addHelp", { functions: FUNCTIONS.join(", ") })}
          </Text>
          <Button disabled={!y} onClick={add}>
            {t("chart.addIt")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
