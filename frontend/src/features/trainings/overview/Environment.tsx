// The process that trains: command, machine, interpreter, packages, and the state of its code.

import { Anchor, Badge, Button, Code, Group, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Copy, Paste } from "@/ui/Paste";

import type { WholeTraining } from "../data";
import { Diff } from "./Diff";
import classes from "./Environment.module.css";
import { factsOf, gitOf, packagesOf, type GitState } from "./environment";
import { Facts } from "./Facts";
import { RawText } from "./RawText";

const FIRST_PACKAGES = 30;
const FIRST_UNTRACKED = 20;

export function Environment({ training }: { training: WholeTraining }) {
  const { t } = useTranslation();
  const { environment, command } = training;
  const facts = useMemo(() => factsOf(environment), [environment]);
  const packages = useMemo(() => packagesOf(environment), [environment]);
  const git = useMemo(() => gitOf(environment), [environment]);
  return (
    <>
      {git && <Git git={git} />}
      <section aria-label={t("training.environment.title")}>
        <Title order={2} mb={4}>
          {t("training.environment.title")}
        </Title>
        {command && <Paste text={command} label={t("training.environment.command")} />}
        {facts.length ? <Facts rows={facts} /> : !command && <Text c="dimmed">{t("training.environment.none")}</Text>}
      </section>
      {packages.length > 0 && <Packages packages={packages} />}
    </>
  );
}

function Git({ git }: { git: GitState }) {
  const { t } = useTranslation();
  const rest = git.untracked.length - FIRST_UNTRACKED;
  return (
    <section aria-label={t("training.git.title")}>
      <Title order={2} mb={4}>
        {t("training.git.title")}
      </Title>
      <Facts
        rows={[
          [
            t("training.git.commit"),
            git.commit && (
              <Group gap={4} component="span" display="inline-flex">
                <Code>{git.commit.slice(0, 12)}</Code>
                <Copy text={git.commit} label={t("training.git.copyCommit")} />
                {git.dirty !== null && (
                  <Badge size="sm" variant="default" tt="none">
                    {t(git.dirty ? "training.git.dirty" : "training.git.clean")}
                  </Badge>
                )}
              </Group>
            ),
          ],
          [t("training.git.branch"), git.branch],
          [t("training.git.remote"), git.remote && <Remote address={git.remote} />],
        ]}
      />
      {git.diff && <Diff diff={git.diff} truncated={git.truncated} />}
      {git.untracked.length > 0 && (
        <RawText title={t("training.git.untracked", { count: git.untracked.length })} text={git.untracked.join("\n")} open={rest <= 0 && !git.diff} />
      )}
    </section>
  );
}

function Remote({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address)) return address;
  return (
    <Anchor href={address} target="_blank" rel="noopener noreferrer" fz="sm">
      {address}
    </Anchor>
  );
}

function Packages({ packages }: { packages: [string, string][] }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [most, setMost] = useState(FIRST_PACKAGES);
  const wanted = search.trim().toLowerCase();
  const found = packages.filter(([name, version]) => `${name}==${version}`.toLowerCase().includes(wanted));
  const lines = packages.map(([name, version]) => `${name}==${version}`).join("\n");
  return (
    <section aria-label={t("training.packages.title")}>
      <Group gap="xs" mb={4}>
        <Title order={2}>{t("training.packages.title")}</Title>
        <Text span c="dimmed" className="tabular">
          {packages.length}
        </Text>
        <Copy text={lines} label={t("training.packages.copy")} />
        <TextInput
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder={t("training.packages.search")}
          aria-label={t("training.packages.search")}
          leftSection={<IconSearch size={14} />}
          w={200}
        />
      </Group>
      {found.length === 0 && <Text c="dimmed">{t("training.packages.noMatch")}</Text>}
      <ul className={classes.packages}>
        {found.slice(0, most).map(([name, version]) => (
          <li key={name}>
            <span className={classes.name}>{name}</span> <span className={classes.version}>{version}</span>
          </li>
        ))}
      </ul>
      {found.length > most && (
        <Button variant="default" mt="xs" onClick={() => setMost(Infinity)}>
          {t("training.showMore", { count: found.length - most })}
        </Button>
      )}
    </section>
  );
}
