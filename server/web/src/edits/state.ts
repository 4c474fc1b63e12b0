/**
 * What has been typed and is not yet the server's. Every edit shows at once (`overlay`), is sent in order
 * per record, waits while the server is away, and either becomes true or is taken back with its reason and
 * the typed value. A reducer, so that every step can be tested without a server.
 */
import type { Edit, Json } from "../api/types";

/** `done`: the server has it, but what is on the screen was read before. */
export type EditState = "queued" | "sending" | "done";

export interface Pending {
  /** Drawn here; the Idempotency-Key, so that a repeated request is one edit. */
  key: string;
  plural: string;
  record: string;
  method: "PATCH" | "PUT" | "DELETE" | "POST";
  path: string;
  body: Edit | null;
  /** Heads the person saw; null: the current ones. */
  base: string[] | null;
  /** Field to the value to show meanwhile. */
  shown: Record<string, Json>;
  state: EditState;
  tries: number;
  at: number;
}

export interface Edits {
  pending: Pending[];
  /** Heads after our own last edit of a record: the next edit builds on them, or it would compete with us. */
  own: Record<string, string[]>;
}

export type Step =
  | { type: "add"; edit: Pending }
  | { type: "sending"; key: string }
  | { type: "waiting"; key: string }
  | { type: "taken"; key: string; heads: string[] }
  | { type: "dropped"; key: string }
  | { type: "seen"; record: string };

export const noEdits: Edits = { pending: [], own: {} };

export function reduce(state: Edits, step: Step): Edits {
  switch (step.type) {
    case "add":
      return { ...state, pending: [...state.pending, step.edit] };
    case "sending":
      return { ...state, pending: state.pending.map((one) => (one.key === step.key ? { ...one, state: "sending", tries: one.tries + 1 } : one)) };
    case "waiting":
      return { ...state, pending: state.pending.map((one) => (one.key === step.key ? { ...one, state: "queued" } : one)) };
    case "taken": {
      const edit = state.pending.find((one) => one.key === step.key);
      return {
        pending: state.pending.map((one) => (one.key === step.key ? { ...one, state: "done" } : one)),
        own: edit ? { ...state.own, [edit.record]: step.heads } : state.own,
      };
    }
    case "dropped":
      return { ...state, pending: state.pending.filter((one) => one.key !== step.key) };
    case "seen": {
      // A page that was read after our edit has newer heads of its own.
      const { [step.record]: _, ...own } = state.own;
      return { ...state, own };
    }
  }
}

/** What to send next: the oldest edit of every record that has none under way. */
export function next(state: Edits): Pending[] {
  const busy = new Set<string>();
  const list: Pending[] = [];
  for (const edit of state.pending) {
    if (edit.state === "done") continue;
    if (!busy.has(edit.record) && edit.state === "queued") list.push(edit);
    busy.add(edit.record);
  }
  return list;
}

/** Values to show instead of the server's, newest last. */
export function overlay(state: Edits, record: string): Record<string, Json> | null {
  const mine = state.pending.filter((one) => one.record === record);
  return mine.length ? Object.assign({}, ...mine.map((one) => one.shown)) : null;
}

/** How many edits the server does not have yet. */
export function unsent(state: Edits): number {
  return state.pending.filter((one) => one.state !== "done").length;
}
