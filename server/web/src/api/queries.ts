/** What the page reads, by name. Everything is kept until an event says that it changed. */
import { QueryClient, useQuery, type UseQueryResult } from "@tanstack/react-query";

import { iso } from "../schema/dates";
import { sawRecord } from "../edits/store";
import { call, Problem } from "./client";
import type { Arrival, Author, Device, Json, Kind, Person, RecordPage, Related, Row, Schema, Session, Status } from "./types";

export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      // The event stream and the return of the server refresh; a refusal is an answer.
      retry: (count, error) => error instanceof Problem && error.mayPass && count < 30,
      retryDelay: (count) => Math.min(4000, 500 * 2 ** count),
      networkMode: "always",
    },
  },
});

export function useSession(): UseQueryResult<Session> {
  return useQuery({ queryKey: ["session"], queryFn: ({ signal }) => call<Session>("GET", "/session", { signal }) });
}

export function useSchema(): Schema | undefined {
  return useQuery({ queryKey: ["schema"], queryFn: ({ signal }) => call<Schema>("GET", "/schema", { signal }) }).data;
}

export function useKind(plural: string): Kind | undefined {
  const schema = useSchema();
  return schema && Object.values(schema.kinds).find((kind) => kind.plural === plural);
}

export function useAuthors(): Record<string, Author> {
  return useQuery({ queryKey: ["authors"], queryFn: ({ signal }) => call<{ authors: Record<string, Author> }>("GET", "/authors", { signal }) }).data?.authors ?? noAuthors;
}

const noAuthors: Record<string, Author> = {};

export function useStatus(): Status | undefined {
  return useQuery({ queryKey: ["status"], queryFn: ({ signal }) => call<Status>("GET", "/status", { signal }), refetchInterval: 30_000 }).data;
}

export function useRecord(plural: string, id: string): UseQueryResult<RecordPage> {
  return useQuery({ queryKey: ["record", id], queryFn: ({ signal }) => readRecord(plural, id, signal), enabled: id !== "" });
}

export async function readRecord(plural: string, id: string, signal?: AbortSignal): Promise<RecordPage> {
  const page = await call<RecordPage>("GET", `/${plural}/${id}`, { signal });
  sawRecord(id);
  return page;
}

export function useRelated(plural: string, id: string): UseQueryResult<{ rows: Related[] }> {
  return useQuery({ queryKey: ["related", id], queryFn: ({ signal }) => call<{ rows: Related[] }>("GET", `/${plural}/${id}/related`, { query: { limit: 200 }, signal }) });
}

export interface Today {
  overdue: Row[];
  due: Row[];
  visits: Row[];
  arrivals: Arrival[];
}

export function useToday(): UseQueryResult<Today> {
  return useQuery({ queryKey: ["today"], queryFn: ({ signal }) => call<Today>("GET", "/today", { query: { day: iso(new Date()) }, signal }) });
}

export function useConflicts(): UseQueryResult<{ records: RecordPage[]; count: number }> {
  return useQuery({ queryKey: ["conflicts"], queryFn: ({ signal }) => call<{ records: RecordPage[]; count: number }>("GET", "/conflicts", { signal }) });
}

export function useDevices(enabled: boolean): UseQueryResult<{ devices: Device[] }> {
  return useQuery({ queryKey: ["devices"], queryFn: ({ signal }) => call<{ devices: Device[] }>("GET", "/devices", { signal }), enabled, refetchInterval: 20_000 });
}

export function usePeople(enabled: boolean): UseQueryResult<{ people: Person[] }> {
  return useQuery({ queryKey: ["people"], queryFn: ({ signal }) => call<{ people: Person[] }>("GET", "/people", { signal }), enabled });
}

export function useArrivals(enabled = true): UseQueryResult<{ arrivals: Arrival[] }> {
  return useQuery({ queryKey: ["arrivals"], queryFn: ({ signal }) => call<{ arrivals: Arrival[] }>("GET", "/arrivals", { signal }), enabled });
}

/** Titles of linked records, whatever their kind: read once, refreshed by events. */
export function useTitles(schema: Schema | undefined, kinds: string[], ids: string[]): { known: Record<string, Known>; reading: boolean } {
  const wanted = [...new Set(ids)].sort();
  const { data, isPending, isPlaceholderData } = useQuery({
    queryKey: ["titles", kinds.join(","), wanted.join(",")],
    queryFn: async ({ signal }) => {
      const found: Record<string, Known> = {};
      for (const id of wanted) if (knownTitles.has(id)) found[id] = knownTitles.get(id)!;
      for (const name of kinds) {
        const plural = schema?.kinds[name]?.plural;
        const open = wanted.filter((id) => !(id in found));
        if (!plural || open.length === 0) continue;
        for (let at = 0; at < open.length; at += 200) {
          const { rows } = await call<{ rows: Row[] }>("GET", `/${plural}/rows`, { query: { records: open.slice(at, at + 200).join(",") }, signal });
          for (const row of rows) {
            if (row.kind !== name) continue;
            knownTitles.set(row.id, (found[row.id] = { title: row.title, kind: row.kind, cells: row.cells }));
          }
        }
      }
      return found;
    },
    enabled: wanted.length > 0 && schema !== undefined,
    placeholderData: (before) => before,
  });
  return { known: data ?? noTitles, reading: wanted.length > 0 && (isPending || isPlaceholderData) };
}

export interface Known {
  title: string;
  kind: string;
  cells: Record<string, Json>;
}

const noTitles: Record<string, Known> = {};

/** Titles read so far: a list that scrolls asks only for those it has not met. */
const knownTitles = new Map<string, Known>();

export function forgetTitle(id?: string): void {
  if (id === undefined) knownTitles.clear();
  else knownTitles.delete(id);
}
