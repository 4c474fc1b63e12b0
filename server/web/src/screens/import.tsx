/** Import: file, columns, check, apply. Nothing is written before the last step, and all of it can be undone. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { call } from "../api/client";
import { client, useSchema } from "../api/queries";
import type { Field, ImportRun, Schema } from "../api/types";
import { number } from "../i18n/format";
import { label, useWords, words } from "../i18n/index";
import { remember, remembered, scoped } from "../mount";
import { choiceLabel, mainSub } from "../schema/values";
import { Link } from "../shell/Link";
import { problemText } from "../ui/problem";

const keep = scoped("import");
const largest = 100 * 1024 * 1024;

export default function ImportScreen(): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const [kindName, setKindName] = useState("contact");
  const [run, setRun] = useState<ImportRun | null>(null);
  const [file, setFile] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const step = !run ? 0 : run.state === undefined || run.state === "ready" ? 2 : 3;

  // Progress survives leaving the page.
  useEffect(() => {
    const kept = remembered<{ id: string; file: string; kind: string } | null>(keep, null);
    if (!kept) return;
    call<ImportRun>("GET", `/imports/${kept.id}`)
      .then((found) => {
        setRun(found);
        setFile(kept.file);
        setKindName(kept.kind);
      })
      .catch(() => remember(keep, null));
  }, []);
  const running = run?.state === "running";
  useEffect(() => {
    if (!running || !run) return;
    const timer = setInterval(() => {
      call<ImportRun>("GET", `/imports/${run.id}`)
        .then((next) => {
          setRun((old) => (old ? { ...old, ...next } : next));
          if (next.state !== "running") void client.invalidateQueries({ queryKey: ["index"] });
        })
        .catch(() => undefined);
    }, 400);
    return () => clearInterval(timer);
  }, [running, run]);

  const attempt = async (what: () => Promise<ImportRun>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const next = await what();
      setRun((old) => (old && old.id === next.id ? { ...old, ...next } : next));
      remember(keep, { id: next.id, file, kind: kindName });
    } catch (problem) {
      setError(problemText(problem));
    }
    setBusy(false);
  };
  const load = (chosen: File | undefined): void => {
    if (!chosen) return;
    if (chosen.size > largest) {
      setError(t.import.tooLarge);
      return;
    }
    setFile(chosen.name);
    void attempt(() => call<ImportRun>("POST", "/imports", { query: { name: chosen.name, kind: kindName }, bytes: chosen }));
  };
  const again = (): void => {
    setRun(null);
    remember(keep, null);
    setError(null);
  };
  const map = (at: number, field: string | null): void => {
    if (!run?.columns) return;
    const columns = run.columns.map((one, i) => (i === at ? { ...one, field } : one));
    setRun({ ...run, columns });
    void attempt(() => call<ImportRun>("PUT", `/imports/${run.id}/mapping`, { body: { columns: columns.map((one) => one.field) } }));
  };

  const kind = schema?.kinds[kindName];
  const targets = kind ? targetsOf(schema, kind.fields) : [];
  return (
    <div className="main-inner max-w-[1040px]">
      <div className="toolbar">
        <h1>{t.import.title}</h1>
      </div>
      <ol className="stepper">
        {t.import.steps.map((name, i) => (
          <li key={name} aria-current={i === step || (i === 1 && step === 2) ? "step" : undefined}>
            {i + 1} {name}
          </li>
        ))}
      </ol>
      {error && <p role="alert" className="error pb-3">{error}</p>}
      {!run && (
        <>
          <div className="form pb-3">
            <label>
              {t.import.into}
              <select value={kindName} onChange={(event) => setKindName(event.target.value)}>
                {["contact", "company"].map((name) => (
                  <option key={name} value={name}>
                    {label(schema?.kinds[name]?.labels) || name}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <div
            className={over ? "drop drop-over" : "drop"}
            role="region"
            aria-label={t.import.drop}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(false);
              load(event.dataTransfer.files[0]);
            }}
          >
            <p>{busy ? t.common.loading : t.import.drop}</p>
            <input ref={input} type="file" className="sr-only" tabIndex={-1} aria-label={t.import.choose} accept=".csv,.txt,.vcf,.vcard,text/csv,text/vcard" onChange={(event) => load(event.target.files?.[0])} />
            <Button className="button button-main" isDisabled={busy} onPress={() => input.current?.click()}>
              {t.import.choose}
            </Button>
          </div>
        </>
      )}
      {run && (
        <>
          <p className="soft pb-2">{[file, run.encoding, run.delimiter, run.rows === undefined ? "" : t.import.rows(run.rows)].filter(Boolean).join(" · ")}</p>
          {step === 2 && run.columns && run.columns.length > 0 && (
            <div className="table-wrap" tabIndex={0} role="region" aria-label={t.import.steps[1]}>
              <table className="table">
                <thead>
                  <tr>
                    <th>{t.import.column}</th>
                    <th>{t.import.sample}</th>
                    <th>{t.import.field}</th>
                  </tr>
                </thead>
                <tbody>
                  {run.columns.map((column, i) => (
                    // oxlint-disable-next-line react/no-array-index-key -- two columns may have one name; the place is the identity
                    <tr key={i}>
                      <td>{column.header}</td>
                      <td className="soft">{column.sample.slice(0, 3).filter(Boolean).join(" · ")}</td>
                      <td>
                        <select aria-label={t.import.mapping(column.header)} value={column.field ?? ""} disabled={busy} onChange={(event) => map(i, event.target.value || null)}>
                          <option value="">{t.import.ignore}</option>
                          {column.field && !targets.some((one) => one.value === column.field) && <option value={column.field}>{targetText(schema, kind?.fields ?? [], column.field)}</option>}
                          {targets.map((one) => (
                            <option key={one.value} value={one.value}>
                              {one.text}
                            </option>
                          ))}
                        </select>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <Counts run={run} />
          {step === 2 && (
            <div className="flex gap-2 items-center flex-wrap py-3">
              <Button className="button button-main" isDisabled={busy} onPress={() => void attempt(() => call<ImportRun>("POST", `/imports/${run.id}/run`, { body: {} }))}>
                {t.import.run}
              </Button>
              <Button className="button" onPress={again}>
                {t.common.cancel}
              </Button>
              <span className="meta">
                {t.import.dryRun}: {t.import.dryRunNote}
              </span>
            </div>
          )}
          {running && (
            <div className="py-3 grid gap-2">
              <p role="status">
                {t.import.running} {number(run.done ?? 0)} / {number(run.total ?? run.rows ?? 0)}
              </p>
              <progress max={run.total || 1} value={run.done ?? 0} aria-label={t.import.running} />
              <span>
                <Button className="button" onPress={() => void attempt(() => call<ImportRun>("DELETE", `/imports/${run.id}`))}>
                  {t.import.cancel}
                </Button>
              </span>
            </div>
          )}
          {(run.state === "done" || run.state === "cancelled" || run.state === "undone") && (
            <div className="py-3 flex gap-2 items-center flex-wrap">
              <p role="status">{run.state === "done" ? t.import.done : run.state === "undone" ? `${t.import.undone} ${run.left_alone ? t.import.leftAlone(run.left_alone) : ""}` : t.import.cancelled}</p>
              {run.state !== "undone" && (
                <Button className="button button-bad" isDisabled={busy} onPress={() => void attempt(() => call<ImportRun>("POST", `/imports/${run.id}/undo`, { body: {} }))}>
                  {t.import.undo}
                </Button>
              )}
              <Button className="button" onPress={again}>
                {t.import.again}
              </Button>
              {kind && <Link to={`/${kind.plural}`}>{label(kind.labels)}</Link>}
            </div>
          )}
          <Errors run={run} />
        </>
      )}
    </div>
  );
}

function Counts({ run }: { run: ImportRun }): ReactNode {
  const t = useWords();
  const order = ["new", "update", "skip", "duplicate", "error"] as const;
  return (
    <p className="py-3 num" role="status" data-counts>
      {order
        .filter((name) => run.counts[name] > 0 || name === "new")
        .map((name, i) => (
          <span key={name} className={name === "error" ? "bad" : name === "duplicate" ? "warn" : ""} data-counted={name}>
            {i > 0 && " · "}
            <strong>{number(run.counts[name])}</strong> {t.import.counts[name]}
          </span>
        ))}
    </p>
  );
}

function Errors({ run }: { run: ImportRun }): ReactNode {
  const t = useWords();
  if (run.errors.length === 0) return null;
  return (
    <div className="table-wrap" tabIndex={0} role="region" aria-label={t.import.counts.error}>
      <table className="table">
        <thead>
          <tr>
            <th>{t.import.row}</th>
            <th>{t.import.column}</th>
            <th>{t.import.value}</th>
            <th>{t.import.reason}</th>
          </tr>
        </thead>
        <tbody>
          {run.errors.slice(0, 200).map((one) => (
            <tr key={`${one.row}/${one.column}/${one.reason}`}>
              <td className="num">{t.import.errorRow(one.row)}</td>
              <td>{one.column === null ? "" : typeof one.column === "number" ? (run.columns?.[one.column]?.header ?? one.column) : one.column}</td>
              <td className="bad">{one.value}</td>
              <td>{t.import.problem[one.code] ?? one.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Target {
  value: string;
  text: string;
}

const addressParts = ["street", "street2", "postal_code", "city", "region", "country"];

/** Every place a column may go to: plain fields, and entries by label and part (`phones[mobile]`, `addresses[work].city`). */
function targetsOf(schema: Schema | undefined, fields: Field[]): Target[] {
  const values = fields
    .filter((field) => !field.computed && !field.relay_only && !["events", "blob", "geo", "rule", "links"].includes(field.type))
    .flatMap((field) => {
      if (field.type !== "entries") return [field.name];
      const main = mainSub(field);
      const list = field.sub?.find((sub) => sub.name === "label")?.list;
      const labels = list ? (schema?.lists[list] ?? []).filter((one) => !one.inactive).map((one) => one.key) : [];
      const parts = main?.type === "address" ? addressParts.map((part) => `.${part}`) : list ? [""] : (field.sub ?? []).filter((sub) => sub.type !== "boolean").map((sub) => `.${sub.name}`);
      return labels.length ? labels.flatMap((one) => parts.map((part) => `${field.name}[${one}]${part}`)) : parts.map((part) => `${field.name}${part}`);
    });
  return values.map((value) => ({ value, text: targetText(schema, fields, value) }));
}

/** A target in words: `phones[mobile]` is "Telefon · mobil". */
function targetText(schema: Schema | undefined, fields: Field[], value: string): string {
  const parts = /^([^[.]+)(?:\[([^#\]]*)(?:#(\d+))?\])?(?:\.(.+))?$/.exec(value);
  const field = parts && fields.find((one) => one.name === parts[1]);
  if (!parts || !field) return value.replace(/^extra\//, "");
  const labels = field.sub?.find((sub) => sub.name === "label")?.list;
  const part = parts[4];
  return [
    label(field.label),
    parts[2] ? choiceLabel(schema, labels, parts[2]) : "",
    parts[3] ?? "",
    part ? (words().address[part] ?? (label(field.sub?.find((sub) => sub.name === part)?.label) || part)) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}
