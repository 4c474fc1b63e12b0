/** What happened with a record, newest first: the next step on top, the note box open, notes edited in place. */
import { useState, type ReactNode } from "react";

import { useAuthors, useRecord, useRelated, useSchema } from "../api/queries";
import type { Json, RecordPage, Related, Schema } from "../api/types";
import { newId, submit, useEdits } from "../edits/store";
import { when } from "../i18n/format";
import { label, useWords } from "../i18n/index";
import { Link } from "../shell/Link";
import { show, titleOf } from "../schema/values";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";
import { CoEdit } from "./CoEdit";
import { author, who } from "./sentence";
import { Sign } from "../ui/sign";

const withText: Record<string, string> = { note: "body", comment: "body", visit: "report", task: "description", interaction: "summary" };

export function Timeline({ page }: { page: RecordPage }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const plural = schema?.kinds[page.kind]?.plural ?? "";
  const { data } = useRelated(plural, page.id);
  const edits = useEdits();
  const [filter, setFilter] = useState("all");
  const [search, setSearch] = useState("");
  const rows = data?.rows.filter((one) => one.row.kind in withText) ?? [];
  const known = new Set(rows.map((one) => one.row.id));
  // Notes that the server does not have yet stand on top and say so.
  const own = edits.pending.filter((one) => one.method === "PUT" && one.plural === schema?.kinds.note?.plural && JSON.stringify(one.body?.add?.about ?? []).includes(page.id) && !known.has(one.record));
  const step = rows.filter((one) => one.row.kind === "task" && one.row.cells.status !== "done" && one.row.cells.status !== "cancelled").sort((a, b) => String(dueOf(a.row.cells)).localeCompare(String(dueOf(b.row.cells))))[0];
  const folded = search.trim().toLowerCase();
  const shown = rows.filter((one) => (filter === "all" || one.row.kind === filter) && (folded === "" || `${one.row.title} ${one.text ?? ""}`.toLowerCase().includes(folded)));
  const kinds = ["all", ...Object.keys(t.record.filters).filter((name) => name !== "all" && rows.some((one) => one.row.kind === name))];
  return (
    <div>
      {step && (
        <div className="card card-panel mb-3">
          <span className="meta">{t.record.nextStep}</span>{" "}
          <Link to={`/${schema?.kinds.task?.plural}/${step.row.id}`}>{titleOf(schema, step.row.kind, step.row.title, step.row.cells)}</Link>{" "}
          <span className="soft num">{dueText(schema, step.row.cells)}</span>
        </div>
      )}
      {!page.removed && <NoteBox about={page.id} />}
      <div className="toolbar pt-2">
        <span className="seg" role="group" aria-label={t.record.timeline}>
          {kinds.map((name) => (
            <button key={name} type="button" aria-pressed={filter === name} onClick={() => setFilter(name)}>
              {t.record.filters[name]}
            </button>
          ))}
        </span>
        {rows.length > 5 && <input className="push" type="search" aria-label={t.record.searchTimeline} placeholder={t.record.searchTimeline} value={search} onChange={(event) => setSearch(event.target.value)} />}
      </div>
      {own.map((one) => (
        <div key={one.key} className="entry">
          <span className="entry-head">
            <strong>{label(schema?.kinds.note?.label)}</strong>
            <span className="warn">{t.status.sending}</span>
          </span>
          <div className="entry-text">{typeof one.shown.body === "string" ? one.shown.body : ""}</div>
        </div>
      ))}
      {shown.map((one) => (
        <Entry key={one.row.id} related={one} schema={schema} />
      ))}
      {data && rows.length === 0 && own.length === 0 && <p className="soft py-4">{t.record.noHistory}</p>}
    </div>
  );
}

function Entry({ related, schema }: { related: Related; schema: Schema | undefined }): ReactNode {
  const t = useWords();
  const authors = useAuthors();
  const { row } = related;
  const kind = schema?.kinds[row.kind];
  const [editing, setEditing] = useState(false);
  const field = withText[row.kind] ?? "body";
  const text = typeof related.text === "string" ? related.text : typeof row.cells[field] === "string" ? (row.cells[field] as string) : "";
  // Who and when is the note's own history; read once the note is looked at.
  const { data: page } = useRecord(kind?.plural ?? "", row.id);
  const origin = page ? { change: page.heads[0] ?? "", device: page.created_by, typed_at: page.created_at } : null;
  const changedLater = page && page.changed_at - page.created_at > 60_000;
  const arrivedAt = page ? (Object.entries(page.arrived).map(([, at]) => at).sort((a, b) => a - b)[0] ?? null) : null;
  return (
    <article className="entry" data-entry={row.id}>
      <span className="entry-head">
        <strong>{label(kind?.label)}</strong>
        {row.kind !== "note" && row.kind !== "comment" && <Link to={`/${kind?.plural}/${row.id}`}>{titleOf(schema, row.kind, row.title, row.cells)}</Link>}
        <span className="soft num">{row.kind === "task" ? dueText(schema, row.cells) : row.kind === "visit" && kind ? show(schema, kind.fields.find((one) => one.name === "planned") ?? kind.fields[0]!, row.cells.planned) : ""}</span>
        {row.conflicts > 0 && <span className="tag tag-versions"><Sign name="fork" /> {t.versions.n(2)}</span>}
        {row.pending && <span className="tag tag-pending">{t.list.notSent}</span>}
      </span>
      {origin && page ? (
        <span className="meta">
          {who(authors, origin, arrivedAt, page.at_office)}
          {changedLater && ` · ${t.record.changed(when(page.changed_at), page.changed_by !== page.created_by ? author(authors, page.changed_by) : "")}`}
        </span>
      ) : (
        <span className="meta">{when(related.at ?? row.changed_at)}</span>
      )}
      {editing && page && kind ? (
        <CoEdit plural={kind.plural} page={page} field={field} name={`${label(kind.label)}: ${t.record.editText}`} authorOf={(fresh) => author(authors, fresh.origins[field]?.device ?? fresh.changed_by)} onClose={() => setEditing(false)} />
      ) : (
        <>
          {(page && typeof page.values[field] === "string" ? (page.values[field] as string) : text) && <div className="entry-text">{page && typeof page.values[field] === "string" ? (page.values[field] as string) : text}</div>}
          {row.kind !== "task" && kind?.fields.some((one) => one.name === field && one.type === "text") && (
            <span>
              <button type="button" className="link-button" onClick={() => setEditing(true)}>
                {t.record.editText}
              </button>
            </span>
          )}
        </>
      )}
    </article>
  );
}

function NoteBox({ about }: { about: string }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const [text, setText] = useState("");
  const save = (): void => {
    const body = text.trim();
    const plural = schema?.kinds.note?.plural;
    if (!body || !plural) return;
    setText("");
    submit({
      plural,
      record: newId(),
      create: true,
      edit: { set: { body } as Record<string, Json>, add: { about: [about] } },
      shown: { body },
    }).catch((error: unknown) => {
      setText(body);
      toast(`${problemText(error)} ${t.errors.typedKept}`, { bad: true });
    });
  };
  return (
    <div className="note-box">
      <textarea
        id="note-box"
        aria-label={t.record.noteLabel}
        placeholder={t.record.notePlaceholder}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            save();
          } else if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <span className="flex items-center gap-2">
        <button type="button" className="button button-main" disabled={text.trim() === ""} onClick={save}>
          {t.record.noteSave}
        </button>
        <span className="meta hide-narrow">{t.help.rows.find(([, what]) => what === t.help.rows.at(-2)?.[1])?.[0]}</span>
      </span>
    </div>
  );
}

export function dueOf(cells: Record<string, Json>): string {
  const due = cells.due;
  if (typeof due === "string") return due;
  if (due && typeof due === "object" && !Array.isArray(due)) return String(due.start ?? due.at ?? "");
  return "9999";
}

export function dueText(schema: Schema | undefined, cells: Record<string, Json>): string {
  const field = schema?.kinds.task?.fields.find((one) => one.name === "due");
  return field ? show(schema, field, cells.due) : "";
}
