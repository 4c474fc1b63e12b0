/** Today: overdue, due, visits, and what came in from the field. One key each for done and for later. */
import { useRef, useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { useAuthors, useSchema, useStatus, useToday } from "../api/queries";
import type { Arrival, Json, Row } from "../api/types";
import { submit, useEdits } from "../edits/store";
import { dayWithName, longDay, span, when } from "../i18n/format";
import { useWords } from "../i18n/index";
import { dueOf } from "../record/Timeline";
import { FieldEditor } from "../record/FieldEditor";
import { iso, nextMonday, plus } from "../schema/dates";
import { object, show, titleOf } from "../schema/values";
import { useNames } from "../record/names";
import { author } from "../record/sentence";
import { Link } from "../shell/Link";
import { NewDialog } from "../shell/NewDialog";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";

export default function TodayScreen(): ReactNode {
  const t = useWords();
  const { data, error } = useToday();
  const restored = useStatus()?.restored;
  const [planning, setPlanning] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const nothing = data && data.overdue.length + data.due.length + data.visits.length + data.arrivals.length === 0;
  return (
    <div className="main-inner">
      <div className="toolbar">
        <h1>{t.nav.today}</h1>
        <span className="soft">{longDay(new Date())}</span>
        <Button className="button push" onPress={() => setPlanning(true)}>
          {t.today.plan}
        </Button>
      </div>
      {error && !data && <p role="alert" className="error">{problemText(error)}</p>}
      {restored && (
        <p className="card card-note">
          <span>
            {t.arrivals.restored} <Link to="/arrivals">{t.arrivals.restoredMore}</Link>
          </span>
        </p>
      )}
      <div
        ref={list}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp" && event.key !== "j" && event.key !== "k") return;
          if (event.target instanceof HTMLInputElement) return;
          const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-work] .work-title a") ?? [])];
          const at = rows.findIndex((one) => one.closest("[data-work]")?.contains(document.activeElement));
          const next = rows[at + (event.key === "ArrowDown" || event.key === "j" ? 1 : -1)];
          if (next) {
            event.preventDefault();
            next.focus();
          }
        }}
        role="presentation"
      >
        {data && data.overdue.length > 0 && <Block title={t.today.overdue} rows={data.overdue} late />}
        {data && data.due.length > 0 && <Block title={t.today.due} rows={data.due} />}
        {data && data.visits.length > 0 && <Visits rows={data.visits} />}
        {data && data.arrivals.length > 0 && (
          <section className="work-block">
            <h2>
              {t.today.arrivals} ({data.arrivals.length})
            </h2>
            {data.arrivals.map((one) => (
              <ArrivalLine key={`${one.device}${one.until}`} arrival={one} />
            ))}
          </section>
        )}
      </div>
      {nothing && (
        <div className="empty">
          <p>{t.today.nothing}</p>
          <Button className="button button-main" onPress={() => setPlanning(true)}>
            {t.today.plan}
          </Button>
          <Link to="/import">{t.list.importLink}</Link>
        </div>
      )}
      <NewDialog kind={planning ? "task" : null} onClose={() => setPlanning(false)} />
    </div>
  );
}

function Block({ title, rows, late }: { title: string; rows: Row[]; late?: boolean }): ReactNode {
  return (
    <section className="work-block">
      <h2 className={late ? "bad" : undefined}>
        {title} ({rows.length})
      </h2>
      {rows.map((row) => (
        <Work key={row.id} row={row} late={late} />
      ))}
    </section>
  );
}

function Work({ row, late }: { row: Row; late?: boolean }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const edits = useEdits();
  const [picking, setPicking] = useState(false);
  const kind = schema?.kinds.task;
  const waiting = edits.pending.find((one) => one.record === row.id);
  if (!kind) return null;
  // Ticked off at once; it comes back if the server refuses.
  if (waiting && waiting.shown.status === "done") return null;

  const change = (set: Record<string, Json>, text: string): void => {
    const before = Object.fromEntries(Object.keys(set).map((field) => [field, row.cells[field] ?? null]));
    submit({ plural: kind.plural, record: row.id, edit: { set }, shown: set })
      .then(() => toast(text, { undo: () => void submit({ plural: kind.plural, record: row.id, edit: { set: before }, shown: before }).catch((error: unknown) => toast(problemText(error), { bad: true })) }))
      .catch((error: unknown) => toast(problemText(error), { bad: true }));
  };
  const move = (day: string): void => change({ due: movedTo(row.cells.due, day) }, t.today.moved(row.title, dayWithName(day)));
  const act: Record<string, () => void> = {
    d: () => change({ status: "done" }, t.today.ticked(row.title)),
    m: () => move(iso(plus(new Date(), 1))),
    w: () => move(iso(nextMonday(new Date()))),
    t: () => setPicking(true),
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- single keys of the row whose link has the focus
    <div
      className="work"
      data-work={row.id}
      onKeyDown={(event) => {
        const run = act[event.key];
        if (!run || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
        event.preventDefault();
        event.stopPropagation();
        run();
      }}
    >
      <span className={late ? "bad font-bold" : "good"} aria-hidden="true">
        {late ? "!" : "○"}
      </span>
      <span className="work-title">
        <Link to={`/${kind.plural}/${row.id}`}>{row.title || t.common.untitled}</Link>
        {row.pending && <span className="tag tag-pending ml-2">{t.list.notSent}</span>}
        {waiting && <span className="meta ml-2">{t.status.sending}</span>}
      </span>
      <span className={`work-when num ${late ? "bad" : "soft"}`}>{late ? dueDay(row.cells) : dueClock(row.cells)}</span>
      <span className="work-actions">
        {picking ? (
          <FieldEditor
            field={{ name: "due", label: kind.fields.find((one) => one.name === "due")?.label ?? { de: "", en: "" }, type: "date" }}
            value={undefined}
            onDone={(value) => {
              setPicking(false);
              if (typeof value === "string") move(value);
            }}
            onCancel={() => setPicking(false)}
          />
        ) : (
          <>
            <Button className="button" onPress={act.d}>{t.today.done} <kbd className="hide-narrow">d</kbd></Button>
            <Button className="button" onPress={act.m}>{t.today.tomorrow} <kbd className="hide-narrow">m</kbd></Button>
            <Button className="button hide-narrow" onPress={act.w}>{t.today.week} <kbd>w</kbd></Button>
            <Button className="button" onPress={act.t}>{t.today.pick} <kbd className="hide-narrow">t</kbd></Button>
          </>
        )}
      </span>
    </div>
  );
}

/** Overdue since which day. */
function dueDay(cells: Row["cells"]): string {
  const due = dueOf(cells);
  return /^\d{4}-/.test(due) ? dayWithName(due) : "";
}

/** Under "Today" the day says nothing; a time of day does. */
function dueClock(cells: Row["cells"]): string {
  return dueOf(cells).split("T")[1]?.slice(0, 5) ?? "";
}

/** "08:00–09:30" of a visit that begins today. */
function hours(row: Row): string {
  const part = object(row.cells.planned);
  const clock = (value: Json | undefined): string => (typeof value === "string" ? (value.split("T")[1]?.slice(0, 5) ?? "") : "");
  return part ? [clock(part.start), clock(part.end)].filter(Boolean).join("–") : "";
}

function Visits({ rows }: { rows: Row[] }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const kind = schema?.kinds.visit;
  const names = useNames(kind, rows.map((row) => row.cells));
  const fields = ["purpose", "company", "people"].map((name) => kind?.fields.find((one) => one.name === name));
  /** "Wartung · Hotel Seeblick": the day is in the heading above. */
  const said = (row: Row, from: number, to: number): string =>
    fields
      .slice(from, to)
      .map((field) => (field ? show(schema, field, row.cells[field.name], names) : ""))
      .filter(Boolean)
      .join(" · ");
  return (
    <section className="work-block">
      <h2>
        {t.today.visits} ({rows.length})
      </h2>
      {rows.map((row) => (
        <div key={row.id} className="work" data-work={row.id}>
          <span aria-hidden="true">◇</span>
          <span className="work-title">
            <Link to={`/${kind?.plural ?? "visits"}/${row.id}`}>{said(row, 0, 2) || titleOf(schema, row.kind, row.title, row.cells)}</Link> <span className="soft">{said(row, 2, 3)}</span>
          </span>
          <span className="work-when soft num">{hours(row)}</span>
          <span />
        </div>
      ))}
    </section>
  );
}

export function ArrivalLine({ arrival }: { arrival: Arrival }): ReactNode {
  const t = useWords();
  const authors = useAuthors();
  return (
    <div className="py-2">
      <span className="num soft">{when(arrival.until)}</span> {t.today.arrival(author(authors, arrival.device), arrival.from === null ? null : span(arrival.until - arrival.from), arrival.changes, arrival.records.length, Number(arrival.conflicts) || 0)}{" "}
      <Link to={`/arrivals`} label={`${t.arrivals.show}: ${author(authors, arrival.device)}`}>
        {t.arrivals.show}
      </Link>
    </div>
  );
}

/** Another day, the same time of day. */
function movedTo(due: Json | undefined, day: string): Json {
  const part = object(due);
  if (part && typeof part.start === "string" && part.start.includes("T")) {
    const clock = part.start.slice(10);
    const end = typeof part.end === "string" && part.end.includes("T") ? `${day}${part.end.slice(10)}` : `${day}${clock}`;
    return { ...part, start: `${day}${clock}`, end };
  }
  if (part && typeof part.at === "number") {
    const at = new Date(part.at);
    const [year, month, date] = day.split("-").map(Number);
    return { ...part, at: new Date(year!, month! - 1, date, at.getHours(), at.getMinutes()).getTime() };
  }
  return day;
}

