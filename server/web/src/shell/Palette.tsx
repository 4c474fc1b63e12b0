/** Ctrl+K: records by the server's search, screens, actions; recent records first. `>` actions, `@` people. */
import { useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";

import { call } from "../api/client";
import { useSchema } from "../api/queries";
import type { Row } from "../api/types";
import { label, lang, setLang, useWords } from "../i18n/index";
import { undoLast } from "../record/settle";
import { isDark, setTheme } from "../ui/prefs";
import { useGo } from "./Link";
import { titleOf } from "../schema/values";
import { recent } from "./recent";
import { screens } from "./screens";

interface Item {
  id: string;
  group: string;
  text: string;
  more: string;
  keys?: string;
  run: () => void;
}

export function Palette({ onClose, onHelp, onCreate }: { onClose: () => void; onHelp: () => void; onCreate: (kind: string) => void }): ReactNode {
  const t = useWords();
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className="modal">
        <Dialog className="dialog" aria-label={t.palette.title}>
          <Inner onClose={onClose} onHelp={onHelp} onCreate={onCreate} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Inner({ onClose, onHelp, onCreate }: { onClose: () => void; onHelp: () => void; onCreate: (kind: string) => void }): ReactNode {
  const t = useWords();
  const go = useGo();
  const schema = useSchema();
  const [query, setQuery] = useState("");
  const [rows, setRows] = useState<Row[]>([]);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const onlyActions = query.startsWith(">");
  const onlyPeople = query.startsWith("@");
  const word = query.replace(/^[>@]/, "").trim();

  useEffect(() => {
    if (word === "" || onlyActions) {
      setRows([]);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      call<{ rows: Row[] }>("GET", "/search", { query: { q: word, limit: 12, kind: onlyPeople ? "contact" : undefined }, signal: abort.signal })
        .then((found) => {
          setRows(found.rows);
          setAt(0);
        })
        .catch(() => undefined);
    }, 80);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [word, onlyActions, onlyPeople]);

  const items = useMemo((): Item[] => {
    const fits = (text: string): boolean => text.toLowerCase().includes(word.toLowerCase());
    const leave = (run: () => void) => (): void => {
      onClose();
      run();
    };
    const records = rows.map((row): Item => {
      const kind = schema?.kinds[row.kind];
      return { id: row.id, group: t.palette.records, text: titleOf(schema, row.kind, row.title, row.cells), more: label(kind?.label), run: leave(() => go(`/${kind?.plural ?? row.kind}/${row.id}`)) };
    });
    const lately = word === "" && !onlyActions ? recent().slice(0, 6).map((one): Item => ({ id: one.id, group: t.palette.recent, text: one.title || t.common.untitled, more: label(schema?.kinds[one.kind]?.label), run: leave(() => go(`/${one.plural}/${one.id}`)) })) : [];
    const places = onlyActions || onlyPeople ? [] : screens(schema).map((one): Item => ({ id: one.name, group: t.palette.screens, text: one.kind ? label(one.kind.labels) : t.nav[one.word ?? "today"], more: "", keys: one.keys, run: leave(() => go(one.path)) })).filter((one) => fits(one.text));
    const makes = ["contact", "company", "task", "visit"].flatMap((name): Item[] => {
      const kind = schema?.kinds[name];
      return kind ? [{ id: `new-${name}`, group: t.palette.actions, text: t.palette.create(label(kind.label)), more: "", run: leave(() => onCreate(name)) }] : [];
    });
    const actions = onlyPeople
      ? []
      : [
          ...makes,
          { id: "theme", group: t.palette.actions, text: t.palette.theme, more: "", run: leave(() => setTheme(isDark() ? "light" : "dark")) },
          { id: "language", group: t.palette.actions, text: t.palette.language, more: "", run: leave(() => setLang(lang() === "de" ? "en" : "de")) },
          { id: "undo", group: t.palette.actions, text: t.palette.undo, more: "", keys: lang() === "de" ? "Strg+Z" : "Ctrl+Z", run: leave(() => void undoLast()) },
          { id: "help", group: t.palette.actions, text: t.help.title, more: "", keys: "?", run: leave(onHelp) },
        ].filter((one) => fits(one.text));
    return [...lately, ...records, ...places, ...actions];
  }, [rows, word, onlyActions, onlyPeople, schema, t, go, onClose, onHelp, onCreate]);

  const active = Math.min(at, Math.max(0, items.length - 1));
  useEffect(() => {
    list.current?.querySelector(`[aria-selected="true"]`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  return (
    <>
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={items.length ? `${id}-${active}` : undefined}
        aria-autocomplete="list"
        aria-label={t.palette.placeholder}
        placeholder={t.palette.placeholder}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(items.length - 1, active + 1));
          else if (event.key === "ArrowUp") setAt(Math.max(0, active - 1));
          else if (event.key === "Enter") items[active]?.run();
          else return;
          event.preventDefault();
        }}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={t.palette.title} className="palette-list" tabIndex={-1}>
        {items.map((item, i) => (
          <div key={`${item.group}${item.id}`} role="presentation">
            {item.group !== items[i - 1]?.group && (
              <div className="palette-group" role="presentation">
                {item.group}
              </div>
            )}
            {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are handled in the box */}
            <div id={`${id}-${i}`} role="option" tabIndex={-1} aria-selected={i === active} className="palette-item" onClick={item.run} onMouseMove={() => setAt(i)}>
              <span>{item.text}</span>
              <span className="meta ml-auto">{item.more}</span>
              {item.keys && <kbd>{item.keys}</kbd>}
            </div>
          </div>
        ))}
        {items.length === 0 && <p className="soft p-2">{t.palette.nothing}</p>}
      </div>
      <span className="meta" role="status">
        {t.palette.results(items.length)} · {t.palette.hint}
      </span>
    </>
  );
}
