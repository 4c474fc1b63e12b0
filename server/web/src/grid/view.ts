/**
 * What a list shows, as data: search, filter chips, sort, trash. The address of the page is the view, so
 * a view can be sent by mail; what cannot be read from an address is left out, never an error.
 */
import type { Field, Json, Kind, Schema } from "../api/types";
import { label, words } from "../i18n/index";
import { show, type Names } from "../schema/values";

export interface Chip {
  field: string;
  op: string;
  value: Json;
}

export interface View {
  q: string;
  /** All of these groups hold; within a group one chip is enough. */
  groups: Chip[][];
  sort: { field: string; descending: boolean }[];
  removed: boolean;
}

export interface ViewSearch {
  q?: string;
  f?: string;
  s?: string;
  t?: string;
  /** The saved view this began with. */
  v?: string;
}

export const noView: View = { q: "", groups: [], sort: [], removed: false };

/** What the server takes as `filter`; undefined if there is none. Half-typed chips are left out. */
export function filterJson(view: View): string | undefined {
  const groups = view.groups.map((group) => group.filter(complete)).filter((group) => group.length > 0);
  if (groups.length === 0) return undefined;
  const all = groups.map((group) => (group.length === 1 ? term(group[0]!) : { any: group.map(term) }));
  return JSON.stringify(all.length === 1 ? all[0] : { all });
}

export function sortText(sort: View["sort"]): string | undefined {
  return sort.length ? sort.map((one) => `${one.descending ? "-" : ""}${one.field}`).join(",") : undefined;
}

/** The order of a list that nobody sorted: work by its day, visits and notes newest first, everything else by name. */
export function sortOf(view: View, kind: Kind | undefined): View["sort"] {
  if (view.sort.length) return view.sort;
  const has = (name: string): boolean => kind?.fields.some((field) => field.name === name) ?? false;
  if (has("due")) return [{ field: "due", descending: false }];
  if (has("planned")) return [{ field: "planned", descending: true }];
  if (has("body")) return [{ field: "changed", descending: true }];
  return [{ field: "title", descending: false }];
}

export function readView(search: ViewSearch): View {
  return { q: text(search.q), groups: readGroups(search.f), sort: readSort(search.s), removed: search.t === "1" };
}

export function writeView(view: View): ViewSearch {
  return {
    ...(view.q ? { q: view.q } : {}),
    ...(view.groups.some((group) => group.length) ? { f: JSON.stringify(view.groups.filter((group) => group.length)) } : {}),
    ...(view.sort.length ? { s: sortText(view.sort) } : {}),
    ...(view.removed ? { t: "1" } : {}),
  };
}

/** A chip in words: "Status ist Kunde". */
export function chipText(schema: Schema | undefined, kind: Kind | undefined, chip: Chip, names?: Names): string {
  const field = kind?.fields.find((one) => one.name === chip.field);
  const name = field ? label(field.label) : chip.field;
  const op = words().op[chip.op] ?? chip.op;
  if (!needsValue(chip.op)) return `${name} ${op}`;
  const value = field ? show(schema, scalarField(field), chip.value, names) : String(chip.value ?? "");
  return `${name} ${op} ${value || "…"}`;
}

/** The whole filter as a sentence: "Status ist Kunde UND (Ort ist Hamburg ODER Ort ist Wedel)". */
export function sentence(schema: Schema | undefined, kind: Kind | undefined, view: View, names?: Names): string {
  const { and, or } = words().common;
  return view.groups
    .filter((group) => group.length)
    .map((group) => {
      const inner = group.map((chip) => chipText(schema, kind, chip, names)).join(` ${or} `);
      return group.length > 1 ? `(${inner})` : inner;
    })
    .join(` ${and} `);
}

export function opsFor(type: string): string[] {
  switch (type) {
    case "boolean":
      return ["is", "empty", "not_empty"];
    case "choice":
    case "multi-choice":
    case "tags":
      return ["is", "is_not", "empty", "not_empty"];
    case "date":
    case "instant":
    case "period":
      return ["is", "before", "after", "empty", "not_empty"];
    case "integer":
    case "decimal":
    case "duration":
    case "money":
      return ["is", "at_least", "at_most", "empty", "not_empty"];
    case "link":
    case "links":
      return ["links_to", "empty", "not_empty"];
    default:
      return ["is", "contains", "starts_with", "is_not", "empty", "not_empty"];
  }
}

export function needsValue(op: string): boolean {
  return op !== "empty" && op !== "not_empty";
}

/** Fields whose change may move a row in this view or take it out of it. */
export function movingFields(view: View, kind: Kind | undefined): Set<string> {
  const fields = new Set<string>(view.groups.flat().map((chip) => chip.field));
  for (const { field } of sortOf(view, kind)) {
    fields.add(field);
    if (field === "title") for (const name of kind?.title.flat() ?? []) fields.add(name);
  }
  fields.add("removed");
  return fields;
}

/** A chip on a set or period compares with one value of it. */
export function scalarField(field: Field): Field {
  const types: Record<string, string> = { "multi-choice": "choice", links: "link", tags: "string", period: "date", instant: "date", entries: "string", text: "string" };
  return { ...field, type: types[field.type] ?? field.type };
}

function term(chip: Chip): Json {
  return { field: { field: chip.field, op: chip.op, ...(needsValue(chip.op) ? { value: chip.value } : {}) } };
}

function complete(chip: Chip): boolean {
  return chip.field !== "" && (!needsValue(chip.op) || (chip.value !== null && chip.value !== ""));
}

function readGroups(value: unknown): Chip[][] {
  if (typeof value !== "string") return [];
  try {
    const groups: unknown = JSON.parse(value);
    if (!Array.isArray(groups)) return [];
    return groups
      .filter((group): group is unknown[] => Array.isArray(group))
      .map((group) => group.filter((chip): chip is Chip => typeof chip === "object" && chip !== null && typeof (chip as Chip).field === "string" && typeof (chip as Chip).op === "string").map((chip) => ({ field: chip.field, op: chip.op, value: chip.value ?? null })))
      .filter((group) => group.length > 0);
  } catch {
    return [];
  }
}

function readSort(value: unknown): View["sort"] {
  if (typeof value !== "string") return [];
  return value
    .split(",")
    .filter((part) => /^-?[a-z_0-9/]+$/i.test(part))
    .map((part) => ({ field: part.replace(/^-/, ""), descending: part.startsWith("-") }));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
