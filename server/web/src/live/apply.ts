/** What an event makes the page read again: only what is shown, and rows only if they are here. */
import { client, forgetTitle } from "../api/queries";
import type { ChangeEvent } from "../api/types";
import { onTaken } from "../edits/store";
import { allStores, rowStore } from "../grid/rows";
import type { LiveEvent } from "./events";

type Listener = (change: ChangeEvent | null) => void;
const lists = new Set<Listener>();
let pluralOf: (kind: string) => string | undefined = () => undefined;

export function knowKinds(lookup: (kind: string) => string | undefined): void {
  pluralOf = lookup;
}

/** Lists hear every change (null: everything may have changed) and decide whether their order did. */
export function onListChange(listener: Listener): () => void {
  lists.add(listener);
  return () => lists.delete(listener);
}

export function applyEvent(event: LiveEvent): void {
  switch (event.type) {
    case "change":
      changed(event.change);
      return;
    case "status":
      client.setQueryData(["status"], event.status);
      return;
    case "device":
      soon(["devices"]);
      soon(["arrivals"]);
      return;
    case "resync":
      for (const store of allStores()) store.clear();
      forgetTitle();
      void client.invalidateQueries();
      for (const listener of lists) listener(null);
  }
}

function changed(change: ChangeEvent): void {
  const plural = pluralOf(change.kind);
  if (plural) rowStore(plural).refresh(change.id);
  forgetTitle(change.id);
  void client.invalidateQueries({ queryKey: ["record", change.id] });
  void client.invalidateQueries({ queryKey: ["history", change.id] });
  soon(["related"]);
  soon(["titles"]);
  soon(["today"]);
  soon(["conflicts"]);
  if (change.kind === "setting") {
    soon(["schema"]);
    soon(["authors"]);
    soon(["people"]);
    soon(["views"]);
  }
  for (const listener of lists) listener(change);
}

const due = new Map<string, ReturnType<typeof setTimeout>>();

/** A burst of changes (a phone after three days) is one reading. */
function soon(queryKey: string[]): void {
  const name = queryKey.join("/");
  if (due.has(name)) return;
  due.set(
    name,
    setTimeout(() => {
      due.delete(name);
      void client.invalidateQueries({ queryKey });
    }, 150),
  );
}

/** Our own edit: the value typed is shown until the page that has it was read. */
onTaken(async (edit) => {
  rowStore(edit.plural).refresh(edit.record);
  // A reading that began before the edit must not end after it.
  await client.cancelQueries({ queryKey: ["record", edit.record] });
  soon(["related"]);
  soon(["today"]);
  soon(["conflicts"]);
  void client.invalidateQueries({ queryKey: ["history", edit.record] });
  for (const listener of lists) {
    listener({ seq: null, kind: "", id: edit.record, fields: Object.keys(edit.shown), device: null, conflict: false, local: true });
  }
  await Promise.all([
    client.invalidateQueries({ queryKey: ["record", edit.record] }),
    new Promise((resolve) => setTimeout(resolve, 250)),
  ]);
});
