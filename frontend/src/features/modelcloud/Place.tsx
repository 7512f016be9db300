// One place of the ModelCloud: the way to it, what may be done there, and what it is.

import { Button, Code, Group, Menu, Stack, Tabs, Text, Title } from "@mantine/core";
import { IconChevronDown, IconDownload, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { bytes } from "@/charts/format";
import { AppLink } from "@/ui/AppLink";
import { Copy } from "@/ui/Paste";

import { isProject, mayWrite, type Node } from "./data";
import { MoveDialog, NewNodeDialog, TrashDialog } from "./dialogs";
import { Folder } from "./Folder";
import { History } from "./History";
import { From, KindIcon, StageBadge } from "./marks";
import { crumbsOf, fileOf, parentOf, plain, shellWord } from "./paths";
import { QuotaBar } from "./QuotaBar";
import { Tensors } from "./Tensors";
import { Trash } from "./Trash";
import { UploadDialog } from "./UploadDialog";
import { Versions } from "./Versions";
import { TABS, type CloudSearch, type Tab } from "./view";

interface Props {
  node: Node;
  search: CloudSearch;
  onSearch(search: CloudSearch): void;
  /** Another path is to be shown: what was here has moved, or is gone. */
  onPath(path: string): void;
}

export function Place({ node, search, onSearch, onPath }: Props) {
  const { t } = useTranslation();
  const trash = search.trash === true && node.project !== null;
  return (
    <Stack gap="sm">
      <Crumbs path={node.path} />
      <Toolbar node={node} trash={trash} onSearch={onSearch} onPath={onPath} />
      {trash ? (
        <Trash folder={node} />
      ) : node.kind === "folder" ? (
        <Folder folder={node} />
      ) : (
        <>
          <Facts node={node} />
          <Tabs value={search.tab ?? "versions"} onChange={(tab) => onSearch({ tab: tab === "versions" ? undefined : (tab as Tab) })} keepMounted={false}>
            <Tabs.List mb="sm">
              {TABS.map((tab) => (
                <Tabs.Tab key={tab} value={tab}>
                  {t(`models.tabs.${tab}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="versions">
              <Versions node={node} />
            </Tabs.Panel>
            <Tabs.Panel value="tensors">{node.size === null ? <Text c="dimmed">{t("models.noVersions")}</Text> : <Tensors path={node.path} />}</Tabs.Panel>
            <Tabs.Panel value="history">
              <History path={plain(node.path)} />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Stack>
  );
}

function Crumbs({ path }: { path: string }) {
  const { t } = useTranslation();
  const crumbs = crumbsOf(path);
  return (
    <Title order={1} fz={16} style={{ overflowWrap: "anywhere" }}>
      {crumbs.length === 0 ? (
        t("nav.models")
      ) : (
        <AppLink to="/models" inherit>
          {t("nav.models")}
        </AppLink>
      )}
      {crumbs.map((crumb, depth) => (
        <span key={crumb.path}>
          <Text span inherit c="dimmed" fw={400}>
            {" / "}
          </Text>
          {depth === crumbs.length - 1 ? (
            crumb.name
          ) : (
            <AppLink to="/models/$" params={{ _splat: crumb.path }} inherit>
              {crumb.name}
            </AppLink>
          )}
        </span>
      ))}
    </Title>
  );
}

function Toolbar({ node, trash, onSearch, onPath }: { node: Node; trash: boolean } & Pick<Props, "onSearch" | "onPath">) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<"folder" | "model" | "upload" | "move" | "trash" | null>(null);
  const close = () => setAsking(null);
  const writes = mayWrite(node);
  const folder = node.kind === "folder";
  const command = `pavi cp ${shellWord(`pavi://${node.path}`)} .`;
  if (node.project === null) return null;
  if (trash) {
    return (
      <div>
        <Button variant="default" onClick={() => onSearch({})}>
          {t("models.trashed.back")}
        </Button>
      </div>
    );
  }
  return (
    <Group gap="xs">
      {!folder && node.size !== null && (
        <Button component="a" href={fileOf(node.path)} download leftSection={<IconDownload size={14} />}>
          {t("models.download")}
        </Button>
      )}
      {folder && writes && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button leftSection={<IconPlus size={14} />} rightSection={<IconChevronDown size={14} />}>
              {t("models.add")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setAsking("upload")}>{t("models.upload.menu")}</Menu.Item>
            <Menu.Item onClick={() => setAsking("folder")}>{t("models.new.folderMenu")}</Menu.Item>
            <Menu.Item onClick={() => setAsking("model")}>{t("models.new.modelMenu")}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {writes && !isProject(node) && (
        <>
          <Button variant="default" onClick={() => setAsking("move")}>
            {t("models.move")}
          </Button>
          <Button variant="default" onClick={() => setAsking("trash")}>
            {t("models.trash")}
          </Button>
        </>
      )}
      {writes && folder && isProject(node) && (
        <Button variant="default" leftSection={<IconTrash size={14} />} onClick={() => onSearch({ trash: true })}>
          {t("models.trashed.title")}
        </Button>
      )}
      {isProject(node) && <QuotaBar folder={node} />}
      {!folder && (
        <Group gap={4} wrap="nowrap" miw={0}>
          <Code style={{ overflowWrap: "anywhere" }}>{command}</Code>
          <Copy text={command} />
        </Group>
      )}
      {(asking === "folder" || asking === "model") && <NewNodeDialog folder={node} kind={asking} onClose={close} />}
      {asking === "upload" && <UploadDialog folder={node} onUploaded={onPath} onClose={close} />}
      {asking === "move" && <MoveDialog node={node} onMoved={onPath} onClose={close} />}
      {asking === "trash" && <TrashDialog node={node} onTrashed={() => onPath(parentOf(plain(node.path)))} onClose={close} />}
    </Group>
  );
}

/** The version that is looked at: the newest one, or the one that the path names. */
function Facts({ node }: { node: Node }) {
  const { t } = useTranslation();
  const training = node.training;
  return (
    <Group gap="md" fz="sm">
      <Group gap={6}>
        <KindIcon kind={node.kind} />
        {node.version ? t("models.shown", { version: node.version, versions: node.versions }) : t("models.noVersion")}
      </Group>
      <StageBadge stage={node.stage} />
      {node.size !== null && <span className="tabular">{bytes(node.size)}</span>}
      {training && (
        <span>
          {t("models.fromLabel")} <From training={training} />
        </span>
      )}
      {training?.commit && (
        <Group gap={4}>
          {t("models.commit")} <Code title={training.commit}>{training.commit.slice(0, 10)}</Code>
        </Group>
      )}
      {node.created_by && <span>{t("models.by", { name: node.created_by })}</span>}
      {node.comment && (
        <Text span c="dimmed" fz="sm">
          {node.comment}
        </Text>
      )}
    </Group>
  );
}
