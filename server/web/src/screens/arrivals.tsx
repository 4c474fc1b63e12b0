/** What devices brought back after time without network, newest first. */
import { useState, type ReactNode } from "react";

import { useArrivals, useAuthors, useSchema, useStatus } from "../api/queries";
import type { Arrival, HistoryStep, Restored } from "../api/types";
import { span, when } from "../i18n/format";
import { label, useWords } from "../i18n/index";
import { Difference, linked, tells } from "../record/Difference";
import { useNames } from "../record/names";
import { author } from "../record/sentence";

import { Link } from "../shell/Link";
import { problemText } from "../ui/problem";
import { call } from "../api/client";
import { useQuery } from "@tanstack/react-query";
import type { Row } from "../api/types";
import { titleOf } from "../schema/values";
import { Sign } from "../ui/sign";

export default function ArrivalsScreen(): ReactNode {
  const t = useWords();
  const status = useStatus();
  const serve = status?.mode === "serve";
  const { data, error } = useArrivals();
  const newest = data?.arrivals.toSorted((a, b) => b.until - a.until);
  return (
    <div className="main-inner">
      <div className="toolbar">
        <h1>{t.nav.arrivals}</h1>
      </div>
      {status?.restored && <AfterRestore restored={status.restored} />}
      {error && !data && <p role="alert" className="error">{serve ? problemText(error) : t.arrivals.serverOnly}</p>}
      {data && data.arrivals.length === 0 && <p className="empty">{serve ? t.arrivals.empty : t.arrivals.serverOnly}</p>}
      <div className="cards">
        {newest?.map((one, i) => (
          <Journey key={`${one.device}${one.until}`} arrival={one} next={newest.slice(0, i).findLast((later) => later.device === one.device)?.until ?? Infinity} />
        ))}
      </div>
    </div>
  );
}

/** What a device still holds comes back by itself; until then the office knows whose is missing. */
function AfterRestore({ restored }: { restored: Restored }): ReactNode {
  const t = useWords();
  const authors = useAuthors();
  const brought = restored.devices.map((id) => (authors[id] ? `${authors[id].device} (${authors[id].person})` : t.who.someone)).join(", ");
  const missing = restored.missing.map((one) => `${one.person_name} · ${one.name}`).join(", ");
  return (
    <section className="card card-note" role="status" data-restored>
      <h2>{t.arrivals.restored}</h2>
      <p className="soft num">{t.arrivals.restoredFrom(when(restored.at), when(restored.backup_at))}</p>
      <p className="num">{restored.changes > 0 ? t.arrivals.cameBack(restored.changes, brought) : t.arrivals.nothingBack}</p>
      {missing ? (
        <p>
          <span className="warn">{t.arrivals.missing(missing)}</span> <span className="soft">{t.arrivals.comesBack(when(restored.until))}</span>
        </p>
      ) : (
        <p className="good">{t.arrivals.complete}</p>
      )}
    </section>
  );
}

function Journey({ arrival, next }: { arrival: Arrival; next: number }): ReactNode {
  const t = useWords();
  const authors = useAuthors();
  const [open, setOpen] = useState(false);
  const conflicts = Number(arrival.conflicts) || 0;
  return (
    <section className="card" data-arrival={arrival.device}>
      <h2>{author(authors, arrival.device)}</h2>
      <p className="soft num">
        {arrival.from === null ? t.arrivals.first(when(arrival.until)) : `${t.arrivals.offline(when(arrival.from), when(arrival.until))} · ${span(arrival.until - arrival.from)}`}
      </p>
      <p className="num">
        {t.arrivals.changes(arrival.changes)} · {t.arrivals.records(arrival.records.length)}
        {conflicts > 0 && (
          <>
            {" · "}
            <Link to="/review" className="versions"><Sign name="fork" /> {t.versions.title(conflicts)}</Link>
          </>
        )}
      </p>
      <button type="button" className="link-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t.arrivals.show}
      </button>
      {open && <Records arrival={arrival} next={next} />}
    </section>
  );
}

/** Before and after of so many records are read at once; of the others when somebody asks. */
const open = 20;

function Records({ arrival, next }: { arrival: Arrival; next: number }): ReactNode {
  const schema = useSchema();
  const ids = arrival.records.slice(0, 200);
  const { data } = useQuery({
    queryKey: ["titles", "arrival", ids.join(",")],
    queryFn: async ({ signal }) => {
      const found: Row[] = [];
      for (const kind of Object.values(schema?.kinds ?? {})) {
        if (kind.name === "setting") continue;
        const { rows } = await call<{ rows: Row[] }>("GET", `/${kind.plural}/rows`, { query: { records: ids.join(",") }, signal });
        found.push(...rows.filter((row) => row.kind === kind.name));
      }
      return found.filter((row, i) => found.findIndex((other) => other.id === row.id) === i);
    },
    enabled: schema !== undefined,
  });
  return (
    <ul className="pt-2">
      {data?.map((row, i) => (
        <Brought key={row.id} row={row} arrival={arrival} next={next} asked={i < open} />
      ))}
    </ul>
  );
}

/** One record of an arrival, with what the device brought for it. */
function Brought({ row, arrival, next, asked }: { row: Row; arrival: Arrival; next: number; asked: boolean }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const [shown, setShown] = useState(asked);
  const kind = schema?.kinds[row.kind];
  const { data } = useQuery({
    queryKey: ["history", row.id, ""],
    queryFn: ({ signal }) => call<{ steps: HistoryStep[] }>("GET", `/${kind!.plural}/${row.id}/history`, { signal }),
    enabled: shown && kind !== undefined,
  });
  const steps = data?.steps.filter((step) => broughtBy(step, arrival, next)) ?? [];
  const fields = steps.flatMap((step) => step.fields.filter((one) => kind && tells(kind, one)).map((one) => ({ step, one })));
  const names = useNames(kind, fields.flatMap(({ one }) => linked(one)));
  if (!kind) return null;
  return (
    <li className="py-1" data-brought={row.id}>
      <span className="meta">{label(kind.label)}</span> <Link to={`/${kind.plural}/${row.id}`}>{titleOf(schema, row.kind, row.title, row.cells)}</Link>
      {row.conflicts > 0 && <span className="versions"> <Sign name="fork" /> {t.versions.n(2)}</span>}
      {!shown && <button type="button" className="link-button" onClick={() => setShown(true)}>{t.arrivals.beforeAfter}</button>}
      {fields.length > 0 && (
        <ul className="pl-4">
          {fields.map(({ step, one }) => (
            <li key={step.change + one.key}>
              <Difference kind={kind} changed={one} names={names} named /> <span className="meta">{t.who.typed(when(step.typed_at))}</span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** Came through this device (its own work names nobody else) with this connection, and not with a later one. */
export function broughtBy(step: HistoryStep, arrival: Arrival, next: number): boolean {
  return (step.brought_by ?? step.device) === arrival.device && step.arrived_at !== null && step.arrived_at >= arrival.until - 1000 && step.arrived_at < next && step.typed_at <= arrival.until;
}
