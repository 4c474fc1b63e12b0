/** The box in which one value is edited, by type. Enter takes it, Esc reverts, Tab goes on. */
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

import { call } from "../api/client";
import { useSchema } from "../api/queries";
import type { Field, Json, Row } from "../api/types";
import { label, useWords } from "../i18n/index";
import { object, parse, strings, titleOf, typed } from "../schema/values";

export type Leave = "stay" | "next" | "previous" | "down";

export interface EditorProps {
  field: Field;
  value: Json | undefined;
  /** What was typed before a refusal; it is never lost. */
  text?: string;
  error?: string | null;
  name?: string;
  onDone: (value: Json, leave: Leave, text: string) => void;
  onCancel: () => void;
  /** Names of linked records that are known already. */
  nameOf?: (id: string) => string | undefined;
}

export function FieldEditor(props: EditorProps): ReactNode {
  switch (props.field.type) {
    case "boolean":
    case "choice":
      return <ChoiceBox {...props} />;
    case "multi-choice":
      return <ManyBox {...props} />;
    case "link":
    case "links":
      return <LinkBox {...props} />;
    case "address":
      return <AddressBox {...props} />;
    case "period":
    case "instant":
      return <PeriodBox {...props} />;
    default:
      return <TextBox {...props} />;
  }
}

function TextBox({ field, value, text, error, name, onDone, onCancel }: EditorProps): ReactNode {
  const t = useWords();
  const [draft, setDraft] = useState(text ?? typed(field, value));
  const [own, setOwn] = useState<string | null>(null);
  const input = useFocus<HTMLInputElement>();
  const done = useRef(false);
  const id = useId();
  const finish = (leave: Leave): void => {
    if (done.current) return;
    if (field.type === "tags") {
      done.current = true;
      onDone(draft.split(",").map((one) => one.trim()).filter(Boolean), leave, draft);
      return;
    }
    const result = parse(field, draft);
    if (!result.ok) {
      setOwn(result.reason);
      return;
    }
    done.current = true;
    onDone(result.value, leave, draft);
  };
  const message = own ?? error;
  return (
    <span className="editor">
      <input
        ref={input}
        aria-label={name ?? label(field.label)}
        aria-invalid={message ? true : undefined}
        aria-describedby={message ? id : undefined}
        placeholder={field.type === "tags" ? t.form.commas : field.type === "date" ? t.record.whenHint : undefined}
        inputMode={field.type === "phone" ? "tel" : field.type === "email" ? "email" : field.type === "integer" || field.type === "decimal" || field.type === "money" ? "decimal" : undefined}
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value);
          setOwn(null);
          done.current = false;
        }}
        onKeyDown={(event) => boxKeys(event, finish, onCancel)}
        onBlur={() => finish("stay")}
      />
      {message && (
        <span id={id} role="alert" className="error error-float">
          {message}
        </span>
      )}
    </span>
  );
}

function ChoiceBox({ field, value, error, name, onDone, onCancel }: EditorProps): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const select = useFocus<HTMLSelectElement>();
  const start = typeof value === "boolean" ? String(value) : typeof value === "string" ? value : "";
  const [draft, setDraft] = useState(start);
  const done = useRef(false);
  const options =
    field.type === "boolean"
      ? [
          { key: "true", text: t.common.yes },
          { key: "false", text: t.common.no },
        ]
      : (schema?.lists[field.list ?? ""] ?? []).filter((one) => !one.inactive || one.key === start).map((one) => ({ key: one.key, text: label(one.label) }));
  const finish = (leave: Leave, text = draft): void => {
    if (done.current) return;
    done.current = true;
    onDone(text === "" ? null : field.type === "boolean" ? text === "true" : text, leave, text);
  };
  return (
    <span className="editor">
      <select
        ref={select}
        aria-label={name ?? label(field.label)}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => boxKeys(event, finish, onCancel)}
        onBlur={() => finish("stay")}
      >
        <option value="">–</option>
        {start && !options.some((one) => one.key === start) && <option value={start}>{start}</option>}
        {options.map((one) => (
          <option key={one.key} value={one.key}>
            {one.text}
          </option>
        ))}
      </select>
      {error && <span role="alert" className="error error-float">{error}</span>}
    </span>
  );
}

function ManyBox({ field, value, error, onDone, onCancel }: EditorProps): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const [chosen, setChosen] = useState(strings(value));
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector<HTMLInputElement>("input")?.focus(), []);
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the boxes inside
    <div className="editor popover" ref={box} role="group" aria-label={label(field.label)} onKeyDown={(event) => boxKeys(event, (leave) => onDone(chosen, leave, ""), onCancel)}>
      {(schema?.lists[field.list ?? ""] ?? []).map((one) => (
        <label key={one.key} className="switch">
          <input type="checkbox" checked={chosen.includes(one.key)} onChange={(event) => setChosen(event.target.checked ? [...chosen, one.key] : chosen.filter((key) => key !== one.key))} />
          {label(one.label)}
        </label>
      ))}
      {error && <span role="alert" className="error">{error}</span>}
      <span className="editor-row">
        <button type="button" className="button button-main" onClick={() => onDone(chosen, "stay", "")}>{t.common.apply}</button>
        <button type="button" className="button" onClick={onCancel}>{t.common.cancel}</button>
      </span>
    </div>
  );
}

/** Finds records of the kinds the link may lead to. For `links` the found one is added. */
export function LinkBox({ field, value, error, name, onDone, onCancel, nameOf }: EditorProps): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const [draft, setDraft] = useState(field.type === "link" && typeof value === "string" ? (nameOf?.(value) ?? "") : "");
  const [rows, setRows] = useState<Row[]>([]);
  const [at, setAt] = useState(0);
  const [touched, setTouched] = useState(false);
  const input = useFocus<HTMLInputElement>();
  const id = useId();
  const kinds = field.to ?? [];
  useEffect(() => {
    if (!touched || draft.trim() === "") {
      setRows([]);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      call<{ rows: Row[] }>("GET", "/search", { query: { q: draft, limit: 12, kind: kinds.length === 1 ? kinds[0] : undefined }, signal: abort.signal })
        .then((found) => {
          setRows(found.rows.filter((row) => kinds.length === 0 || kinds.includes(row.kind)));
          setAt(0);
        })
        .catch(() => undefined);
    }, 120);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the kinds of a field do not change while it is edited
  }, [draft, touched]);
  const take = (row: Row | undefined, leave: Leave): void => {
    if (row) onDone(field.type === "links" ? [...strings(value), row.id] : row.id, leave, draft);
    else if (draft.trim() === "" && field.type === "link" && touched) onDone(null, leave, draft);
    else if (!touched) onCancel();
  };
  return (
    <span className="editor combo">
      <input
        ref={input}
        role="combobox"
        aria-label={name ?? label(field.label)}
        aria-expanded={rows.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={rows.length ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder={t.form.search}
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value);
          setTouched(true);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(rows.length - 1, at + 1));
          else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
          else {
            boxKeys(event, (leave) => take(rows[at], leave), onCancel);
            return;
          }
          event.preventDefault();
          event.stopPropagation();
        }}
        onBlur={() => setTimeout(() => !touched && onCancel(), 150)}
      />
      <span id={`${id}-list`} role="listbox" aria-label={name ?? label(field.label)} className={rows.length ? "combo-list" : "sr-only"}>
        {rows.map((row, i) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are handled in the box
          <span key={row.id} id={`${id}-${i}`} role="option" tabIndex={-1} aria-selected={i === at} className="combo-item block" onMouseDown={(event) => event.preventDefault()} onClick={() => take(row, "stay")}>
            {titleOf(schema, row.kind, row.title, row.cells)}
          </span>
        ))}
      </span>
      {error && <span role="alert" className="error error-float">{error}</span>}
    </span>
  );
}

const addressParts = ["street", "street2", "postal_code", "city", "region", "country"];

function AddressBox({ field, value, error, onDone, onCancel }: EditorProps): ReactNode {
  const t = useWords();
  const old = object(value) ?? {};
  const [draft, setDraft] = useState<Record<string, string>>(Object.fromEntries(addressParts.map((part) => [part, typeof old[part] === "string" ? (old[part] as string) : part === "country" ? "DE" : ""])));
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector<HTMLInputElement>("input")?.focus(), []);
  const finish = (leave: Leave): void => {
    const empty = addressParts.every((part) => part === "country" || !draft[part]?.trim());
    onDone(empty ? null : Object.fromEntries(addressParts.map((part) => [part, (part === "country" ? draft[part]?.toUpperCase() : draft[part])?.trim() ?? ""])), leave === "next" || leave === "previous" ? "stay" : leave, "");
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the boxes inside
    <div className="editor card" ref={box} role="group" aria-label={label(field.label)} onKeyDown={(event) => (event.key === "Tab" ? undefined : boxKeys(event, finish, onCancel))}>
      <span className="editor-row">
        {addressParts.map((part) => (
          <label key={part}>
            {t.address[part]}
            <input value={draft[part]} onChange={(event) => setDraft({ ...draft, [part]: event.target.value })} />
          </label>
        ))}
      </span>
      {error && <span role="alert" className="error">{error}</span>}
      <span className="editor-row">
        <button type="button" className="button button-main" onClick={() => finish("stay")}>{t.common.apply}</button>
        <button type="button" className="button" onClick={onCancel}>{t.common.cancel}</button>
      </span>
    </div>
  );
}

function PeriodBox({ field, value, error, onDone, onCancel }: EditorProps): ReactNode {
  const t = useWords();
  const old = object(value) ?? {};
  const one = field.type === "instant";
  const first = one ? (typeof old.at === "number" ? localInput(old.at) : typeof old.at === "string" ? localInput(Date.parse(old.at)) : "") : typeof old.start === "string" ? withClock(old.start) : "";
  const [start, setStart] = useState(first);
  const [end, setEnd] = useState(typeof old.end === "string" ? withClock(old.end) : "");
  const [own, setOwn] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector<HTMLInputElement>("input")?.focus(), []);
  const zone = typeof old.zone === "string" ? old.zone : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const finish = (leave: Leave): void => {
    if (start === "") return onDone(null, leave, "");
    if (one) return onDone({ at: new Date(start).getTime(), zone }, leave, "");
    const until = end || plusHour(start);
    if (until <= start) return setOwn(t.form.badPeriod);
    onDone({ start: start.slice(0, 16), end: until.slice(0, 16), zone }, leave, "");
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the boxes inside
    <div className="editor card" ref={box} role="group" aria-label={label(field.label)} onKeyDown={(event) => (event.key === "Tab" ? undefined : boxKeys(event, finish, onCancel))}>
      <span className="editor-row">
        <label>
          {one ? label(field.label) : t.period.start}
          <input type="datetime-local" value={start} onChange={(event) => setStart(event.target.value)} />
        </label>
        {!one && (
          <label>
            {t.period.end}
            <input type="datetime-local" value={end} onChange={(event) => setEnd(event.target.value)} />
          </label>
        )}
      </span>
      {(own ?? error) && <span role="alert" className="error">{own ?? error}</span>}
      <span className="editor-row">
        <button type="button" className="button button-main" onClick={() => finish("stay")}>{t.common.apply}</button>
        <button type="button" className="button" onClick={onCancel}>{t.common.cancel}</button>
      </span>
    </div>
  );
}

function boxKeys(event: KeyboardEvent, finish: (leave: Leave) => void, cancel: () => void): void {
  const leave: Leave | null = event.key === "Enter" && !(event.target instanceof HTMLButtonElement) ? "down" : event.key === "Tab" ? (event.shiftKey ? "previous" : "next") : null;
  // Whatever the box uses must not also move the list around it.
  event.stopPropagation();
  if (event.key === "Escape") {
    event.preventDefault();
    cancel();
  } else if (leave) {
    event.preventDefault();
    finish(leave);
  }
}

function useFocus<T extends HTMLInputElement | HTMLSelectElement>(): React.RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    ref.current?.focus();
    if (ref.current instanceof HTMLInputElement) ref.current.select();
  }, []);
  return ref;
}

function localInput(ms: number): string {
  if (Number.isNaN(ms)) return "";
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 16);
}

function withClock(text: string): string {
  return text.includes("T") ? text.slice(0, 16) : `${text}T00:00`;
}

function plusHour(start: string): string {
  return localInput(new Date(start).getTime() + 3_600_000);
}
