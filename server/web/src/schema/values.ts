/** A field's value as a person reads it, and what a person types as the value the server takes. */
import type { Edit, Field, Json, Schema, Words } from "../api/types";
import { date, decimal, localTime, money, number, when } from "../i18n/format";
import { label, lang, words } from "../i18n/index";
import { parseDate } from "./dates";

export type Names = (id: string) => string | undefined;
type Part = { [key: string]: Json };

/** One line for lists, chips and the history. Unknown shapes are shown as their own text, never as nothing. */
export function show(schema: Schema | undefined, field: Field, value: Json | undefined, names: Names = () => undefined): string {
  if (value === undefined || value === null || value === "") return "";
  const many = (list: Json[]): string => list.map((one) => show(schema, { ...field, type: single(field.type) }, one, names)).filter(Boolean).join(", ");
  switch (field.type) {
    case "boolean":
      return value === true ? words().common.yes : words().common.no;
    case "choice":
    case "string":
      // A string with a list has suggestions: what is not on it shows as typed.
      return typeof value === "string" ? choiceLabel(schema, field.list, value) : plain(value);
    case "date":
      return typeof value === "string" ? date(value) : plain(value);
    case "decimal":
      return typeof value === "string" ? decimal(value) : plain(value);
    case "integer":
      return typeof value === "number" ? number(value) : plain(value);
    case "duration":
      return typeof value === "number" ? `${Math.floor(value / 60)}:${String(value % 60).padStart(2, "0")}` : plain(value);
    case "link":
      return typeof value === "string" ? (names(value) ?? words().record.missingLink) : plain(value);
    case "money": {
      const part = object(value);
      return part && typeof part.amount === "number" && typeof part.currency === "string" ? money(part.amount, part.currency) : plain(value);
    }
    case "instant": {
      const part = object(value);
      if (typeof value === "number") return when(value);
      if (part && typeof part.at === "number") return when(part.at);
      if (part && typeof part.at === "string" && !Number.isNaN(Date.parse(part.at))) return when(Date.parse(part.at));
      return plain(value);
    }
    case "period": {
      const part = object(value);
      return part && typeof part.start === "string" ? showPeriod(part.start, typeof part.end === "string" ? part.end : "") : plain(value);
    }
    case "address": {
      const part = object(value);
      return part ? showAddress(part) : plain(value);
    }
    case "multi-choice":
    case "links":
    case "tags":
      return Array.isArray(value) ? many(value) : show(schema, { ...field, type: single(field.type) }, value, names);
    case "entries":
      return Array.isArray(value) ? value.map((entry) => showEntry(schema, field, entry, names)).filter(Boolean).join(", ") : plain(value);
    default:
      if (Array.isArray(value)) return many(value);
      return plain(value);
  }
}

/**
 * What a record is called. The index names it in German; a title of choices and dates ("Wartung 23.11.2026") is put
 * together anew in the page's language.
 */
export function titleOf(schema: Schema | undefined, kindName: string, title: string, values: Record<string, Json>): string {
  const kind = schema?.kinds[kindName];
  const group = (kind?.title[0] ?? []).map((name) => kind?.fields.find((field) => field.name === name)).filter((field): field is Field => field !== undefined);
  if (!group.some((field) => field.type === "choice" || field.type === "period" || field.type === "date")) return title || words().common.untitled;
  const parts = group.map((field) => (field.type === "period" ? dayOf(values[field.name]) : show(schema, field, values[field.name]))).filter(Boolean);
  return parts.join(" ") || title || words().common.untitled;
}

function dayOf(value: Json | undefined): string {
  const part = object(value);
  return part && typeof part.start === "string" ? date(part.start.split("T")[0] ?? "") : "";
}

/** The main sub-field of entries: the one that is neither label, mark nor note. */
export function mainSub(field: Field): Field | undefined {
  const order = ["number", "address", "url", "company", "to", "contact"];
  for (const name of order) {
    const sub = field.sub?.find((one) => one.name === name);
    if (sub) return sub;
  }
  return field.sub?.find((one) => one.name !== "label" && one.type !== "boolean") ?? field.sub?.[0];
}

export function showEntry(schema: Schema | undefined, field: Field, entry: Json, names: Names = () => undefined): string {
  const part = object(entry);
  if (!part) return plain(entry);
  const main = mainSub(field);
  return main ? show(schema, main, part[main.name], names) : plain(entry);
}

export function choiceLabel(schema: Schema | undefined, list: string | null | undefined, key: string): string {
  const choice = list ? schema?.lists[list]?.find((one) => one.key === key) : undefined;
  return choice ? label(choice.label) : key;
}

/** The label of a key such as `phones/a1/number`: "Telefon · Nummer". */
export function keyLabel(fields: Field[], key: string): string {
  const [name, , subName] = key.split("/");
  const field = fields.find((one) => one.name === name || (name === "custom" && one.custom === key.split("/")[1]));
  if (!field) return key;
  const sub = subName ? field.sub?.find((one) => one.name === subName) : undefined;
  return sub && sub.name !== mainSub(field)?.name ? `${label(field.label)} · ${label(sub.label)}` : label(field.label);
}

/** The field that a key's value is shown with: the sub-field for entries. */
export function fieldOfKey(fields: Field[], key: string): Field | undefined {
  const [name, second, subName] = key.split("/");
  const field = fields.find((one) => one.name === key) ?? fields.find((one) => one.name === name || (name === "custom" && one.custom === second));
  if (!field) return undefined;
  if ((field.type === "entries" || field.type === "events") && subName) return field.sub?.find((one) => one.name === subName) ?? { name: subName, label: { de: "", en: "" }, type: "string" };
  if (second && ["tags", "links", "multi-choice"].includes(field.type)) return { ...field, type: "boolean" };
  return field;
}

/** What stands in the box when editing starts. */
export function typed(field: Field, value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  const german = lang() === "de";
  switch (field.type) {
    case "date":
      return typeof value === "string" ? date(value) : "";
    case "decimal":
      return typeof value === "string" ? (german ? value.replace(".", ",") : value) : plain(value);
    case "money": {
      const part = object(value);
      if (!part || typeof part.amount !== "number") return "";
      const whole = (part.amount / 100).toFixed(2);
      return `${german ? whole.replace(".", ",") : whole} ${typeof part.currency === "string" ? part.currency : "EUR"}`;
    }
    case "duration":
      return typeof value === "number" ? `${Math.floor(value / 60)}:${String(value % 60).padStart(2, "0")}` : "";
    case "tags":
    case "multi-choice":
      return Array.isArray(value) ? value.filter((one) => typeof one === "string").join(", ") : plain(value);
    default:
      return plain(value);
  }
}

export type Parsed = { ok: true; value: Json } | { ok: false; reason: string };

/** What a person typed, as the value to send; an empty box clears the field. */
export function parse(field: Field, text: string, today = new Date()): Parsed {
  const form = words().form;
  const trimmed = text.trim();
  if (trimmed === "") return { ok: true, value: null };
  switch (field.type) {
    case "integer": {
      const digits = plainNumber(trimmed);
      return digits !== null && /^-?\d+$/.test(digits) ? { ok: true, value: Number(digits) } : { ok: false, reason: form.badNumber };
    }
    case "decimal": {
      const digits = plainNumber(trimmed);
      return digits === null ? { ok: false, reason: form.badNumber } : { ok: true, value: digits };
    }
    case "duration": {
      const clock = /^(\d+):([0-5]?\d)$/.exec(trimmed);
      if (clock) return { ok: true, value: Number(clock[1]) * 60 + Number(clock[2]) };
      const minutes = /^(\d+)\s*(min\.?|m)?$/i.exec(trimmed);
      if (minutes) return { ok: true, value: Number(minutes[1]) };
      const hours = /^(\d+(?:[.,]\d+)?)\s*h$/i.exec(trimmed);
      if (hours) return { ok: true, value: Math.round(Number(hours[1]!.replace(",", ".")) * 60) };
      return { ok: false, reason: form.badNumber };
    }
    case "date": {
      const day = parseDate(trimmed, today);
      return day ? { ok: true, value: day } : { ok: false, reason: form.badDate };
    }
    case "money": {
      const currency = /€/.test(trimmed) ? "EUR" : /\b([A-Za-z]{3})\b/.exec(trimmed)?.[1]?.toUpperCase() ?? "EUR";
      const digits = plainNumber(trimmed.replace(/[€A-Za-z\s]/g, ""));
      const parts = digits === null ? null : /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(digits);
      if (!parts) return { ok: false, reason: form.badMoney };
      const amount = Number(`${parts[1]}${parts[2]}${(parts[3] ?? "").padEnd(2, "0")}`);
      return { ok: true, value: { amount, currency } };
    }
    case "boolean":
      return { ok: true, value: trimmed === "true" };
    default:
      return { ok: true, value: trimmed };
  }
}

/** `1.234,5`, `1'234.5`, `1,234.5` and `12,5` as `1234.5`, `12.5`; null if it is no number. */
export function plainNumber(text: string): string | null {
  let digits = text.replace(/[\s'’\u00a0\u202f]/g, "");
  const comma = digits.lastIndexOf(",");
  const dot = digits.lastIndexOf(".");
  if (comma >= 0 && dot >= 0) {
    // Both: the last one is the decimal sign.
    digits = comma > dot ? digits.replaceAll(".", "").replace(",", ".") : digits.replaceAll(",", "");
  } else if (comma >= 0) {
    digits = /^-?\d{1,3}(,\d{3})+$/.test(digits) && lang() === "en" ? digits.replaceAll(",", "") : digits.replace(",", ".");
  } else if (dot >= 0 && /^-?\d{1,3}(\.\d{3})+$/.test(digits) && lang() === "de") {
    digits = digits.replaceAll(".", "");
  }
  return /^-?\d+(\.\d+)?$/.test(digits) ? digits.replace(/^(-?)0+(?=\d)/, "$1") : null;
}

/** The edit that brings a set (tags, links, multi-choice) from `before` to `after`; null if nothing differs. */
export function setEdit(field: string, before: string[], after: string[]): Edit | null {
  const add = after.filter((one) => !before.includes(one));
  const remove = before.filter((one) => !after.includes(one));
  if (add.length === 0 && remove.length === 0) return null;
  return { ...(add.length ? { add: { [field]: add } } : {}), ...(remove.length ? { remove: { [field]: remove } } : {}) };
}

/** Equal for our purposes: the same JSON. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

export function object(value: Json | undefined): Part | null {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
}

export function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : typeof value === "string" && value ? [value] : [];
}

export function entries(value: Json | undefined): Part[] {
  return Array.isArray(value) ? value.map((one) => object(one)).filter((one): one is Part => one !== null) : [];
}

export const noWords: Words = { de: "", en: "" };

function single(type: string): string {
  return type === "multi-choice" ? "choice" : type === "links" ? "link" : "string";
}

function showPeriod(start: string, end: string): string {
  const [fromDay, fromClock] = start.split("T");
  const [toDay, toClock] = end.split("T");
  if (!fromClock) {
    // All-day periods end before their last day: one day shows as one date.
    const last = toDay ? new Date(Date.parse(`${toDay}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10) : fromDay;
    return last && last !== fromDay ? `${date(fromDay ?? "")} – ${date(last)}` : date(fromDay ?? "");
  }
  if (!toDay) return localTime(start);
  return fromDay === toDay ? `${localTime(start)}–${toClock?.slice(0, 5)}` : `${localTime(start)} – ${localTime(end)}`;
}

function showAddress(part: Part): string {
  const word = (name: string): string => (typeof part[name] === "string" ? (part[name] as string) : "");
  const place = `${word("postal_code")} ${word("city")}`.trim();
  const country = word("country");
  return [word("street"), word("street2"), place, word("region"), country && country !== "DE" ? countryName(country) : ""].filter(Boolean).join(", ");
}

function countryName(code: string): string {
  try {
    return new Intl.DisplayNames([lang()], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function plain(value: Json): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? words().common.yes : words().common.no;
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (value === null) return "";
  return Object.entries(value).filter(([key]) => key !== "id").map(([, one]) => plain(one)).filter(Boolean).join(" ");
}
