/**
 * Rows by number and by id. A grid asks for what it draws; everything missing in one frame is one request.
 * A row that is here is shown at once and stays until the server says something newer.
 */
import { call } from "../api/client";
import type { Row } from "../api/types";

const perRequest = 200;

export class RowStore {
  private byNumber = new Map<number, Row>();
  private numberOf = new Map<string, number>();
  private wanted = new Set<number>();
  private stale = new Set<string>();
  private asked = new Set<number>();
  private listeners = new Set<() => void>();
  private scheduled = false;
  /** Cells that somebody else has just changed: `id/field` to the time. */
  private glowing = new Map<string, number>();
  version = 0;

  constructor(readonly plural: string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): number => this.version;

  get(number: number): Row | undefined {
    const row = this.byNumber.get(number);
    if (!row && !this.asked.has(number)) {
      this.wanted.add(number);
      this.schedule();
    }
    return row;
  }

  byId(id: string): Row | undefined {
    const number = this.numberOf.get(id);
    return number === undefined ? undefined : this.byNumber.get(number);
  }

  peek(number: number): Row | undefined {
    return this.byNumber.get(number);
  }

  put(rows: Row[], glow = false): void {
    for (const row of rows) {
      const before = this.byNumber.get(row.number);
      if (glow && before) {
        for (const field of new Set([...Object.keys(before.cells), ...Object.keys(row.cells)])) {
          if (JSON.stringify(before.cells[field]) !== JSON.stringify(row.cells[field])) this.glowing.set(`${row.id}/${field}`, Date.now());
        }
        if (before.title !== row.title) this.glowing.set(`${row.id}/@name`, Date.now());
      }
      this.byNumber.set(row.number, row);
      this.numberOf.set(row.id, row.number);
    }
    if (rows.length) this.tell();
  }

  /** True for the second after somebody else changed the cell. */
  glows(id: string, field: string): boolean {
    return Date.now() - (this.glowing.get(`${id}/${field}`) ?? 0) < 1500;
  }

  /** Fetches the row again, if it is here. */
  refresh(id: string): void {
    if (!this.numberOf.has(id)) return;
    this.stale.add(id);
    this.schedule();
  }

  /** Row numbers belong to one index: after `resync` nothing here is worth anything. */
  clear(): void {
    this.byNumber.clear();
    this.numberOf.clear();
    this.asked.clear();
    this.wanted.clear();
    this.tell();
  }

  /** Asks again for what could not be fetched. */
  again(): void {
    this.asked.clear();
    this.tell();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrameOrSoon(() => {
      this.scheduled = false;
      void this.fetch();
    });
  }

  private async fetch(): Promise<void> {
    const ids = [...this.stale].slice(0, perRequest);
    const numbers = [...this.wanted].slice(-perRequest);
    this.stale.clear();
    this.wanted.clear();
    for (const number of numbers) this.asked.add(number);
    await Promise.all([
      numbers.length ? this.load({ ids: numbers.join(",") }, false, numbers) : undefined,
      ids.length ? this.load({ records: ids.join(",") }, true, []) : undefined,
    ]);
  }

  private async load(query: Record<string, string>, glow: boolean, numbers: number[]): Promise<void> {
    try {
      const { rows } = await call<{ rows: Row[] }>("GET", `/${this.plural}/rows`, { query });
      this.put(rows, glow);
    } catch {
      // Asked again when the server is back or the row is drawn anew; the banner says what is wrong.
      setTimeout(() => {
        for (const number of numbers) this.asked.delete(number);
      }, 1000);
    }
  }

  private tell(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}

const stores = new Map<string, RowStore>();

export function rowStore(plural: string): RowStore {
  let store = stores.get(plural);
  if (!store) stores.set(plural, (store = new RowStore(plural)));
  return store;
}

export function allStores(): RowStore[] {
  return [...stores.values()];
}

function requestAnimationFrameOrSoon(run: () => void): void {
  // A hidden tab gets no frames, but its rows must stay fresh for when it is shown.
  if (document.hidden) setTimeout(run, 50);
  else requestAnimationFrame(run);
}
