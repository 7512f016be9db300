// Which snapshots are kept when new ones come: the last so many, the best so many, or what the project says.

import { Autocomplete, NativeSelect, NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/ui/FormDialog";

import type { WholeTraining } from "../data";
import { useSetRules, type NewRules, type Rules, type RulesScope } from "./data";

interface Props {
  training: WholeTraining;
  rules: Rules;
  tags: readonly string[];
  onClose(): void;
}

/** What was typed, as the server takes it; without a count there is no such rule. */
export function rulesOf({ last = "", count = "", metric = "", mode = "max" }: Record<string, string>): NewRules {
  const best = Number(count) > 0 && metric.trim() ? { metric: metric.trim(), mode: mode as "max", count: Number(count) } : null;
  return { keep_last: Number(last) > 0 ? Number(last) : null, keep_best: best };
}

export function RulesForm({ training, rules, tags, onClose }: Props) {
  const { t } = useTranslation();
  const setRules = useSetRules(training.id, training.project.id);
  const { keep_last: last, keep_best: best } = rules;
  return (
    <FormDialog
      title={t("training.snapshots.rulesTitle")}
      text={t("training.snapshots.rulesText")}
      act={t("app.save")}
      onAct={(answers) => setRules.mutateAsync({ scope: answers.scope as RulesScope, rules: rulesOf(answers) })}
      onClose={onClose}
    >
      <NumberInput name="last" size="xs" min={1} allowDecimal={false} label={t("training.snapshots.keepLast")} defaultValue={last ?? undefined} data-autofocus />
      <NumberInput name="count" size="xs" min={1} allowDecimal={false} label={t("training.snapshots.keepBest")} defaultValue={best?.count} />
      <Autocomplete name="metric" size="xs" label={t("training.snapshots.byMetric")} data={[...tags]} defaultValue={best?.metric ?? tags[0] ?? ""} comboboxProps={{ withinPortal: true }} />
      <NativeSelect
        name="mode"
        size="xs"
        label={t("training.snapshots.where")}
        defaultValue={best?.mode ?? "max"}
        data={(["max", "min"] as const).map((value) => ({ value, label: t(`training.snapshots.${value}`) }))}
      />
      <NativeSelect
        name="scope"
        size="xs"
        label={t("training.snapshots.scope")}
        data={(["training", "project", "inherited"] as const).map((value) => ({ value, label: t(`training.snapshots.scopes.${value}`) }))}
      />
    </FormDialog>
  );
}
