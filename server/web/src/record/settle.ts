/** Choosing between versions, and the ways back: of a choice, and of any last edit. */
import { call, Problem } from "../api/client";
import { client } from "../api/queries";
import type { Conflict, Edited, Json, Kind, RecordPage } from "../api/types";
import { onTaken } from "../edits/store";
import { rowStore } from "../grid/rows";
import { words } from "../i18n/index";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";

interface Choice {
  plural: string;
  record: string;
  conflict: Conflict;
  /** Heads on which both versions stood. */
  heads: string[];
}

/** Our last edit, if it was a choice: Ctrl+Z then takes the choice back. */
let last: Choice | null = null;
onTaken(() => {
  last = null;
});

/** Takes version `n`, or a new value; an edit like any other, which Ctrl+Z takes back. */
export async function settle(kind: Kind, page: RecordPage, conflict: Conflict, n: number | { value: Json }): Promise<boolean> {
  const take = typeof n === "number" ? (conflict.versions[n] ? { version: conflict.versions[n].change } : null) : { value: n.value };
  if (!take) return false;
  try {
    await call<Edited>("POST", `/${kind.plural}/${page.id}/settle`, { body: { key: conflict.key, take } });
    const choice = { plural: kind.plural, record: page.id, conflict, heads: page.heads };
    last = choice;
    changed(choice.plural, choice.record);
    toast(words().versions.settled, { undo: () => void reopen(choice) });
    return true;
  } catch (error) {
    toast(problemText(error), { bad: true });
    return false;
  }
}

/** Takes back the last own edit (of this record, if named): itself a new edit. */
export async function undoLast(record?: string): Promise<void> {
  if (last && (record === undefined || record === last.record)) return reopen(last);
  try {
    const edited = await call<Edited>("POST", "/undo", { body: record ? { id: record } : {} });
    void client.invalidateQueries({ queryKey: ["record", edited.id] });
    void client.invalidateQueries({ queryKey: ["conflicts"] });
    void client.invalidateQueries({ queryKey: ["today"] });
    toast(words().common.undone);
  } catch (error) {
    toast(problemText(error), { bad: true });
  }
}

/**
 * Puts the question again. The server's undo brings back the value that was shown, alone; the others are entered
 * anew on the heads on which they stood, beside it, so that both versions wait again.
 */
async function reopen(choice: Choice): Promise<void> {
  last = null;
  const { conflict, plural, record } = choice;
  try {
    await call<Edited>("POST", "/undo", { body: { id: record } }).catch((error: unknown) => {
      // The shown one was taken: its value stands already.
      if (!(error instanceof Problem && error.code === "nothing_to_undo")) throw error;
    });
    // The mark of a removed entry is no field that can be set; its entry is back with the undo.
    if (!conflict.key.endsWith("/removed")) {
      for (const { value } of conflict.versions.slice(1)) {
        await call<Edited>("PATCH", `/${plural}/${record}`, { body: { set: { [conflict.key]: value } }, headers: { "base-heads": choice.heads.join(",") } });
      }
    }
    toast(words().common.undone);
  } catch (error) {
    toast(problemText(error), { bad: true });
  }
  changed(plural, record);
}

function changed(plural: string, record: string): void {
  for (const queryKey of [["record", record], ["conflicts"], ["status"]]) void client.invalidateQueries({ queryKey });
  rowStore(plural).refresh(record);
}
