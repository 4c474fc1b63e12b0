/** The shapes of the REST interface, as /work's contract names them. Instants are ms since 1970, UTC. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Lang = "de" | "en";
export type Words = Record<Lang, string>;

export interface Session {
  mode: "serve" | "desk" | "phone";
  signed_in: boolean;
  person: { id: string; name: string; role: "admin" | "office" | "field" } | null;
  workspace: { id: string; name: string } | null;
  needs_setup: boolean;
  device: string | null;
  version: string;
}

export interface Field {
  name: string;
  label: Words;
  type: string;
  list?: string | null;
  to?: string[];
  sub?: Field[];
  indexed?: boolean;
  searched?: boolean;
  hint?: boolean;
  relay_only?: boolean;
  computed?: boolean;
  custom?: string | null;
  section?: string;
}

export interface Kind {
  name: string;
  plural: string;
  label: Words;
  labels: Words;
  fields: Field[];
  title: string[][];
  columns: string[];
}

export interface Choice {
  key: string;
  label: Words;
  inactive?: boolean;
}

export interface Schema {
  version: number;
  kinds: Record<string, Kind>;
  lists: Record<string, Choice[]>;
}

export interface Author {
  device: string;
  person: string;
  person_id: string;
  platform: string;
}

export interface Row {
  number: number;
  id: string;
  kind: string;
  title: string;
  changed_at: number;
  removed: boolean;
  conflicts: number;
  pending: boolean;
  cells: Record<string, Json>;
}

export interface Origin {
  change: string;
  device: string | null;
  typed_at: number;
}

export interface Version extends Origin {
  value: Json;
}

export interface Conflict {
  field: string;
  key: string;
  versions: Version[];
}

export interface RecordPage {
  id: string;
  kind: string;
  title: string;
  heads: string[];
  removed: boolean;
  created_at: number;
  created_by: string | null;
  changed_at: number;
  changed_by: string | null;
  values: Record<string, Json>;
  origins: Record<string, Origin>;
  conflicts: Conflict[];
  problems: { field: string; code: string; detail: string }[];
  extra: Record<string, Json>;
  at_office: boolean;
  arrived: Record<string, number>;
}

export interface Splice {
  at: number;
  delete: number;
  insert: string;
}

/** What a person changed: `set` by field or `phones/<entry>/<sub-field>`; null clears. */
export interface Edit {
  id?: string;
  kind?: string;
  set?: Record<string, Json>;
  add?: Record<string, Json[]>;
  remove?: Record<string, string[]>;
  text?: Record<string, Splice[]>;
}

export interface Edited {
  id: string;
  hash: string | null;
  heads: string[];
  seq: number | null;
  conflicts: string[];
  created: boolean;
}

export interface HistoryStep {
  change: string;
  device: string | null;
  typed_at: number;
  arrived_at: number | null;
  seq: number | null;
  brought_by: string | null;
  fields: { field: string; key: string; old: Json; new: Json }[];
}

export interface Related {
  field: string;
  row: Row;
  text?: string;
  at?: number;
}

export interface Arrival {
  device: string;
  /** When it was last here before; null: never. */
  from: number | null;
  until: number;
  changes: number;
  records: string[];
  conflicts: number;
}

export interface Status {
  mode: Session["mode"];
  connected: boolean;
  carrier: "quic" | "websocket" | null;
  reason: string | null;
  pending: number;
  pending_since: number | null;
  last_contact: number | null;
  records: number;
  left_records: number;
  airplane: boolean;
  conflicts: number;
  devices_online?: number;
  /** After a restore, until its window closes: what came back, and who has not been heard of since. */
  restored?: Restored | null;
}

export interface Restored {
  at: number;
  backup_at: number;
  until: number;
  changes: number;
  authors: number;
  devices: string[];
  last_at: number | null;
  missing: { person_name: string; name: string }[];
}

export interface Device {
  id: string;
  person: string;
  person_name: string;
  name: string;
  platform: string;
  app: string;
  enrolled_at: number;
  last_seen: number | null;
  connected: boolean;
  carrier: string | null;
  revoked_at: number | null;
  pending: number | null;
  behind: number | null;
  clock_skew_ms: number | null;
  fingerprint: string;
}

export interface Invitation {
  link: string;
  qr_svg: string;
  expires: number | string;
  code?: string;
}

export interface Person {
  id: string;
  name: string;
  role: "admin" | "office" | "field";
  devices: number | unknown[];
}

export interface ImportRun {
  id: string;
  state?: "ready" | "running" | "done" | "cancelled" | "undone";
  format?: string;
  encoding?: string;
  delimiter?: string | null;
  rows?: number;
  columns?: { header: string; field: string | null; sample: string[] }[];
  counts: { new: number; update: number; skip: number; duplicate: number; error: number };
  errors: { row: number; column: string | number | null; value: string; code: string; reason: string }[];
  done?: number;
  total?: number;
  /** After the undo: records that somebody edited since, which stay. */
  left_alone?: number | null;
}

/** `event: change` of /events. */
export interface ChangeEvent {
  seq: number | null;
  kind: string;
  id: string;
  fields: string[];
  device: string | null;
  conflict: boolean;
  local: boolean;
}
