/** The facts of a record: every field of its kind, edited where it stands, with its versions and its history. */
import { useState, type KeyboardEvent, type ReactNode } from "react";

import { useAuthors, useSchema } from "../api/queries";
import type { Conflict, Field, Json, Kind, RecordPage } from "../api/types";
import { baseOf, newId, submit, useOverlay } from "../edits/store";
import { label, useWords } from "../i18n/index";
import { entries, mainSub, object, show, strings, type Names } from "../schema/values";
import { problemText } from "../ui/problem";
import { CoEdit } from "./CoEdit";
import { editFor, editForEntry, removeEntry, type Made } from "./editfor";
import { FieldEditor, type Leave } from "./FieldEditor";
import { Who } from "./Who";
import { author, who } from "./sentence";
import { settle } from "./settle";
import { Sign } from "../ui/sign";

interface Open {
  /** Field, or field/entry/sub-field; `+` for a new entry. */
  key: string;
  text?: string;
  error?: string;
}

export function Facts({ kind, page, names }: { kind: Kind; page: RecordPage; names: Names }): ReactNode {
  const t = useWords();
  const over = useOverlay(page.id);
  const authors = useAuthors();
  const [open, setOpen] = useState<Open | null>(null);
  const [all, setAll] = useState(false);
  const values = over ? { ...page.values, ...over } : page.values;
  const fields = kind.fields.filter((field) => !["events", "blob", "geo", "rule"].includes(field.type));
  const filled = (field: Field): boolean => hasValue(values[field.name]) || page.conflicts.some((one) => one.field === field.name) || open?.key.split("/")[0] === field.name;
  const basic = new Set([...kind.title.flat(), ...kind.columns]);
  const visible = fields.filter((field) => filled(field) || ((all || basic.has(field.name)) && !field.computed && !field.relay_only));

  const save = (made: Made | null, at: Open, text: string): void => {
    if (!made) return;
    submit({ plural: kind.plural, record: page.id, edit: made.edit, base: baseOf(page.id, page.heads), shown: made.shown }).catch((error: unknown) => {
      setOpen({ ...at, text, error: `${problemText(error)} ${t.errors.typedKept}` });
    });
  };

  const leaveTo = (leave: Leave, key: string): void => {
    setOpen(null);
    const order = [...document.querySelectorAll<HTMLElement>("[data-fact]")];
    const at = order.findIndex((one) => one.dataset.fact === key);
    const step = leave === "next" || leave === "down" ? 1 : leave === "previous" ? -1 : 0;
    setTimeout(() => {
      const list = [...document.querySelectorAll<HTMLElement>("[data-fact]")];
      const back = list.findIndex((one) => one.dataset.fact === key);
      (list[(back >= 0 ? back : at) + step] ?? list[back >= 0 ? back : at])?.focus();
    }, 0);
  };

  const line = (field: Field, key: string, value: Json | undefined, shownField: Field, apply: (next: Json, text: string) => void, extra?: { onRemove?: () => void; labelText?: string }): ReactNode => {
    const conflict = page.conflicts.find((one) => one.key === key);
    const readOnly = field.relay_only || field.computed || page.removed;
    if (open?.key === key) {
      return (
        <FieldEditor
          key={key}
          field={shownField}
          value={value}
          text={open.text}
          error={open.error}
          name={label(field.label)}
          nameOf={names}
          onDone={(next, leave, text) => {
            leaveTo(leave, key);
            apply(next, text);
          }}
          onCancel={() => leaveTo("stay", key)}
        />
      );
    }
    const text = shownField.type === "text" ? (typeof value === "string" ? value : "") : show(schema, shownField, value, names);
    return (
      <>
        <span className="fact-line">
          <Who kind={kind} page={page} fieldKey={key} names={names}>
            {(bind) => (
              <button
                type="button"
                className="fact-value"
                data-fact={key}
                aria-label={`${label(field.label)}${extra?.labelText ? ` (${extra.labelText})` : ""}: ${text || t.common.empty}`}
                aria-describedby={bind["aria-describedby"]}
                onPointerEnter={bind.onPointerEnter}
                onPointerLeave={bind.onPointerLeave}
                onFocus={bind.onFocus}
                onBlur={bind.onBlur}
                onClick={() => !readOnly && setOpen({ key })}
                onKeyDown={(event) => factKeys(event, { history: bind.onHistory, edit: () => !readOnly && setOpen({ key }), conflict, take: (n) => conflict && settle(kind, page, conflict, n) })}
              >
                {text || <span className="meta">–</span>}
                {over && field.name in over && <span className="meta"> {t.status.sending}</span>}
              </button>
            )}
          </Who>
          {extra?.labelText && <span className="meta py-1.5 px-1">{extra.labelText}</span>}
          {shownField.type === "phone" && text && (
            <a className="icon-button" href={`tel:${text.replace(/[^+\d]/g, "")}`} aria-label={t.list.call(text)} data-call>
              <Sign name="phone" />
            </a>
          )}
          {shownField.type === "email" && text && (
            <a className="icon-button" href={`mailto:${text}`} aria-label={text}>
              @
            </a>
          )}
          {extra?.onRemove && !readOnly && (
            <button type="button" className="icon-button" aria-label={`${t.common.remove}: ${text}`} onClick={extra.onRemove}>
              ×
            </button>
          )}
        </span>
        {conflict && <Versions kind={kind} page={page} conflict={conflict} field={shownField} names={names} />}
      </>
    );
  };

  const schema = useSchema();

  return (
    <div>
      {visible.map((field) => {
        const value = values[field.name];
        let body: ReactNode;
        if (field.type === "entries") {
          const main = mainSub(field);
          body = (
            <>
              {main &&
                entries(value).map((entry) => {
                  const id = String(entry.id);
                  const key = `${field.name}/${id}/${main.name}`;
                  const labelField = field.sub?.find((one) => one.name === "label");
                  const more = (field.sub ?? []).filter((one) => one !== main && one.name !== "label" && hasValue(entry[one.name]) && entry[one.name] !== false);
                  return (
                    <span key={id} className="block">
                      {line(field, key, entry[main.name], main, (next, text) => save(editForEntry(field, value, id, main.name, next, ""), { key }, text), {
                        labelText: [labelField ? show(schema, labelField, entry.label) : "", ...more.map((one) => (one.type === "boolean" ? label(one.label) : show(schema, one, entry[one.name], names)))].filter(Boolean).join(" · "),
                        onRemove: () => save(removeEntry(field, value, id), { key }, ""),
                      })}
                      {page.conflicts
                        .filter((one) => one.key.startsWith(`${field.name}/${id}/`) && one.key !== key)
                        .map((conflict) => (
                          <Versions key={conflict.key} kind={kind} page={page} conflict={conflict} field={field.sub?.find((one) => conflict.key.endsWith(`/${one.name}`)) ?? main} names={names} />
                        ))}
                    </span>
                  );
                })}
              {main &&
                !page.removed &&
                (open?.key === `${field.name}/+` ? (
                  <FieldEditor
                    field={main}
                    value={undefined}
                    text={open.text}
                    error={open.error}
                    name={label(field.label)}
                    nameOf={names}
                    onDone={(next, leave, text) => {
                      leaveTo(leave, `${field.name}/+`);
                      save(editForEntry(field, value, null, main.name, next, newId().slice(-12)), { key: `${field.name}/+` }, text);
                    }}
                    onCancel={() => leaveTo("stay", `${field.name}/+`)}
                  />
                ) : (
                  <button type="button" className="link-button" data-fact={`${field.name}/+`} onClick={() => setOpen({ key: `${field.name}/+` })}>
                    + {t.common.add}
                    <span className="sr-only">: {label(field.label)}</span>
                  </button>
                ))}
            </>
          );
        } else if (field.type === "text" && open?.key === field.name) {
          body = (
            <CoEdit
              plural={kind.plural}
              page={page}
              field={field.name}
              name={label(field.label)}
              authorOf={(fresh) => {
                const origin = fresh.origins[field.name];
                return author(authors, origin?.device ?? fresh.changed_by);
              }}
              onClose={() => leaveTo("stay", field.name)}
            />
          );
        } else if (field.type === "links") {
          body = (
            <>
              {strings(value).map((id) => (
                <span key={id} className="fact-line">
                  <span className="fact-value">{names(id) ?? t.record.missingLink}</span>
                  {!page.removed && (
                    <button type="button" className="icon-button" aria-label={`${t.common.remove}: ${names(id) ?? ""}`} onClick={() => save(editFor(field, value, strings(value).filter((one) => one !== id)), { key: field.name }, "")}>
                      ×
                    </button>
                  )}
                </span>
              ))}
              {line(field, field.name, [], field, (next, text) => save(editFor(field, value, [...strings(value), ...strings(next)]), { key: field.name }, text))}
            </>
          );
        } else {
          body = line(field, field.name, value, field, (next, text) => save(editFor(field, value, next), { key: field.name }, text));
        }
        const problem = page.problems.find((one) => one.field === field.name && one.code !== "missing_hint");
        return (
          <div key={field.name} className="fact">
            <div className="fact-label">
              {label(field.label)}
              {page.conflicts.some((one) => one.field === field.name) && <span className="versions"> <Sign name="fork" /> {t.versions.n(2)}</span>}
            </div>
            <div className="fact-values">
              {body}
              {problem && <span className="warn meta">{t.record.problem[problem.code] ?? problem.detail}</span>}
            </div>
          </div>
        );
      })}
      <button type="button" className="link-button mt-2" onClick={() => setAll(!all)}>
        {all ? t.record.hideEmpty : t.record.showEmpty}
      </button>
      {Object.keys(page.extra).length > 0 && (
        <details className="mt-2">
          <summary className="soft">{t.record.extra}</summary>
          {Object.entries(page.extra).map(([key, value]) => (
            <div key={key} className="fact">
              <div className="fact-label">{key.replace(/^extra\//, "")}</div>
              <div className="fact-values py-1">{typeof value === "object" ? JSON.stringify(value) : String(value)}</div>
            </div>
          ))}
        </details>
      )}
    </div>
  );
}

/** The versions of one key, at the field: one key takes one. */
function Versions({ kind, page, conflict, field, names }: { kind: Kind; page: RecordPage; conflict: Conflict; field: Field; names: Names }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const authors = useAuthors();
  return (
    <div className="fact-conflict" role="group" aria-label={t.versions.n(conflict.versions.length)} data-conflict={conflict.key}>
      {conflict.versions.map((version, i) => {
        const text = showVersion(schema, field, version.value, names, t);
        return (
          <span key={version.change + i} className="block">
            <button type="button" className="button" onClick={() => settle(kind, page, conflict, i)} aria-label={`${i + 1} ${text}: ${t.versions.take}`}>
              <kbd>{i + 1}</kbd> {text}
            </button>{" "}
            <span className="meta">
              {i === 0 ? `${t.versions.shown} · ` : ""}
              {who(authors, version, page.arrived[version.change], page.at_office)}
            </span>
          </span>
        );
      })}
      <span className="meta">{t.versions.rule}</span>
    </div>
  );
}

export function showVersion(schema: Parameters<typeof show>[0], field: Field, value: Json, names: Names, t: ReturnType<typeof useWords>): string {
  if (value === null) return t.common.empty;
  // The mark of a removed entry is a time, or false where somebody kept it.
  if (field.name === "removed") return value === false ? t.common.no : t.versions.removedMark;
  return show(schema, field, value, names) || t.common.empty;
}

function factKeys(event: KeyboardEvent, act: { history: () => void; edit: () => void; conflict: Conflict | undefined; take: (n: number) => void }): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const number = Number(event.key);
  if (event.key === "h") act.history();
  else if (event.key === "e" || event.key === "F2") act.edit();
  else if (act.conflict && number >= 1 && number <= act.conflict.versions.length) act.take(number - 1);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const list = [...document.querySelectorAll<HTMLElement>("[data-fact]")];
    list[list.indexOf(event.currentTarget as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function hasValue(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return object(value) !== null || true;
}
