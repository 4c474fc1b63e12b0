/** One line at the bottom: what happened, and for ten seconds the way back. */
import { useEffect, useSyncExternalStore } from "react";
import { Button } from "react-aria-components";

import { useWords } from "../i18n/index";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  undo?: () => void;
}

let toasts: Toast[] = [];
let counter = 0;
const listeners = new Set<() => void>();

export function toast(text: string, options: { bad?: boolean; undo?: () => void } = {}): void {
  const id = ++counter;
  toasts = [...toasts.slice(-2), { id, text, bad: options.bad ?? false, undo: options.undo }];
  tell();
}

export function Toasts(): React.ReactNode {
  const list = useSyncExternalStore(subscribe, () => toasts, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((one) => (
        <Line key={one.id} toast={one} />
      ))}
    </div>
  );
}

function Line({ toast: one }: { toast: Toast }): React.ReactNode {
  const t = useWords();
  useEffect(() => {
    const timer = setTimeout(() => drop(one.id), 10_000);
    return () => clearTimeout(timer);
  }, [one.id]);
  return (
    <div className={one.bad ? "toast toast-bad" : "toast"}>
      <span>{one.text}</span>
      {one.undo && (
        <Button
          className="link-button"
          onPress={() => {
            one.undo?.();
            drop(one.id);
          }}
        >
          {t.common.undo}
        </Button>
      )}
      <Button className="icon-button" aria-label={t.common.close} onPress={() => drop(one.id)}>
        ×
      </Button>
    </div>
  );
}

function drop(id: number): void {
  toasts = toasts.filter((one) => one.id !== id);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
