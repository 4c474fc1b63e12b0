/** Titles of everything a record or its rows link to. */
import { useSchema, useTitles } from "../api/queries";
import type { Field, Json, Kind } from "../api/types";
import { entries, strings, titleOf, type Names } from "../schema/values";

export interface KnownNames extends Names {
  kindOf(id: string): string | undefined;
}

export function useNames(kind: Kind | undefined, values: Record<string, Json>[], extra: string[] = []): KnownNames {
  const schema = useSchema();
  const ids: string[] = [...extra];
  const kinds = new Set<string>();
  const take = (field: Field, value: Json | undefined): void => {
    if (field.type !== "link" && field.type !== "links") return;
    const found = strings(value);
    if (found.length === 0) return;
    ids.push(...found);
    for (const name of field.to?.length ? field.to : Object.keys(schema?.kinds ?? {})) kinds.add(name);
  };
  for (const field of kind?.fields ?? []) {
    for (const one of values) {
      take(field, one[field.name]);
      if (field.type === "entries") for (const entry of entries(one[field.name])) for (const sub of field.sub ?? []) take(sub, entry[sub.name]);
    }
  }
  if (extra.length && kinds.size === 0) for (const name of Object.keys(schema?.kinds ?? {})) kinds.add(name);
  const { known, reading } = useTitles(schema, [...kinds].sort(), ids);
  // What was not read yet is not missing.
  const name = (id: string): string | undefined => (known[id] ? titleOf(schema, known[id].kind, known[id].title, known[id].cells) : reading ? "…" : undefined);
  return Object.assign(name, { kindOf: (id: string) => known[id]?.kind });
}
