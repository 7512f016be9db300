// English and Simplified Chinese. The browser's language decides until the reader chooses.

import i18n from "i18next";
import { initReactI18next } from "react-i18next";

import en from "@/locales/en.json";

export const LANGUAGES = { en: "English", zh: "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;
const KEY = "pavi.language";

export function preferred(): Language {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language);
  await load(language);
}

async function load(language: Language): Promise<void> {
  if (language === "zh" && !i18n.hasResourceBundle("zh", "translation")) {
    i18n.addResourceBundle("zh", "translation", (await import("@/locales/zh.json")).default);
  }
  await i18n.changeLanguage(language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

/** Resolves when the first page can be drawn in the reader's language. */
export async function startI18n(): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes
  });
  await load(preferred());
}
