import { describe, expect, it } from "vitest";

import en from "@/locales/en.json";
import zh from "@/locales/zh.json";

import { merged, named } from "./i18n";

type Texts = Record<string, unknown>;
const ENGLISH = import.meta.glob<Texts>("../locales/en/*.json", { eager: true, import: "default" });
const CHINESE = import.meta.glob<Texts>("../locales/zh/*.json", { eager: true, import: "default" });

/** Chinese has one plural form: `count_one` and `count_other` are one text in two languages' grammars. */
function keys(texts: Texts, above = ""): string[] {
  return Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "string" ? [above + key.replace(/_(one|other)$/, "")] : keys(text as Texts, `${above}${key}.`),
  );
}

function places(texts: Texts, above = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, text] of Object.entries(texts)) {
    if (typeof text !== "string") Object.assign(found, places(text as Texts, `${above}${key}.`));
    else found[above + key.replace(/_(one|other)$/, "")] = [...new Set(text.match(/\{\{\s*\w+/g)?.map((name) => name.slice(2).trim()))].sort().join(",");
  }
  return found;
}

describe("texts", () => {
  const english = merged(en, ENGLISH);
  const chinese = merged(zh, CHINESE);

  it("say the same things in both languages", () => {
    expect([...new Set(keys(chinese))].sort()).toEqual([...new Set(keys(english))].sort());
  });

  it("fill in the same values in both languages", () => {
    expect(places(chinese)).toEqual(places(english));
  });

  it("are found under the name of their file", () => {
    expect(named("../locales/zh/models.json")).toBe("models");
    expect(merged({ nav: { open: "Open" } }, { "../locales/en/models.json": { title: "Models" } })).toEqual({ nav: { open: "Open" }, models: { title: "Models" } });
  });

  it("add to what the shared texts have under the same name", () => {
    expect(merged({ chart: { pin: "Pin" } }, { "../locales/en/chart.json": { hide: "Hide" } })).toEqual({ chart: { pin: "Pin", hide: "Hide" } });
  });
});
