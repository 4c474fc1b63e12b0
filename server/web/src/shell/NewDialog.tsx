/** A new record in a few fields; everything else is filled in on its page. Missing data never blocks. */
import { useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { useSchema } from "../api/queries";
import type { Edit, Field, Json, Kind } from "../api/types";
import { newId, submit } from "../edits/store";
import { label, useWords } from "../i18n/index";
import { FieldEditor } from "../record/FieldEditor";
import { useNames } from "../record/names";
import { mainSub, parse, show } from "../schema/values";
import { Layer } from "../ui/dialog";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";
import { Alike } from "./Alike";
import { useGo } from "./Link";

const short: Record<string, string[]> = {
  contact: ["given_name", "family_name", "phones", "emails", "state"],
  company: ["name", "phones", "emails"],
  task: ["summary", "due", "type", "priority"],
  visit: ["purpose", "planned", "company"],
  note: ["title"],
};

export function NewDialog({ kind: name, about, onClose }: { kind: string | null; about?: string; onClose: () => void }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const kind = name ? schema?.kinds[name] : undefined;
  if (!kind) return null;
  const title = about ? (name === "task" ? t.record.followUpTitle : name === "visit" ? t.record.visitTitle : t.form.create(label(kind.label))) : t.form.create(label(kind.label));
  return (
    <Layer title={title} open onClose={onClose}>
      <Form kind={kind} about={about} onClose={onClose} />
    </Layer>
  );
}

function Form({ kind, about, onClose }: { kind: Kind; about?: string; onClose: () => void }): ReactNode {
  const t = useWords();
  const go = useGo();
  const schema = useSchema();
  const names = short[kind.name] ?? kind.title.flat();
  const fields = names.map((one) => kind.fields.find((field) => field.name === one)).filter((one): one is Field => one !== undefined);
  const [texts, setTexts] = useState<Record<string, string>>(kind.name === "task" ? { due: t.today.tomorrow.toLowerCase() } : {});
  const [values, setValues] = useState<Record<string, Json>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [open, setOpen] = useState<string | null>(null);
  const titles = useNames(kind, [values]);

  const save = (): void => {
    const wrong: Record<string, string> = {};
    const set: Record<string, Json> = {};
    const add: Record<string, Json[]> = {};
    const shown: Record<string, Json> = {};
    for (const field of fields) {
      if (field.type === "entries") {
        const main = mainSub(field);
        const text = texts[field.name]?.trim();
        if (main && text) add[field.name] = [{ [main.name]: text }];
        continue;
      }
      let value = values[field.name];
      if (isTyped(field)) {
        const result = parse(field, texts[field.name] ?? "");
        if (!result.ok) {
          wrong[field.name] = result.reason;
          continue;
        }
        value = result.value;
      }
      if (value === undefined || value === null) continue;
      set[field.name] = value;
      shown[field.name] = value;
    }
    setErrors(wrong);
    if (Object.keys(wrong).length) return;
    if (about && kind.fields.some((field) => field.name === "about")) add.about = [about];
    const id = newId();
    const edit: Edit = { set, ...(Object.keys(add).length ? { add } : {}) };
    onClose();
    submit({ plural: kind.plural, record: id, create: true, edit, shown })
      .then(() => {
        if (!about) go(`/${kind.plural}/${id}`);
        else toast(`${label(kind.label)}: ${t.status.saved}`);
      })
      .catch((error: unknown) => toast(problemText(error), { bad: true }));
  };

  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {fields.map((field, i) => (
        <div key={field.name} className="label">
          {isTyped(field) || field.type === "entries" ? (
            <label>
              {label(field.label)}
              <input
                autoFocus={i === 0}
                name={field.name}
                value={texts[field.name] ?? ""}
                aria-invalid={errors[field.name] ? true : undefined}
                placeholder={field.type === "date" ? t.record.whenHint : undefined}
                onChange={(event) => setTexts({ ...texts, [field.name]: event.target.value })}
              />
            </label>
          ) : field.type === "choice" ? (
            <label>
              {label(field.label)}
              <select name={field.name} autoFocus={i === 0} value={typeof values[field.name] === "string" ? (values[field.name] as string) : ""} onChange={(event) => setValues({ ...values, [field.name]: event.target.value || null })}>
                <option value="">–</option>
                {(schema?.lists[field.list ?? ""] ?? []).filter((one) => !one.inactive).map((one) => (
                  <option key={one.key} value={one.key}>{label(one.label)}</option>
                ))}
              </select>
            </label>
          ) : (
            <>
              <span>{label(field.label)}</span>
              {open === field.name ? (
                <FieldEditor
                  field={field}
                  value={values[field.name]}
                  nameOf={titles}
                  onDone={(value) => {
                    setValues({ ...values, [field.name]: value });
                    setOpen(null);
                  }}
                  onCancel={() => setOpen(null)}
                />
              ) : (
                <button type="button" className="button" aria-label={label(field.label)} onClick={() => setOpen(field.name)}>
                  {show(schema, field, values[field.name], titles) || "–"}
                </button>
              )}
            </>
          )}
          {errors[field.name] && <span role="alert" className="error">{errors[field.name]}</span>}
        </div>
      ))}
      <Alike kind={kind} texts={texts} onLeave={onClose} />
      <span className="flex gap-2">
        <Button type="submit" className="button button-main">{t.form.save}</Button>
        <Button className="button" onPress={onClose}>{t.common.cancel}</Button>
      </span>
    </form>
  );
}

function isTyped(field: Field): boolean {
  return ["string", "phone", "email", "url", "date", "integer", "decimal", "money", "duration", "text"].includes(field.type);
}
