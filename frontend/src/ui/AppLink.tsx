// A link to an address of the application that looks like one: typed by the router, drawn by the component library.

import { Anchor, type AnchorProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type Props = AnchorProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps> & { ref?: Ref<HTMLAnchorElement> };

function Drawn(props: Props) {
  return <Anchor inherit {...props} />;
}

export const AppLink = createLink(Drawn);
