// The command palette: a few letters to any training, project, model, page or act. Opened by `Ctrl K`.

import { Group, Kbd, Loader, Modal, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { useCommands, type Command } from "./commands";
import classes from "./Palette.module.css";

interface Props {
  onHelp(): void;
  onClose(): void;
}

/** Mounted while it is open. */
export function Palette({ onHelp, onClose }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [wanted] = useDebouncedValue(typed, 120);
  const { groups, searching } = useCommands({ typed, wanted, onHelp });
  const commands = groups.flatMap((group) => group.commands);
  const [at, setAt] = useState(0);
  const chosen = Math.min(at, commands.length - 1);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => setAt(0), [typed]);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, typed]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const press = (event: KeyboardEvent) => {
    const step: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in step) {
      event.preventDefault();
      const next = chosen + step[event.key]!;
      setAt(Math.abs(step[event.key]!) === 1 ? (next + commands.length) % Math.max(1, commands.length) : Math.max(0, Math.min(commands.length - 1, next)));
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(commands[chosen]);
    }
  };

  return (
    <Modal opened onClose={onClose} withCloseButton={false} padding={0} size={560} yOffset="12vh" aria-label={t("app.palette.title")} transitionProps={{ duration: 80 }}>
      <TextInput
        variant="unstyled"
        size="md"
        px="sm"
        py={4}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={press}
        placeholder={t("app.palette.placeholder")}
        aria-label={t("app.palette.title")}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={commands[chosen] ? `${id}-${chosen}` : undefined}
        leftSection={<IconSearch size={16} />}
        rightSection={searching ? <Loader size={14} /> : null}
        data-autofocus
        autoComplete="off"
        spellCheck={false}
      />
      <div ref={list} id={id} role="listbox" aria-label={t("app.palette.results")} className={classes.list}>
        {groups.map((group) => (
          <div key={group.name} role="group" aria-label={t(`app.palette.groups.${group.name}`)}>
            <div className={classes.heading} aria-hidden>
              {t(`app.palette.groups.${group.name}`)}
            </div>
            {group.commands.map((command) => {
              const index = commands.indexOf(command);
              const Icon = command.icon;
              return (
                <div
                  key={command.id}
                  id={`${id}-${index}`}
                  role="option"
                  aria-selected={index === chosen}
                  className={classes.option}
                  onPointerMove={() => setAt(index)}
                  onClick={() => run(command)}
                >
                  <Icon size={15} stroke={1.5} aria-hidden />
                  <span className={classes.label}>{command.label}</span>
                  {command.hint && <span className={classes.hint}>{command.hint}</span>}
                </div>
              );
            })}
          </div>
        ))}
        {commands.length === 0 && (
          <Text c="dimmed" fz="sm" p="md" ta="center">
            {t(searching ? "app.palette.searching" : "app.palette.nothing")}
          </Text>
        )}
      </div>
      <Group gap="md" px="sm" py={6} className={classes.foot} visibleFrom="sm">
        <span>
          <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> {t("app.palette.move")}
        </span>
        <span>
          <Kbd size="xs">Enter</Kbd> {t("app.palette.open")}
        </span>
        <span>
          <Kbd size="xs">?</Kbd> {t("app.palette.keys")}
        </span>
      </Group>
    </Modal>
  );
}
