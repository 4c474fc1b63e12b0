/** Saved views of a list: records of kind `setting`, so every device has them. A private one names its person. */
import { useQuery } from "@tanstack/react-query";

import { call } from "../api/client";
import { client } from "../api/queries";
import type { Json, Kind, RecordPage, Row } from "../api/types";
import { newId, submit } from "../edits/store";
import { lang } from "../i18n/index";
import type { ViewSearch } from "./view";

export interface SavedView {
  id: string;
  name: string;
  search: ViewSearch;
  columns: string[];
  /** Whose alone it is; null: everybody's. */
  person: string | null;
}

/** What a view keeps: filters, order and trash, not the words that were searched. */
export function kept(search: ViewSearch): ViewSearch {
  return { ...(search.f ? { f: search.f } : {}), ...(search.s ? { s: search.s } : {}), ...(search.t ? { t: search.t } : {}) };
}

export function sameView(view: SavedView, search: ViewSearch, columns: string[]): boolean {
  return JSON.stringify(kept(view.search)) === JSON.stringify(kept(search)) && JSON.stringify(view.columns) === JSON.stringify(columns);
}

/** Everybody's, and those of `person`, by name. */
export function useViews(kind: Kind, person: string | undefined): SavedView[] | undefined {
  const { data } = useQuery({
    queryKey: ["views", kind.name],
    queryFn: async ({ signal }) => {
      const is = (field: string, value: Json): Json => ({ field: { field, op: "is", value } });
      const filter = JSON.stringify({ all: [is("type", "view"), is("key", kind.name)] });
      const { rows } = await call<{ rows: Row[] }>("GET", "/settings", { query: { filter, limit: 100 }, signal });
      const pages = await Promise.all(rows.map((row) => call<RecordPage>("GET", `/settings/${row.id}`, { signal })));
      return pages.map(readView).filter((view): view is SavedView => view !== null);
    },
  });
  return data?.filter((view) => view.person === null || view.person === person).toSorted((a, b) => a.name.localeCompare(b.name, lang()));
}

/** A foreign device may have written anything: what cannot be read is no view. */
export function readView(page: Pick<RecordPage, "id" | "title" | "values" | "extra">): SavedView | null {
  const text = (name: string): string | undefined => {
    const value = page.values[name] ?? page.extra[name];
    return typeof value === "string" ? value : undefined;
  };
  try {
    const search: unknown = JSON.parse(text("p/search") ?? "{}");
    const columns: unknown = JSON.parse(text("p/columns") ?? "[]");
    if (typeof search !== "object" || search === null || !Array.isArray(columns)) return null;
    const words = Object.fromEntries(Object.entries(search).filter(([, value]) => typeof value === "string"));
    return { id: page.id, name: page.title, search: kept(words), columns: columns.filter((one): one is string => typeof one === "string"), person: text("p/person") ?? null };
  } catch {
    return null;
  }
}

export async function saveView(kind: Kind, name: string, search: ViewSearch, columns: string[], person: string | null): Promise<string> {
  const id = newId();
  const set: Record<string, Json> = { type: "view", key: kind.name, active: true, label_de: name, label_en: name, ...properties(search, columns) };
  if (person) set["p/person"] = person;
  await submit({ plural: "settings", record: id, create: true, edit: { set } });
  await client.invalidateQueries({ queryKey: ["views", kind.name] });
  return id;
}

export async function changeView(kind: Kind, view: SavedView, search: ViewSearch, columns: string[]): Promise<void> {
  await submit({ plural: "settings", record: view.id, edit: { set: properties(search, columns) } });
  await client.invalidateQueries({ queryKey: ["views", kind.name] });
}

/** Into the trash, or out of it. */
export async function removeView(kind: Kind, view: SavedView, removed: boolean): Promise<void> {
  await submit({ plural: "settings", record: view.id, edit: {}, removal: removed, restore: !removed });
  await client.invalidateQueries({ queryKey: ["views", kind.name] });
}

function properties(search: ViewSearch, columns: string[]): Record<string, Json> {
  return { "p/search": JSON.stringify(kept(search)), "p/columns": JSON.stringify(columns) };
}
