// What a notification says after something was done to many: what, and the button that takes it back.

import { Button, Group, Text } from "@mantine/core";

export function Undo({ text, label, onUndo }: { text: string; label: string; onUndo(): Promise<void> }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text fz="sm">{text}</Text>
      <Button size="compact-sm" variant="light" onClick={() => void onUndo()}>
        {label}
      </Button>
    </Group>
  );
}
