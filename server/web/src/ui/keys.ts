/**
 * Single keys: what is open first hears them first. They rest while somebody types, and can be switched
 * off (WCAG 2.1.4); with Ctrl they always work.
 */
import { useEffect, useRef } from "react";

import { getPrefs } from "./prefs";

type Handler = (event: KeyboardEvent) => void;
export type KeyMap = Record<string, Handler>;

const stack: { current: KeyMap }[] = [];
let chord: { key: string; at: number } | null = null;

/** Names: "n", "?", "ctrl+k", "g h", "ctrl+ArrowUp". The newest map that knows the key has it. */
export function useKeys(map: KeyMap, active = true): void {
  const ref = useRef(map);
  ref.current = map;
  useEffect(() => {
    if (!active) return;
    stack.push(ref);
    return () => {
      stack.splice(stack.indexOf(ref), 1);
    };
  }, [active]);
}

export function startKeys(): () => void {
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && !(target instanceof HTMLInputElement && (target.type === "checkbox" || target.type === "radio"));
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey) return;
  const ctrl = event.ctrlKey || event.metaKey;
  const typing = isTyping(event.target);
  // A dialog is its own world: only what it registered itself, which it does by handling keys in place.
  if (document.querySelector(".overlay") && !(ctrl && event.key.toLowerCase() === "k")) return;
  if (!ctrl && (typing || !getPrefs().singleKeys)) return;
  // Undo inside a text is the text's own.
  if (ctrl && typing && event.key.toLowerCase() === "z") return;
  const key = ctrl ? `ctrl+${event.key.length === 1 ? event.key.toLowerCase() : event.key}` : event.key;
  if (chord && Date.now() - chord.at < 1500 && !ctrl) {
    const both = `${chord.key} ${key}`;
    chord = null;
    if (run(both, event)) return;
  }
  if (key === "g" && !ctrl) {
    chord = { key: "g", at: Date.now() };
    return;
  }
  run(key, event);
}

function run(key: string, event: KeyboardEvent): boolean {
  for (const map of stack.toReversed()) {
    const handler = map.current[key];
    if (!handler) continue;
    event.preventDefault();
    handler(event);
    return true;
  }
  return false;
}
