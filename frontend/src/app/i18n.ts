// English and Simplified Chinese. The browser's language decides until the reader chooses.

import i18n from "i18next";
import { initReactI18next } from "react-i18next";

import en from "@/locales/en.json";

export const LANGUAGES = { en: "English", zh: "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;
const KEY = "pavi.language";

/** The texts of one feature, found below `translation` under the file's name: `locales/en/models.json` is `models.…`. */
type Texts = Record<string, unknown>;
const ENGLISH = import.meta.glob<Texts>("../locales/en/*.json", { eager: true, import: "default" });
const CHINESE = import.meta.glob<Texts>("../locales/zh/*.json", { import: "default" });

export function named(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1, -".json".length);
}

/** One tree of texts: what all pages share, and a branch for each feature's file. */
export function merged(shared: Texts, files: Record<string, Texts>): Texts {
  const texts: Texts = { ...shared };
  for (const [path, file] of Object.entries(files)) {
    const name = named(path);
    texts[name] = { ...(texts[name] as Texts | undefined), ...file };
  }
  return texts;
}

export function preferred(): Language {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language);
  await load(language);
}

async function chinese(): Promise<Texts> {
  const shared = import("@/locales/zh.json");
  const files = await Promise.all(Object.entries(CHINESE).map(async ([path, read]) => [path, await read()] as const));
  return merged((await shared).default, Object.fromEntries(files));
}

async function load(language: Language): Promise<void> {
  if (language === "zh" && !i18n.hasResourceBundle("zh", "translation")) i18n.addResourceBundle("zh", "translation", await chinese());
  await i18n.changeLanguage(language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

/** Resolves when the first page can be drawn in the reader's language. */
export async function startI18n(): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: merged(en, ENGLISH) } },
    interpolation: { escapeValue: false }, // React escapes
  });
  await load(preferred());
}
