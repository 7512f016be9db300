// The ModelCloud as a tree: each folder is asked for when it is first opened. Moves by arrow keys as trees do.

import { Loader, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { childrenQuery, isProject, type Node } from "./data";
import { KindIcon } from "./marks";
import { isIn } from "./paths";
import classes from "./Tree.module.css";

/** `current` is the shown path, without a version; the folders above it are open. */
export function Tree({ current }: { current: string }) {
  const { t } = useTranslation();
  const tree = useRef<HTMLUListElement>(null);

  const move = (event: KeyboardEvent) => {
    const items = [...(tree.current?.querySelectorAll<HTMLElement>("[data-tree]") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const item = items[at]!.closest("[role=treeitem]")!;
    const open = item.getAttribute("aria-expanded");
    const toggle = () => item.querySelector<HTMLElement>("[data-toggle]")?.click();
    const above = item.parentElement?.closest("[role=treeitem]")?.querySelector<HTMLElement>("[data-tree]");
    const keys: Record<string, () => void> = {
      ArrowDown: () => items[at + 1]?.focus(),
      ArrowUp: () => items[at - 1]?.focus(),
      Home: () => items[0]?.focus(),
      End: () => items.at(-1)?.focus(),
      ArrowRight: () => (open === "false" ? toggle() : open === "true" ? items[at + 1]?.focus() : undefined),
      ArrowLeft: () => (open === "true" ? toggle() : above?.focus()),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  return (
    <ul ref={tree} role="tree" aria-label={t("models.tree")} className={classes.tree} onKeyDown={move}>
      <Children path="" depth={0} current={current} />
    </ul>
  );
}

function Children({ path, depth, current }: { path: string; depth: number; current: string }) {
  const { t } = useTranslation();
  const pages = useInfiniteQuery(childrenQuery(path));
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const indent = { paddingInlineStart: 8 + depth * 14 + 18 };
  if (pages.isPending) {
    return (
      <li role="none" style={indent}>
        <Loader size={12} aria-label={t("models.loading")} />
      </li>
    );
  }
  return (
    <>
      {items.map((node, index) => (
        <Branch key={node.path} node={node} depth={depth} current={current} first={depth === 0 && index === 0} />
      ))}
      {items.length === 0 && depth > 0 && (
        <li role="none" className={classes.nothing} style={indent}>
          {t("models.nothing")}
        </li>
      )}
      {pages.hasNextPage && (
        <li role="none">
          <UnstyledButton className={classes.more} style={indent} onClick={() => void pages.fetchNextPage()}>
            {t("app.more")}
          </UnstyledButton>
        </li>
      )}
    </>
  );
}

function Branch({ node, depth, current, first }: { node: Node; depth: number; current: string; first: boolean }) {
  const { t } = useTranslation();
  const folder = node.kind === "folder";
  const above = folder && isIn(node.path, current) && current !== "";
  const [open, setOpen] = useState(above);
  useEffect(() => {
    if (above) setOpen(true);
  }, [above]);
  const selected = node.path === current;
  return (
    <li role="treeitem" aria-expanded={folder ? open : undefined} aria-selected={selected} aria-level={depth + 1}>
      <div className={classes.line} data-selected={selected || undefined} style={{ paddingInlineStart: 8 + depth * 14 }}>
        {folder ? (
          <UnstyledButton data-toggle tabIndex={-1} className={classes.toggle} data-open={open || undefined} aria-label={t(open ? "models.fold" : "models.unfold", { name: node.name })} onClick={() => setOpen(!open)}>
            <IconChevronRight size={14} />
          </UnstyledButton>
        ) : (
          <span className={classes.toggle} />
        )}
        <Link to="/models/$" params={{ _splat: node.path }} data-tree tabIndex={selected || (first && current === "") ? 0 : -1} className={classes.name} title={node.path}>
          <KindIcon kind={isProject(node) ? "project" : node.kind} />
          <span>{isProject(node) ? node.path : node.name}</span>
        </Link>
      </div>
      {folder && open && (
        <ul role="group" className={classes.group}>
          <Children path={node.path} depth={depth + 1} current={current} />
        </ul>
      )}
    </li>
  );
}
