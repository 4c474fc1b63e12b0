/** The page's language: one value, remembered in a cookie that the server reads for `<html lang>`. */
import { useSyncExternalStore } from "react";

import type { Lang, Words } from "../api/types";
import { mount } from "../mount";
import { de } from "./de";
import { en, type Dictionary } from "./en";

const dictionaries: Record<Lang, Dictionary> = { de, en };
const listeners = new Set<() => void>();
let current: Lang = first();

export function lang(): Lang {
  return current;
}

export function words(): Dictionary {
  return dictionaries[current];
}

export function setLang(next: Lang): void {
  current = next;
  setCookie("farley-lang", next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

/** The dictionary, and a redraw when the language changes. */
export function useWords(): Dictionary {
  return dictionaries[useLang()];
}

export function useLang(): Lang {
  return useSyncExternalStore(subscribe, lang, lang);
}

/** A label of the schema in the page's language; the other language if one is missing. */
export function label(words: Words | undefined, language: Lang = current): string {
  if (!words) return "";
  return words[language] || words[language === "de" ? "en" : "de"] || "";
}

export function locale(language: Lang = current): string {
  return language === "de" ? "de-DE" : "en-GB";
}

export function cookie(name: string): string | null {
  for (const part of document.cookie.split(";")) {
    const [key, value] = part.trim().split("=");
    if (key === name && value) return decodeURIComponent(value);
  }
  return null;
}

export function setCookie(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=${mount || "/"}; Max-Age=31536000; SameSite=Lax${secure}`;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function first(): Lang {
  const chosen = cookie("farley-lang");
  if (chosen === "de" || chosen === "en") return chosen;
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}
