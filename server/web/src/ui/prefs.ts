/** What this person prefers on this device: theme (cookie, so that nothing flashes), density, single keys. */
import { useSyncExternalStore } from "react";

import { cookie, setCookie } from "../i18n/index";
import { remember, remembered, scoped } from "../mount";

export type Theme = "light" | "dark" | "system";
export interface Prefs {
  density: "compact" | "roomy";
  singleKeys: boolean;
}

let theme: Theme = cookie("farley-theme") === "dark" ? "dark" : cookie("farley-theme") === "light" ? "light" : "system";
let prefs: Prefs = { density: "roomy", singleKeys: true, ...remembered<Partial<Prefs>>(scoped("prefs"), {}) };
const listeners = new Set<() => void>();

export function applyTheme(): void {
  const root = document.documentElement;
  if (theme === "system") root.removeAttribute("data-theme");
  else root.dataset.theme = theme;
}

export function setTheme(next: Theme): void {
  theme = next;
  setCookie("farley-theme", next);
  applyTheme();
  tell();
}

export function isDark(): boolean {
  return theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => theme, () => theme);
}

export function setPrefs(change: Partial<Prefs>): void {
  prefs = { ...prefs, ...change };
  remember(scoped("prefs"), prefs);
  tell();
}

export function getPrefs(): Prefs {
  return prefs;
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(subscribe, () => prefs, () => prefs);
}

/** True below 640 px: rows of two lines, one column, bottom bar. */
export function useNarrow(): boolean {
  return useSyncExternalStore(watchWidth, () => narrow.matches, () => false);
}

const narrow = matchMedia("(max-width: 639px)");

function watchWidth(listener: () => void): () => void {
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
