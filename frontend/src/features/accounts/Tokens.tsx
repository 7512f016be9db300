// The reader's tokens: make one and copy it once, see which are used, revoke.

import { Alert, Badge, Button, Code, Group, NativeSelect, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { Ago } from "@/ui/Ago";
import { Failure } from "@/ui/Failure";
import { FormDialog } from "@/ui/FormDialog";
import { Paste } from "@/ui/Paste";

import { tokensQuery, useCreateToken, useRevokeToken, type Token } from "./data";
import { loginLines } from "./lines";

/** Days that a token lives; 0 is for ever. */
const LIVES = [0, 7, 30, 90, 365] as const;
const DAY_MS = 86_400_000;

export function Tokens() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(tokensQuery);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const revoke = useRevokeToken();
  return (
    <Stack gap="md">
      <MakeToken />
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton h={100} aria-busy />}
      {data?.length === 0 && <Text c="dimmed">{t("accounts.tokens.none")}</Text>}
      {data && data.length > 0 && (
        <Table.ScrollContainer minWidth={560}>
          <Table aria-label={t("accounts.tokens.title")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("accounts.tokens.name")}</Table.Th>
                <Table.Th>{t("accounts.tokens.begins")}</Table.Th>
                <Table.Th ta="right">{t("accounts.tokens.made")}</Table.Th>
                <Table.Th ta="right">{t("accounts.tokens.used")}</Table.Th>
                <Table.Th ta="right">{t("accounts.tokens.expires")}</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.map((token) => (
                <Table.Tr key={token.id}>
                  <Table.Td>{token.name}</Table.Td>
                  <Table.Td>
                    <Code>{token.prefix}…</Code>
                  </Table.Td>
                  <Table.Td ta="right">
                    <Ago at={token.created_at} />
                  </Table.Td>
                  <Table.Td ta="right">{token.last_used_at ? <Ago at={token.last_used_at} /> : t("accounts.tokens.never")}</Table.Td>
                  <Table.Td ta="right">
                    <Expiry at={token.expires_at} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <Button size="compact-xs" variant="subtle" color="red" aria-label={t("accounts.tokens.revokeNamed", { name: token.name })} onClick={() => setRevoking(token)}>
                      {t("accounts.tokens.revoke")}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {revoking && (
        <FormDialog
          danger
          title={t("accounts.tokens.revokeTitle", { name: revoking.name })}
          text={t("accounts.tokens.revokeText")}
          act={t("accounts.tokens.revoke")}
          onAct={() => revoke.mutateAsync(revoking.id)}
          onClose={() => setRevoking(null)}
        />
      )}
    </Stack>
  );
}

function Expiry({ at }: { at: string | null }) {
  const { t, i18n } = useTranslation();
  if (!at) return t("accounts.tokens.neverExpires");
  const date = new Date(at);
  if (date.getTime() < Date.now()) {
    return (
      <Badge size="xs" color="red" variant="light">
        {t("accounts.tokens.expired")}
      </Badge>
    );
  }
  return (
    <time dateTime={at} title={date.toLocaleString(i18n.language)}>
      {date.toLocaleDateString(i18n.language)}
    </time>
  );
}

function MakeToken() {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [days, setDays] = useState(0);
  const making = useCreateToken();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const expires = days ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
    making.mutate({ name: name.trim(), expires }, { onSuccess: () => setName("") });
  };
  return (
    <Stack gap="sm">
      <form onSubmit={submit} aria-label={t("accounts.tokens.make")}>
        <Group gap="xs" align="flex-end">
          <TextInput label={t("accounts.tokens.nameLabel")} placeholder={t("accounts.tokens.nameExample")} value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={100} w={220} />
          <NativeSelect
            size="xs"
            label={t("accounts.tokens.life")}
            value={days}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
            data={LIVES.map((value) => ({ value: String(value), label: value ? t("accounts.tokens.days", { count: value }) : t("accounts.tokens.forever") }))}
          />
          <Button type="submit" loading={making.isPending}>
            {t("accounts.tokens.make")}
          </Button>
        </Group>
      </form>
      {making.error && <Failure error={making.error} />}
      {making.data && (
        <Alert color="teal" variant="light" role="status" title={t("accounts.tokens.copyNow")} withCloseButton closeButtonLabel={t("accounts.tokens.hide")} onClose={() => making.reset()} maw={760}>
          <Stack gap="xs">
            <Text fz="sm">{t("accounts.tokens.onlyOnce")}</Text>
            <Paste text={making.data.token} label={t("accounts.tokens.token")} />
            <Text fz="sm">{t("accounts.tokens.orLogIn")}</Text>
            <Paste text={loginLines(location.origin, making.data.token)} label={t("accounts.tokens.logIn")} />
          </Stack>
        </Alert>
      )}
    </Stack>
  );
}
