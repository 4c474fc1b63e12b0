/** From "this field, this typed value" to the edit that is sent and the value that is shown meanwhile. */
import type { Edit, Field, Json } from "../api/types";
import { entries, mainSub, sameValue, setEdit, strings } from "../schema/values";

export interface Made {
  edit: Edit;
  shown: Record<string, Json>;
}

/** Null if nothing differs. */
export function editFor(field: Field, before: Json | undefined, after: Json): Made | null {
  if (sameValue(before, after)) return null;
  if (["tags", "multi-choice", "links"].includes(field.type)) {
    const next = strings(after);
    const edit = setEdit(field.name, strings(before), next);
    return edit ? { edit, shown: { [field.name]: next.toSorted() } } : null;
  }
  return { edit: { set: { [field.name]: after } }, shown: { [field.name]: after } };
}

/** One sub-field of one entry; `entryId` null makes a new entry. */
export function editForEntry(field: Field, value: Json | undefined, entryId: string | null, sub: string, after: Json, newEntryId: string): Made | null {
  const list = entries(value);
  if (entryId === null) {
    if (after === null || after === "") return null;
    const entry = { id: newEntryId, [sub]: after };
    return { edit: { add: { [field.name]: [entry] } }, shown: { [field.name]: [...list, entry] } };
  }
  const old = list.find((one) => one.id === entryId);
  if (old && sameValue(old[sub], after)) return null;
  // A phone without a number is no phone.
  if (sub === mainSub(field)?.name && after === null) return removeEntry(field, value, entryId);
  return {
    edit: { set: { [`${field.name}/${entryId}/${sub}`]: after } },
    shown: { [field.name]: list.map((one) => (one.id === entryId ? { ...one, [sub]: after } : one)) },
  };
}

export function removeEntry(field: Field, value: Json | undefined, entryId: string): Made {
  return { edit: { remove: { [field.name]: [entryId] } }, shown: { [field.name]: entries(value).filter((one) => one.id !== entryId) } };
}
