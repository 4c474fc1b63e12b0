/** The columns of a list: which, how wide, what may be edited in place. */
import type { Field, Json, Kind } from "../api/types";
import { label } from "../i18n/index";
import { entries, mainSub } from "../schema/values";
import { sortOf, type View } from "./view";

export interface Column {
  key: string;
  title: string;
  width: number;
  /** Narrower it says nothing any more. */
  least: number;
  field?: Field;
  sortable: boolean;
}

/** The row's own title: a kind may have a field named `title` (Dr., Prof.) beside it. */
export const nameColumn = "@name";

export function sortKey(column: Column): string {
  return column.key === nameColumn ? "title" : column.key;
}

export function columnsOf(fields: Field[], keys: string[], name: string, changed: string, named = true): Column[] {
  const title: Column = { key: nameColumn, title: name, ...(named ? { width: 240, least: 150 } : { width: 340, least: 220 }), sortable: true };
  return [
    title,
    ...keys.flatMap((key): Column[] => {
      if (key === "changed") return [{ key, title: changed, width: 150, least: 136, sortable: true }];
      const field = fields.find((one) => one.name === key);
      if (!field) return [];
      return [{ key, field, title: label(field.label), ...defaultWidth(field), sortable: key !== "title" && field.indexed === true && !["entries", "text", "tags", "links", "multi-choice"].includes(field.type) }];
    }),
  ];
}

function defaultWidth(field: Field): { width: number; least: number } {
  switch (field.type) {
    case "boolean":
      return { width: 90, least: 80 };
    case "choice":
    case "date":
    case "integer":
    case "decimal":
    case "duration":
      return { width: 130, least: 100 };
    case "period":
      return { width: 210, least: 190 };
    case "text":
    case "links":
      return { width: 240, least: 140 };
    default:
      return { width: 180, least: 120 };
  }
}

export function defaultColumns(kind: Kind): string[] {
  // The name column shows the first group; e-mail and phone stand in only where there is no name.
  const title = new Set(kind.title[0]);
  // A day keeps its column: the title has no time of day, and a list is sorted by it.
  const day = (key: string): boolean => ["date", "period"].includes(kind.fields.find((field) => field.name === key)?.type ?? "");
  const columns = kind.columns.filter((key) => (!title.has(key) || day(key)) && key !== "title");
  return columns.includes("changed") ? columns : [...columns, "changed"];
}

/** People and companies have names; everything else has a subject, which is longer. */
export function hasName(kind: Kind): boolean {
  return kind.name === "contact" || kind.name === "company";
}

export function titleWord(kind: Kind, name: string): string {
  return hasName(kind) ? name : label(kind.label);
}

export function sortWords(kind: Kind, view: View, name: string, changed: string): string {
  return sortOf(view, kind).map((one) => `${one.field === "title" ? name : one.field === "changed" ? changed : label(kind.fields.find((field) => field.name === one.field)?.label)}${one.descending ? " ↓" : ""}`).join(", ");
}

/** Long texts, events and several links have their place on the record page. */
export function editable(field: Field): boolean {
  return !field.relay_only && !field.computed && !["text", "events", "blob", "geo", "rule", "links"].includes(field.type) && !(field.type === "entries" && !mainSub(field));
}

/** In a list, entries are edited by their first one's main value. */
export function editorField(field: Field): Field {
  const main = field.type === "entries" ? mainSub(field) : undefined;
  return main ? { ...main, label: field.label } : field;
}

export function editorValue(field: Field, value: Json | undefined): Json | undefined {
  if (field.type !== "entries") return value;
  const main = mainSub(field);
  const first = entries(value)[0];
  return first && main ? first[main.name] : Array.isArray(value) ? value[0] : value;
}

export function numeric(field: Field | undefined): boolean {
  return field !== undefined && ["integer", "decimal", "money", "duration"].includes(field.type);
}
