/** Where the focus goes, what is selected, and what a new index means for a list that is being used. */

export interface Place {
  row: number;
  col: number;
}

/** The place a key leads to; null if the key does not move. */
export function move(key: string, ctrl: boolean, from: Place, rows: number, cols: number, page: number): Place | null {
  const row = (n: number): number => Math.max(0, Math.min(rows - 1, n));
  const col = (n: number): number => Math.max(0, Math.min(cols - 1, n));
  switch (key) {
    case "ArrowDown":
    case "j":
      return { row: row(from.row + 1), col: from.col };
    case "ArrowUp":
    case "k":
      return { row: row(from.row - 1), col: from.col };
    case "ArrowRight":
      return { row: from.row, col: col(from.col + 1) };
    case "ArrowLeft":
      return { row: from.row, col: col(from.col - 1) };
    case "PageDown":
      return { row: row(from.row + page), col: from.col };
    case "PageUp":
      return { row: row(from.row - page), col: from.col };
    case "Home":
      return ctrl ? { row: 0, col: 0 } : { row: from.row, col: 0 };
    case "End":
      return ctrl ? { row: row(rows - 1), col: col(cols - 1) } : { row: from.row, col: col(cols - 1) };
    default:
      return null;
  }
}

/** The numbers of the rows between two places of the list, both included. */
export function range(index: Uint32Array, a: number, b: number): number[] {
  return Array.from(index.subarray(Math.min(a, b), Math.max(a, b) + 1));
}

export interface Difference {
  /** Rows that are in the new list only. */
  added: number;
  gone: number;
  /** True if rows that stayed stand in another order. */
  moved: boolean;
}

export function difference(before: Uint32Array, after: Uint32Array): Difference {
  const old = new Set(before);
  const fresh = new Set(after);
  let added = 0;
  for (const one of after) if (!old.has(one)) added++;
  let gone = 0;
  for (const one of before) if (!fresh.has(one)) gone++;
  const stayed = before.filter((one) => fresh.has(one));
  let at = 0;
  let moved = false;
  for (const one of after) {
    if (!old.has(one)) continue;
    if (stayed[at++] !== one) {
      moved = true;
      break;
    }
  }
  return { added, gone, moved };
}

/**
 * Widths of columns that fill `room` exactly: each gives or takes in proportion, none goes below its least. If even
 * the least are too wide, every column keeps its own width and the list scrolls.
 */
export function fit(columns: { width: number; least: number }[], room: number): number[] {
  const least = columns.reduce((sum, one) => sum + one.least, 0);
  const total = columns.reduce((sum, one) => sum + one.width, 0);
  if (room <= 0 || least > room) return columns.map((one) => one.width);
  if (total <= room) return columns.map((one) => Math.floor((one.width * room) / total));
  // What each can give up, shared out by how much that is.
  const part = (total - room) / (total - least);
  return columns.map((one) => Math.floor(one.width - (one.width - one.least) * part));
}

/** The rows to draw: what is visible, a few around it, and always the one that has the focus. */
export function withFocused(visible: number[], focused: number | null, count: number): number[] {
  if (focused === null || focused < 0 || focused >= count || visible.includes(focused)) return visible;
  return [...visible, focused].sort((a, b) => a - b);
}
