// The filter expression: written with completion, applied with Enter; a mistake is shown under the place where it is.

import { ActionIcon, Combobox, Text, TextInput, useCombobox } from "@mantine/core";
import { IconFilter, IconX } from "@tabler/icons-react";
import { useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/error";

import { complete, type Completion } from "./completion";
import type { Keys } from "./data";
import classes from "./Table.module.css";

interface Props {
  value: string;
  onApply(where: string): void;
  keys: Keys | undefined;
  error: unknown;
  inputRef: RefObject<HTMLInputElement | null>;
}

const NO_KEYS: Keys = { tags: [], config: [], summary: [] };

export function FilterBox({ value, onApply, keys = NO_KEYS, error, inputRef }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [completion, setCompletion] = useState<Completion | null>(null);
  const picked = useRef(false);
  const combobox = useCombobox({
    onDropdownClose: () => combobox.resetSelectedOption(),
  });
  // The address may change under the box: by the browser's way back, or a saved view.
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  const suggest = (now: string, caret: number | null) => {
    const found = complete(now, caret ?? now.length, keys);
    setCompletion(found);
    picked.current = false;
    combobox.resetSelectedOption();
    if (found.options.length) combobox.openDropdown();
    else combobox.closeDropdown();
  };
  const insert = (option: string) => {
    const input = inputRef.current;
    if (!completion || !input) return;
    const now = `${text.slice(0, completion.from)}${option} ${text.slice(completion.to).trimStart()}`;
    const caret = completion.from + option.length + 1;
    setText(now);
    requestAnimationFrame(() => {
      input.focus();
      input.setSelectionRange(caret, caret);
      suggest(now, caret);
    });
  };
  const apply = (now: string) => {
    combobox.closeDropdown();
    onApply(now.trim());
  };
  const press = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") picked.current = true;
    if (event.key === "Tab" && combobox.dropdownOpened && completion?.options.length) {
      event.preventDefault();
      insert(completion.options[Math.max(0, combobox.getSelectedOptionIndex())]!.text);
    } else if (event.key === "Enter" && !(combobox.dropdownOpened && picked.current)) {
      event.preventDefault();
      event.stopPropagation();
      apply(text);
    } else if (event.key === "Escape" && !combobox.dropdownOpened) {
      inputRef.current?.blur();
    }
  };
  const wrong = value.trim() !== "" && error instanceof ApiError && error.code === "trainings.bad_filter" ? error : null;
  return (
    <div style={{ flex: "1 1 300px", minWidth: 0 }}>
      <Combobox store={combobox} onOptionSubmit={insert} withinPortal position="bottom-start" width="max-content">
        <Combobox.Target>
          <TextInput
            ref={inputRef}
            value={text}
            size="xs"
            spellCheck={false}
            autoComplete="off"
            aria-label={t("table.filter")}
            aria-invalid={wrong !== null}
            placeholder={t("table.filterExample")}
            error={wrong !== null}
            leftSection={<IconFilter size={14} />}
            rightSection={
              text && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={t("table.clearFilter")}
                  onClick={() => {
                    setText("");
                    apply("");
                  }}
                >
                  <IconX size={14} />
                </ActionIcon>
              )
            }
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            onChange={(event) => {
              setText(event.currentTarget.value);
              suggest(event.currentTarget.value, event.currentTarget.selectionStart);
            }}
            onClick={(event) => suggest(text, event.currentTarget.selectionStart)}
            onBlur={() => combobox.closeDropdown()}
            onKeyDownCapture={press}
          />
        </Combobox.Target>
        <Combobox.Dropdown maw="min(560px, 90vw)" miw={240}>
          <Combobox.Options className={classes.options}>
            {completion?.options.map((option) => (
              <Combobox.Option key={option.text} value={option.text} className={classes.option}>
                {option.text}
                <Text span fz="xs" c="dimmed" ml="sm">
                  {t(`table.kind.${option.kind}`)}
                </Text>
              </Combobox.Option>
            ))}
          </Combobox.Options>
          <Combobox.Footer>
            <Text fz="xs" c="dimmed">
              {t("table.filterKeys")}
            </Text>
          </Combobox.Footer>
        </Combobox.Dropdown>
      </Combobox>
      {wrong && (
        <pre className={classes.problem} role="alert">
          {wrong.message}
        </pre>
      )}
    </div>
  );
}
