/** One change of one field: old struck, new marked; of a text only the words that went and came. */
import type { ReactNode } from "react";

import { useSchema } from "../api/queries";
import type { HistoryStep, Json, Kind, Schema } from "../api/types";
import { useWords, words } from "../i18n/index";
import { choiceLabel, fieldOfKey, keyLabel, show, type Names } from "../schema/values";
import { splices } from "../text/merge";

type Changed = HistoryStep["fields"][number];

/** Whether a person can read anything in it: the order of entries and the record's kind are the machine's. */
export function tells(kind: Kind, changed: Changed): boolean {
  const [name, , sub] = changed.key.split("/");
  if (name === "removed" || name === "extra" || name === "custom") return true;
  const field = kind.fields.find((one) => one.name === name);
  return field !== undefined && (!["entries", "events"].includes(field.type) || sub === "removed" || (field.sub?.some((one) => one.name === sub) ?? false));
}

/** What `useNames` is to look up for it. */
export function linked({ field, key, old, new: now }: Changed): Record<string, Json>[] {
  const member = key.split("/")[1];
  return member ? [{ [field]: [member] }] : [{ [field]: old }, { [field]: now }];
}

export function Difference({ kind, changed, names, named }: { kind: Kind; changed: Changed; names: Names; named: boolean }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const field = fieldOfKey(kind.fields, changed.key);
  const word = (value: Changed["new"]): string => (field ? show(schema, field, value, names) : typeof value === "string" ? value : value === null ? "" : JSON.stringify(value)) || t.common.empty;
  const member = memberOf(schema, kind, changed, names);
  const removed = changed.key === "removed" || changed.key.endsWith("/removed");
  const isText = field?.type === "text" && typeof changed.new === "string";
  return (
    <>
      {named && <span className="meta">{keyLabel(kind.fields, changed.key)}: </span>}
      {member !== null ? (
        inSet(changed.new) ? <ins className="new">{member}</ins> : <del className="old">{member}</del>
      ) : removed ? (
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

/** The member of a set that came or went; null if the key is none. Tags carry their spelling. */
function memberOf(schema: Schema | undefined, kind: Kind, changed: Changed, names: Names): string | null {
  const [name, ...rest] = changed.key.split("/");
  const field = kind.fields.find((one) => one.name === name);
  const member = rest.join("/");
  if (!field || member === "") return null;
  if (field.type === "links") return names(member) ?? words().record.missingLink;
  if (field.type === "multi-choice") return choiceLabel(schema, field.list, member);
  if (field.type === "tags") return [changed.new, changed.old].find((value) => typeof value === "string") ?? member;
  return null;
}

function inSet(value: Json): boolean {
  return value !== null && value !== false;
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
