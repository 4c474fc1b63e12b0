/** Stepping through the list a record was opened from, without going back: "12 von 483". */
import { call } from "../api/client";
import type { Row } from "../api/types";
import { rowStore } from "../grid/rows";

interface Way {
  plural: string;
  index: Uint32Array;
  at: number;
  search: Record<string, string>;
}

let way: Way | null = null;

export function openWay(plural: string, index: Uint32Array, at: number, search: Record<string, string>): void {
  way = { plural, index, at, search };
}

export function lastPlace(plural: string): number {
  return way?.plural === plural ? way.at : 0;
}

export interface Step {
  at: number;
  count: number;
  search: Record<string, string>;
  /** The id of the next record; null at the end. */
  go(by: 1 | -1): Promise<string | null>;
}

export function walk(plural: string, id: string): Step | null {
  const here = way;
  if (!here || here.plural !== plural) return null;
  const row = rowStore(plural).peek(here.index[here.at] ?? -1);
  if (row && row.id !== id) return null;
  return {
    at: here.at,
    count: here.index.length,
    search: here.search,
    async go(by) {
      const at = here.at + by;
      const number = here.index[at];
      if (number === undefined) return null;
      const store = rowStore(plural);
      let next = store.peek(number);
      if (!next) {
        const { rows } = await call<{ rows: Row[] }>("GET", `/${plural}/rows`, { query: { ids: number } });
        store.put(rows);
        next = rows[0];
      }
      if (!next) return null;
      way = { ...here, at };
      return next.id;
    },
  };
}
