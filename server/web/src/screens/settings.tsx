/** Settings: language, look, own fields (setting records, so every device has them), people. */
import { useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { address, call } from "../api/client";
import { client, usePeople, useSchema, useSession } from "../api/queries";
import type { Json, Person } from "../api/types";
import { newId, submit } from "../edits/store";
import { label, setLang, useLang, useWords } from "../i18n/index";
import { setPrefs, setTheme, usePrefs, useTheme, type Theme } from "../ui/prefs";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";

export default function SettingsScreen(): ReactNode {
  const t = useWords();
  const session = useSession().data;
  const lang = useLang();
  const theme = useTheme();
  const prefs = usePrefs();
  return (
    <div className="main-inner">
      <div className="toolbar">
        <h1>{t.settings.title}</h1>
      </div>
      <div className="cards">
        <section className="card">
          <h2 className="pb-2">{t.settings.look}</h2>
          <div className="form">
            <label>
              {t.settings.language}
              <select value={lang} onChange={(event) => setLang(event.target.value === "de" ? "de" : "en")}>
                <option value="de">Deutsch</option>
                <option value="en">English</option>
              </select>
            </label>
            <label>
              {t.settings.theme}
              <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
                <option value="system">{t.settings.system}</option>
                <option value="light">{t.settings.light}</option>
                <option value="dark">{t.settings.dark}</option>
              </select>
            </label>
            <label>
              {t.settings.density}
              <select value={prefs.density} onChange={(event) => setPrefs({ density: event.target.value === "compact" ? "compact" : "roomy" })}>
                <option value="roomy">{t.list.roomy}</option>
                <option value="compact">{t.list.compact}</option>
              </select>
            </label>
            <span className="switch">
              <input id="single-keys" type="checkbox" checked={prefs.singleKeys} aria-describedby="single-keys-hint" onChange={(event) => setPrefs({ singleKeys: event.target.checked })} />
              <label htmlFor="single-keys">{t.settings.singleKeys}</label>
            </span>
            <span id="single-keys-hint" className="meta">
              {t.settings.singleKeysHint}
            </span>
          </div>
        </section>
        <OwnFields />
        <Export />
        {session?.mode === "serve" && session.person?.role === "admin" && <People />}
        <section className="card">
          <h2>{t.settings.about}</h2>
          <p className="soft">{[t.settings.version(session?.version ?? ""), session?.workspace?.name].filter(Boolean).join(" · ")}</p>
          <p className="meta">Inter © The Inter Project Authors, SIL Open Font License 1.1</p>
        </section>
      </div>
    </div>
  );
}

const fieldTypes = ["string", "text", "integer", "decimal", "money", "date", "boolean", "email", "phone", "url"];

function OwnFields(): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState({ kind: "contact", type: "string", de: "", en: "" });
  const [error, setError] = useState<string | null>(null);
  const own = Object.values(schema?.kinds ?? {}).flatMap((kind) => kind.fields.filter((field) => field.custom).map((field) => ({ kind, field })));
  const change = (part: Partial<typeof draft>): void => {
    setDraft({ ...draft, ...part });
    setError(null);
  };
  const create = async (): Promise<void> => {
    const name = draft.de.trim() || draft.en.trim();
    if (!name) {
      setError(t.settings.nameMissing);
      return;
    }
    const set: Record<string, Json> = {
      type: "custom_field",
      key: keyOf(draft.en.trim() || name),
      active: true,
      label_de: draft.de.trim() || name,
      label_en: draft.en.trim() || name,
      "p/kind": draft.kind,
      "p/field_type": draft.type,
      "p/indexed": draft.type === "text" ? "false" : "true",
      "p/searched": ["string", "text", "email", "phone"].includes(draft.type) ? "true" : "false",
    };
    try {
      await submit({ plural: schema?.kinds.setting?.plural ?? "settings", record: newId(), create: true, edit: { set } });
      await client.invalidateQueries({ queryKey: ["schema"] });
      toast(t.settings.created(name));
      setDraft({ ...draft, de: "", en: "" });
      setOpen(false);
      setError(null);
    } catch (problem) {
      setError(`${problemText(problem)} ${t.errors.typedKept}`);
    }
  };
  return (
    <section className="card">
      <h2>{t.settings.fields}</h2>
      <p className="soft pb-2">{t.settings.fieldsHint}</p>
      {own.length === 0 ? (
        <p className="meta">{t.settings.noOwn}</p>
      ) : (
        <ul>
          {own.map(({ kind, field }) => (
            <li key={`${kind.name}/${field.name}`} className="py-1">
              {label(kind.labels)} · <strong>{label(field.label)}</strong> <span className="meta">{t.types[field.type] ?? field.type}</span>
            </li>
          ))}
        </ul>
      )}
      {!open ? (
        <Button className="button mt-2" onPress={() => setOpen(true)}>
          + {t.settings.newField}
        </Button>
      ) : (
        <form
          className="form pt-2"
          onSubmit={(event) => {
            event.preventDefault();
            void create();
          }}
        >
          <label>
            {t.settings.kind}
            <select value={draft.kind} onChange={(event) => setDraft({ ...draft, kind: event.target.value })}>
              {Object.values(schema?.kinds ?? {})
                .filter((kind) => kind.name !== "setting")
                .map((kind) => (
                  <option key={kind.name} value={kind.name}>
                    {label(kind.labels)}
                  </option>
                ))}
            </select>
          </label>
          <label>
            {t.settings.labelDe}
            <input autoFocus value={draft.de} onChange={(event) => change({ de: event.target.value })} />
          </label>
          <label>
            {t.settings.labelEn}
            <input value={draft.en} onChange={(event) => change({ en: event.target.value })} />
          </label>
          <label>
            {t.settings.type}
            <select value={draft.type} onChange={(event) => setDraft({ ...draft, type: event.target.value })}>
              {fieldTypes.map((type) => (
                <option key={type} value={type}>
                  {t.types[type]}
                </option>
              ))}
            </select>
          </label>
          {error && <p role="alert" className="error">{error}</p>}
          <span className="flex gap-2">
            <Button type="submit" className="button button-main">{t.settings.createField}</Button>
            <Button className="button" onPress={() => setOpen(false)}>{t.common.cancel}</Button>
          </span>
        </form>
      )}
    </section>
  );
}

function Export(): ReactNode {
  const t = useWords();
  const schema = useSchema();
  return (
    <section className="card">
      <h2>{t.settings.export}</h2>
      <p className="soft pb-2">{t.settings.exportHint}</p>
      <span className="flex gap-2 flex-wrap">
        {["contact", "company"].map((name) => schema?.kinds[name]).map(
          (kind) =>
            kind && (
              <span key={kind.name} className="contents">
                <a className="button" href={address(`/exports/${kind.plural}.vcf`)} download>{label(kind.labels)} · vCard</a>
                <a className="button" href={address(`/exports/${kind.plural}.csv`)} download>{label(kind.labels)} · CSV</a>
              </span>
            ),
        )}
      </span>
    </section>
  );
}

function People(): ReactNode {
  const t = useWords();
  const { data } = usePeople(true);
  const [open, setOpen] = useState(false);
  const [draft, setDraft] = useState({ name: "", role: "field", password: "" });
  const [error, setError] = useState<string | null>(null);
  const change = (part: Partial<typeof draft>): void => {
    setDraft({ ...draft, ...part });
    setError(null);
  };
  const add = async (): Promise<void> => {
    if (!draft.name.trim()) {
      setError(t.settings.nameMissing);
      return;
    }
    try {
      await call<Person>("POST", "/people", { body: { name: draft.name.trim(), role: draft.role, ...(draft.password ? { password: draft.password } : {}) } });
      await client.invalidateQueries({ queryKey: ["people"] });
      toast(t.settings.personAdded(draft.name.trim()));
      setDraft({ name: "", role: "field", password: "" });
      setOpen(false);
      setError(null);
    } catch (problem) {
      setError(problemText(problem));
    }
  };
  return (
    <section className="card">
      <h2>{t.settings.people}</h2>
      <ul>
        {data?.people.map((person) => (
          <li key={person.id} className="py-1">
            <strong>{person.name}</strong> <span className="soft">{t.settings.roles[person.role] ?? person.role}</span> <span className="meta">{t.settings.devices(Array.isArray(person.devices) ? person.devices.length : Number(person.devices) || 0)}</span>
          </li>
        ))}
      </ul>
      {!open ? (
        <Button className="button mt-2" onPress={() => setOpen(true)}>
          + {t.settings.addPerson}
        </Button>
      ) : (
        <form
          className="form pt-2"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <label>
            {t.settings.name}
            <input autoFocus autoComplete="off" value={draft.name} onChange={(event) => change({ name: event.target.value })} />
          </label>
          <label>
            {t.settings.role}
            <select value={draft.role} onChange={(event) => setDraft({ ...draft, role: event.target.value })}>
              {["admin", "office", "field"].map((role) => (
                <option key={role} value={role}>
                  {t.settings.roles[role]}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t.settings.password}
            <input type="password" autoComplete="new-password" value={draft.password} onChange={(event) => setDraft({ ...draft, password: event.target.value })} />
          </label>
          {error && <p role="alert" className="error">{error}</p>}
          <span className="flex gap-2">
            <Button type="submit" className="button button-main">{t.settings.addPerson}</Button>
            <Button className="button" onPress={() => setOpen(false)}>{t.common.cancel}</Button>
          </span>
        </form>
      )}
    </section>
  );
}

/** A key of letters, digits and underscores: "Wartung fällig" is `wartung_faellig`. */
function keyOf(name: string): string {
  const folded = name.toLowerCase().replaceAll("ä", "ae").replaceAll("ö", "oe").replaceAll("ü", "ue").replaceAll("ß", "ss").normalize("NFD").replace(/\p{M}/gu, "");
  const key = folded.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 40);
  return /^[a-z]/.test(key) ? key : `f_${key || newId().slice(-6)}`;
}
