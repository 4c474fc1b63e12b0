/** One change of one field: old struck, new marked; of a text only the words that went and came. */
import type { ReactNode } from "react";

import { useSchema } from "../api/queries";
import type { HistoryStep, Kind } from "../api/types";
import { useWords } from "../i18n/index";
import { fieldOfKey, keyLabel, show, type Names } from "../schema/values";
import { splices } from "../text/merge";

type Changed = HistoryStep["fields"][number];

/** Whether a person can read anything in it: the order of entries and the record's kind are the machine's. */
export function tells(kind: Kind, changed: Changed): boolean {
  if (changed.key === "kind") return false;
  const [name, , sub] = changed.key.split("/");
  const field = kind.fields.find((one) => one.name === name);
  return field?.type !== "entries" || sub === "removed" || (field.sub?.some((one) => one.name === sub) ?? false);
}

export function Difference({ kind, changed, names, named }: { kind: Kind; changed: Changed; names: Names; named: boolean }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const field = fieldOfKey(kind.fields, changed.key);
  const word = (value: Changed["new"]): string => (field ? show(schema, field, value, names) : typeof value === "string" ? value : value === null ? "" : JSON.stringify(value)) || t.common.empty;
  const removed = changed.key === "removed" || changed.key.endsWith("/removed");
  const isText = field?.type === "text" && typeof changed.new === "string";
  return (
    <>
      {named && <span className="meta">{keyLabel(kind.fields, changed.key)}: </span>}
      {removed ? (
        <ins className="new">{changed.new === null || changed.new === false ? t.record.restored : t.versions.removedMark}</ins>
      ) : isText ? (
        <Words before={typeof changed.old === "string" ? changed.old : ""} after={changed.new as string} />
      ) : changed.old === null ? (
        <ins className="new">{word(changed.new)}</ins>
      ) : (
        <>
          <del className="old">{word(changed.old)}</del> → <ins className="new">{word(changed.new)}</ins>
        </>
      )}
    </>
  );
}

function Words({ before, after }: { before: string; after: string }): ReactNode {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const splice of splices(before, after)) {
    parts.push(short(before.slice(at, splice.at), at === 0, false));
    at = splice.at + splice.delete;
    if (splice.delete) parts.push(<del key={`d${splice.at}`} className="old">{before.slice(splice.at, at)}</del>);
    if (splice.insert) parts.push(<ins key={`i${splice.at}`} className="new">{splice.insert}</ins>);
  }
  parts.push(short(before.slice(at), false, true));
  return <span className="entry-text">{parts}</span>;
}

const around = 60;

/** Of what stayed, as much as places the change. */
function short(text: string, first: boolean, last: boolean): string {
  if (text.length <= 2 * around) return text;
  return `${first ? "" : text.slice(0, around)} … ${last ? "" : text.slice(-around)}`;
}
