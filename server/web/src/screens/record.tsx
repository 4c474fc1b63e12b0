/** One record: facts left, timeline in the middle, what is linked on the right; three tabs on a phone. */
import { useParams } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { useAuthors, useKind, useRecord, useRelated, useSchema } from "../api/queries";
import type { Kind, RecordPage } from "../api/types";
import { submit } from "../edits/store";
import { when } from "../i18n/format";
import { label, useWords } from "../i18n/index";
import { Facts } from "../record/Facts";
import { useNames, type KnownNames } from "../record/names";
import { Timeline } from "../record/Timeline";
import { author } from "../record/sentence";
import { undoLast } from "../record/settle";
import { NewDialog } from "../shell/NewDialog";
import { Link, useGo } from "../shell/Link";
import { rememberRecent } from "../shell/recent";
import { walk } from "../shell/walk";
import { problemText } from "../ui/problem";
import { useKeys } from "../ui/keys";
import { toast } from "../ui/toast";
import { entries, show, strings, titleOf } from "../schema/values";

export default function RecordScreen(): ReactNode {
  const { plural = "", id = "" } = useParams({ strict: false }) as { plural?: string; id?: string };
  const t = useWords();
  const kind = useKind(plural);
  const { data: page, error } = useRecord(plural, id);
  if (error && !page) {
    return (
      <div className="main-inner">
        <p role="alert">{problemText(error)}</p>
        <Link to={`/${plural}`}>{kind ? label(kind.labels) : t.common.back}</Link>
      </div>
    );
  }
  if (!page || !kind) return <div className="main-inner" aria-busy="true" />;
  return <Loaded key={id} kind={kind} page={page} />;
}

function Loaded({ kind, page }: { kind: Kind; page: RecordPage }): ReactNode {
  const t = useWords();
  const go = useGo();
  const schema = useSchema();
  const authors = useAuthors();
  const [tab, setTab] = useState<"facts" | "timeline" | "linked">("facts");
  const [dialog, setDialog] = useState<"task" | "visit" | null>(null);
  const names = useNames(kind, [page.values]);
  const place = walk(kind.plural, page.id);
  const title = titleOf(schema, kind.name, page.title, page.values);
  rememberRecent({ id: page.id, plural: kind.plural, kind: kind.name, title });

  const step = async (by: 1 | -1): Promise<void> => {
    const next = await place?.go(by);
    if (next) go(`/${kind.plural}/${next}`);
  };
  const note = (): void => {
    setTab("timeline");
    setTimeout(() => document.getElementById("note-box")?.focus(), 0);
  };
  const call = (): void => document.querySelector<HTMLAnchorElement>("[data-call]")?.click();
  useKeys({
    n: note,
    f: () => setDialog("task"),
    v: () => setDialog("visit"),
    c: call,
    h: () => document.querySelector<HTMLElement>("[data-fact]")?.focus(),
    e: () => document.querySelector<HTMLElement>("[data-fact]")?.focus(),
    "ctrl+ArrowDown": () => void step(1),
    "ctrl+ArrowUp": () => void step(-1),
    Escape: () => go(`/${kind.plural}`, place?.search),
  });

  const hints = page.problems.filter((one) => one.code === "missing_hint").map((one) => label(kind.fields.find((field) => field.name === one.field)?.label)).filter(Boolean);
  const arrived = Math.max(0, ...Object.values(page.arrived));
  const isText = kind.fields.some((field) => field.name === "body" && field.type === "text");

  return (
    <div className="main-inner">
      <div className="record-head">
        {place && (
          <span className="flex items-center gap-1 meta num">
            <Button className="icon-button" aria-label={t.record.previous} onPress={() => void step(-1)}>‹</Button>
            {t.record.position(place.at + 1, place.count)}
            <Button className="icon-button" aria-label={t.record.next} onPress={() => void step(1)}>›</Button>
          </span>
        )}
        <h1>{title}</h1>
        <span className="meta">
          {label(kind.label)} · {page.at_office ? (arrived > 0 ? t.record.atOffice(when(arrived)) : t.record.changed(when(page.changed_at), author(authors, page.changed_by))) : t.record.notAtOffice}
        </span>
        <span className="flex gap-2 flex-wrap ml-auto">
          {!isText && !page.removed && (
            <>
              <Button className="button" onPress={note}>{t.record.note} <kbd className="hide-narrow">n</kbd></Button>
              <Button className="button" onPress={() => setDialog("task")}>{t.record.followUp} <kbd className="hide-narrow">f</kbd></Button>
              {schema?.kinds.visit && <Button className="button" onPress={() => setDialog("visit")}>{t.record.visit} <kbd className="hide-narrow">v</kbd></Button>}
            </>
          )}
          <Button
            className="button button-trash"
            onPress={() => {
              void submit({ plural: kind.plural, record: page.id, edit: {}, removal: !page.removed, restore: page.removed })
                .then(() => toast(page.removed ? t.record.restored : t.list.trashed(1), page.removed ? {} : { undo: () => void undoLast(page.id) }))
                .catch((error: unknown) => toast(problemText(error), { bad: true }));
            }}
          >
            {page.removed ? (
              t.list.restore
            ) : (
              <>
                <span className="hide-narrow">{t.list.trash}</span>
                <span className="only-narrow">{t.nav.trash}</span>
              </>
            )}
          </Button>
        </span>
      </div>
      {page.removed && <p className="warn pb-2">{t.record.inTrash}</p>}
      <div className="record-tabs seg mb-3" role="group">
        {(["facts", "timeline", "linked"] as const).map((name) => (
          <button key={name} type="button" aria-pressed={tab === name} onClick={() => setTab(name)}>
            {t.record[name]}
          </button>
        ))}
      </div>
      <div className="record" data-tab={tab}>
        <section className="zone zone-facts" aria-label={t.record.facts}>
          <h2 className="hide-narrow">{t.record.facts}</h2>
          <Facts kind={kind} page={page} names={names} />
          {hints.length > 0 && <p className="meta pt-2">{t.record.hints}: {hints.join(", ")}</p>}
        </section>
        <section className="zone zone-timeline" aria-label={t.record.timeline}>
          <h2 className="hide-narrow">{t.record.timeline}</h2>
          <Timeline page={page} />
        </section>
        <section className="zone zone-linked" aria-label={t.record.linked}>
          <h2 className="hide-narrow">{t.record.linked}</h2>
          <Linked kind={kind} page={page} names={names} />
        </section>
      </div>
      <NewDialog kind={dialog} about={page.id} onClose={() => setDialog(null)} />
    </div>
  );
}

/** What this record links to, and who links here: companies, people, open work. */
function Linked({ kind, page, names }: { kind: Kind; page: RecordPage; names: KnownNames }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const { data } = useRelated(kind.plural, page.id);
  const groups: { title: string; lines: { id: string; plural: string; text: string }[] }[] = [];
  for (const field of kind.fields) {
    const value = page.values[field.name];
    const inEntries = field.type === "entries" ? (field.sub ?? []).filter((sub) => sub.type === "link") : [];
    const found = field.type === "link" || field.type === "links" ? strings(value).map((id) => ({ id, more: "", to: field.to })) : entries(value).flatMap((entry) => inEntries.flatMap((sub) => strings(entry[sub.name]).map((id) => ({ id, more: (field.sub ?? []).filter((one) => one.type === "string" || one.type === "choice").map((one) => show(schema, one, entry[one.name])).filter(Boolean).join(", "), to: sub.to }))));
    if (found.length === 0) continue;
    groups.push({
      title: label(field.label),
      lines: found.map((one) => ({ id: one.id, plural: schema?.kinds[names.kindOf(one.id) ?? one.to?.[0] ?? ""]?.plural ?? kind.plural, text: [names(one.id) ?? t.record.missingLink, one.more].filter(Boolean).join(" · ") })),
    });
  }
  for (const other of ["contact", "company", "task", "visit"]) {
    const target = schema?.kinds[other];
    const rows = data?.rows.filter((one) => one.row.kind === other) ?? [];
    if (target && rows.length) groups.push({ title: `${label(target.labels)} (${rows.length})`, lines: rows.slice(0, 20).map((one) => ({ id: one.row.id, plural: target.plural, text: titleOf(schema, one.row.kind, one.row.title, one.row.cells) })) });
  }
  if (groups.length === 0) return <p className="meta">–</p>;
  return (
    <>
      {groups.map((group) => (
        <div key={group.title} className="pb-3">
          <h3 className="meta">{group.title}</h3>
          {group.lines.map((line) => (
            <div key={line.id + line.text} className="py-1">
              <Link to={`/${line.plural}/${line.id}`}>{line.text}</Link>
            </div>
          ))}
        </div>
      ))}
    </>
  );
}
