/** While somebody types a new person or company: who is here already and looks like it. */
import { useEffect, useState, type ReactNode } from "react";

import { call } from "../api/client";
import { useSchema } from "../api/queries";
import type { Kind, Row } from "../api/types";
import { useWords } from "../i18n/index";
import { useNames } from "../record/names";
import { show, titleOf } from "../schema/values";
import { Link } from "./Link";

const most = 3;

/** What to look for: a whole name, a number or an address; half a word would find everybody. */
export function wanted(kind: string, texts: Record<string, string>): string[] {
  const text = (name: string): string => texts[name]?.trim() ?? "";
  const name = kind === "company" ? text("name") : text("given_name") && text("family_name") ? `${text("given_name")} ${text("family_name")}` : "";
  return [
    ...(name.length >= 3 ? [name] : []),
    ...(text("phones").replace(/\D/g, "").length >= 6 ? [text("phones")] : []),
    ...(/.@.+\../.test(text("emails")) ? [text("emails")] : []),
  ];
}

export function Alike({ kind, texts, onLeave }: { kind: Kind; texts: Record<string, string>; onLeave: () => void }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const [rows, setRows] = useState<Row[]>([]);
  const words = kind.name === "contact" || kind.name === "company" ? wanted(kind.name, texts) : [];
  const asked = words.join("\n");
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const searches = asked.split("\n").filter(Boolean).map((q) => call<{ rows: Row[] }>("GET", "/search", { query: { q, kind: kind.name, limit: most }, signal: abort.signal }));
      Promise.all(searches)
        .then((found) => {
          const all = found.flatMap((one) => one.rows);
          setRows(all.filter((row, i) => all.findIndex((other) => other.id === row.id) === i).slice(0, most));
        })
        // A hint that cannot be had is no hint.
        .catch(() => undefined);
    }, 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked, kind.name]);
  const names = useNames(kind, rows.map((row) => row.cells));
  const more = (row: Row): string =>
    ["companies", "phones", "emails", "addresses"]
      .map((name) => kind.fields.find((field) => field.name === name))
      .map((field) => (field ? show(schema, field, row.cells[field.name], names) : ""))
      .filter(Boolean)
      .slice(0, 2)
      .join(" · ");
  return (
    <div role="status">
      {rows.length > 0 && (
        <div className="card card-note" data-alike>
          <strong>{t.form.alike}</strong>
          {rows.map((row) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the link inside is what is pressed
            <span key={row.id} onClick={onLeave}>
              <Link to={`/${kind.plural}/${row.id}`}>{titleOf(schema, row.kind, row.title, row.cells)}</Link> <span className="meta">{more(row)}</span>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}
