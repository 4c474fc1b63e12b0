/** Sends edits: at once, in order, once. Keeps them in local storage until the server has them. */
import { useSyncExternalStore } from "react";

import { call, net, Problem } from "../api/client";
import type { Edit, Edited, Json } from "../api/types";
import { remember, remembered, scoped } from "../mount";
import { next, noEdits, overlay, reduce, type Edits, type Pending, type Step } from "./state";

let state: Edits = noEdits;
let storage: string | null = null;
const listeners = new Set<() => void>();
const waiting = new Map<string, { resolve: (edited: Edited) => void; reject: (problem: Problem) => void }>();
const taken = new Set<(edit: Pending, edited: Edited) => Promise<unknown> | void>();
/** Told about an edit of an earlier visit that the server refused: nobody waits for its promise any more. */
const refused = new Set<(edit: Pending, problem: Problem) => void>();

/** Takes up what an earlier visit of this person could not send. */
export function openEdits(person: string): void {
  storage = scoped("edits", person);
  const kept = remembered<Pending[]>(storage, []).map((one) => ({ ...one, state: "queued" as const }));
  state = { ...noEdits, pending: kept };
  tell();
  pump();
}

export interface Wish {
  plural: string;
  record: string;
  edit: Edit;
  base?: string[] | null;
  shown?: Record<string, Json>;
  /** Makes the record: idempotent under its client-made id. */
  create?: boolean;
  removal?: boolean;
  restore?: boolean;
}

/** Resolves when the server has the edit, however long that takes; rejects if the server refuses it. */
export function submit(wish: Wish): Promise<Edited> {
  const path = `/${wish.plural}/${wish.record}${wish.restore ? "/restore" : ""}`;
  const edit: Pending = {
    key: newKey(),
    plural: wish.plural,
    record: wish.record,
    method: wish.create ? "PUT" : wish.removal ? "DELETE" : wish.restore ? "POST" : "PATCH",
    path,
    body: wish.removal || wish.restore ? null : wish.edit,
    base: wish.base ?? null,
    shown: wish.shown ?? {},
    state: "queued",
    tries: 0,
    at: Date.now(),
  };
  const promise = new Promise<Edited>((resolve, reject) => waiting.set(edit.key, { resolve, reject }));
  apply({ type: "add", edit });
  pump();
  return promise;
}

/** Listeners read anew what the edit changed; its own value is shown until they have. */
export function onTaken(listener: (edit: Pending, edited: Edited) => Promise<unknown> | void): () => void {
  taken.add(listener);
  return () => taken.delete(listener);
}

export function onRefused(listener: (edit: Pending, problem: Problem) => void): () => void {
  refused.add(listener);
  return () => refused.delete(listener);
}

/** A record page newer than our own last edit was read. */
export function sawRecord(record: string): void {
  if (state.own[record] && !state.pending.some((one) => one.record === record && one.state !== "done")) apply({ type: "seen", record });
}

/** The heads an edit of this record builds on: our own newest, else those that were read. */
export function baseOf(record: string, read: string[] | null): string[] | null {
  return read === null ? null : (state.own[record] ?? read);
}

export function useEdits(): Edits {
  return useSyncExternalStore(subscribe, () => state, () => state);
}

export function useOverlay(record: string): Record<string, Json> | null {
  const edits = useEdits();
  return overlay(edits, record);
}

export function shownOver(record: string): Record<string, Json> | null {
  return overlay(state, record);
}

/** A UUIDv7: its time first, so that new records sort last. */
export function newId(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) & 0xff;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

net.onBack.add(pump);

function pump(): void {
  for (const edit of next(state)) void send(edit);
}

async function send(edit: Pending): Promise<void> {
  apply({ type: "sending", key: edit.key });
  const base = baseOf(edit.record, edit.base);
  try {
    const edited = await call<Edited>(edit.method, edit.path, {
      body: edit.body ?? undefined,
      headers: { "idempotency-key": edit.key, ...(base && edit.method === "PATCH" ? { "base-heads": base.join(",") } : {}) },
    });
    finish(edit, edited);
    return;
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(0, "unreachable", String(error));
    if (problem.mayPass) {
      apply({ type: "waiting", key: edit.key });
      return; // sent again when the server is back
    }
    // "Nothing differs" is what a repeated edit reads once the first try got through.
    if (problem.code === "empty") {
      finish(edit, { id: edit.record, hash: null, heads: base ?? [], seq: null, conflicts: [], created: false });
      return;
    }
    const promise = waiting.get(edit.key);
    waiting.delete(edit.key);
    apply({ type: "dropped", key: edit.key });
    if (promise) promise.reject(problem);
    else for (const listener of refused) listener(edit, problem);
  }
  pump();
}

function finish(edit: Pending, edited: Edited): void {
  apply({ type: "taken", key: edit.key, heads: edited?.heads ?? [] });
  waiting.get(edit.key)?.resolve(edited);
  waiting.delete(edit.key);
  const read = Promise.allSettled([...taken].map((listener) => listener(edit, edited)));
  const limit = new Promise((resolve) => setTimeout(resolve, 3000));
  void Promise.race([read, limit]).then(() => apply({ type: "dropped", key: edit.key }));
  pump();
}

function apply(step: Step): void {
  state = reduce(state, step);
  const kept = state.pending.filter((one) => one.state !== "done");
  if (storage) remember(storage, kept.length ? kept : null);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function newKey(): string {
  return newId();
}
