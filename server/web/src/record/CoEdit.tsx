/**
 * A text that several people edit at once. What is typed goes out as splices against the heads it was typed
 * on; what others wrote comes in between the words being typed, and the caret stays in its word.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";

import { call, net, Problem } from "../api/client";
import { client, readRecord } from "../api/queries";
import type { Edited, RecordPage } from "../api/types";
import { newId } from "../edits/store";
import { useWords } from "../i18n/index";
import { inOrderToSend, merge3, splices } from "../text/merge";
import { problemText } from "../ui/problem";
import { remember, remembered, scoped } from "../mount";

interface Base {
  heads: string[];
  text: string;
}

export interface CoEditProps {
  plural: string;
  page: RecordPage;
  field: string;
  name: string;
  /** Who else wrote, for the line under the text. */
  authorOf: (page: RecordPage) => string | null;
  onClose: () => void;
}

const pause = 500;

export function CoEdit({ plural, page, field, name, authorOf, onClose }: CoEditProps): ReactNode {
  const t = useWords();
  const key = scoped(`text:${page.id}:${field}`);
  const start = textOf(page, field);
  // Words that an earlier visit could not send are still there.
  const [text, setText] = useState(() => {
    const kept = remembered<{ base: string; mine: string } | null>(key, null);
    return kept ? merge3(kept.base, kept.mine, start).text : start;
  });
  const [state, setState] = useState<"saved" | "sending" | "dirty">("saved");
  const [other, setOther] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const base = useRef<Base>({ heads: page.heads, text: start });
  const mine = useRef(text);
  const caret = useRef<[number, number] | null>(null);
  const busy = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  mine.current = text;

  const takeIn = useCallback(
    (fresh: RecordPage): void => {
      const theirs = textOf(fresh, field);
      if (theirs !== base.current.text) {
        const merged = merge3(base.current.text, mine.current, theirs);
        if (merged.text !== mine.current) {
          const at = box.current;
          if (at && document.activeElement === at) caret.current = [merged.place(at.selectionStart), merged.place(at.selectionEnd)];
          setOther(authorOf(fresh));
          mine.current = merged.text;
          setText(merged.text);
        }
      }
      base.current = { heads: fresh.heads, text: theirs };
    },
    [authorOf, field],
  );

  const send = useCallback(async (): Promise<void> => {
    if (busy.current) return;
    const from = base.current;
    const to = mine.current;
    const list = splices(from.text, to);
    if (list.length === 0) {
      setState("saved");
      remember(key, null);
      return;
    }
    busy.current = true;
    setState("sending");
    try {
      await call<Edited>("PATCH", `/${plural}/${page.id}`, {
        body: { text: { [field]: inOrderToSend(list) } },
        headers: { "base-heads": from.heads.join(","), "idempotency-key": newId() },
      });
      // Sent is the new common ground; what the server made of it comes with its heads.
      base.current = { heads: from.heads, text: to };
      const fresh = await readRecord(plural, page.id);
      takeIn(fresh);
      client.setQueryData(["record", page.id], fresh);
      setError(null);
      busy.current = false;
      if (mine.current === base.current.text) {
        setState("saved");
        remember(key, null);
      } else timer.current = setTimeout(() => void send(), pause);
    } catch (problem) {
      busy.current = false;
      if (problem instanceof Problem && problem.mayPass) {
        // Whether the words arrived is not known: read first, send only what is missing then.
        remember(key, { base: from.text, mine: mine.current });
        base.current = from;
        timer.current = setTimeout(() => void again(), 1500);
      } else {
        setState("dirty");
        setError(`${problemText(problem)} ${t.errors.typedKept}`);
      }
    }
    // oxlint-disable-next-line react/exhaustive-deps -- `again` and `send` call each other
  }, [field, key, page.id, plural, takeIn, t]);

  const again = useCallback(async (): Promise<void> => {
    if (net.lostAt !== null) {
      timer.current = setTimeout(() => void again(), 1000);
      return;
    }
    try {
      takeIn(await readRecord(plural, page.id));
      await send();
    } catch {
      timer.current = setTimeout(() => void again(), 2000);
    }
  }, [page.id, plural, send, takeIn]);

  useEffect(() => {
    if (!busy.current) takeIn(page);
  }, [page, takeIn]);

  useLayoutEffect(() => {
    if (caret.current && box.current) {
      box.current.setSelectionRange(...caret.current);
      caret.current = null;
    }
  }, [text]);

  useEffect(() => {
    const at = box.current;
    at?.focus();
    at?.setSelectionRange(at.value.length, at.value.length);
    return () => {
      clearTimeout(timer.current);
      void send();
    };
    // oxlint-disable-next-line react/exhaustive-deps -- once, when the box opens and closes
  }, []);

  return (
    <div className="coedit">
      <textarea
        ref={box}
        aria-label={name}
        value={text}
        data-coedit={page.id}
        onChange={(event) => {
          setText(event.target.value);
          mine.current = event.target.value;
          setState("dirty");
          remember(key, { base: base.current.text, mine: event.target.value });
          clearTimeout(timer.current);
          timer.current = setTimeout(() => void send(), pause);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
            event.preventDefault();
            event.stopPropagation();
            onClose();
          }
        }}
      />
      <span className="flex gap-3 items-center flex-wrap meta">
        <span role="status">{state === "saved" ? t.status.saved : t.status.sending}</span>
        {other && <span className="versions">{t.record.textArrived(other)}</span>}
        <button type="button" className="link-button" onClick={onClose}>
          {t.common.close}
        </button>
      </span>
      {error && <span role="alert" className="error">{error}</span>}
    </div>
  );
}

function textOf(page: RecordPage, field: string): string {
  const value = page.values[field];
  return typeof value === "string" ? value : "";
}
