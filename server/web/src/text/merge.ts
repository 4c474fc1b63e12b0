/**
 * Co-edited text on this side of the wire: what to send as splices, and how to bring what others wrote
 * into the text being typed. Positions are UTF-16 units, as the server counts them and as JavaScript does.
 *
 * Typing stays as it was typed (an insertion is an insertion); a replacement is widened to whole words,
 * because two people replacing parts of one word would otherwise leave letters of both.
 */
import type { Splice } from "../api/types";

/** The splices that turn `from` into `to`, ascending, each counted in `from`. */
export function splices(from: string, to: string): Splice[] {
  if (from === to) return [];
  const head = commonHead(from, to);
  const tail = commonTail(from, to, head);
  const gone = from.slice(head, from.length - tail);
  const come = to.slice(head, to.length - tail);
  if (gone === "" || come === "") return [{ at: head, delete: gone.length, insert: come }];
  return wordSplices(from, to);
}

/** Applies splices that are all counted in `text`, ascending. */
export function applySplices(text: string, list: Splice[]): string {
  let out = "";
  let at = 0;
  for (const splice of list) {
    out += text.slice(at, splice.at) + splice.insert;
    at = splice.at + splice.delete;
  }
  return out + text.slice(at);
}

/**
 * For the server, which applies splices one after the other: each counted in the text as the ones before
 * it left it. From the back to the front, so that no position moves.
 */
export function inOrderToSend(list: Splice[]): Splice[] {
  return list.toReversed();
}

export interface Merged {
  text: string;
  /** Where a position of `mine` is in `text`. */
  place(position: number): number;
}

/** `mine` and `theirs` both came from `base`; the result has what both did. */
export function merge3(base: string, mine: string, theirs: string): Merged {
  const ours = splices(base, mine);
  const other = splices(base, theirs).filter((splice) => !ours.some((own) => same(own, splice)));
  // Their splices, moved to where they belong in `mine`.
  const moved: Splice[] = [];
  for (const splice of other) {
    let remove: [number, number][] = [[splice.at, splice.at + splice.delete]];
    // What we have removed already cannot be removed again.
    for (const own of ours) remove = remove.flatMap(([from, to]) => cut(from, to, own.at, own.at + own.delete));
    moved.push({ at: before(ours, splice.at), delete: 0, insert: splice.insert });
    for (const [from, to] of remove) if (to > from) moved.push({ at: shifted(ours, from), delete: to - from, insert: "" });
  }
  moved.sort((a, b) => a.at - b.at || a.delete - b.delete);
  return { text: applySplices(mine, moved), place: (position) => placed(moved, position) };
}

function placed(list: Splice[], position: number): number {
  let delta = 0;
  for (const splice of list) {
    // Text that arrives exactly at the caret stands before it: what is being typed stays at its end.
    if (splice.at > position || (splice.at === position && splice.delete > 0)) break;
    if (splice.delete > 0) delta -= Math.min(splice.delete, position - splice.at);
    delta += splice.insert.length;
  }
  return position + delta;
}

/** Where an insertion at `at` of the base belongs in our text: before what we inserted at the same place. */
function before(ours: Splice[], at: number): number {
  let delta = 0;
  for (const own of ours) {
    if (own.at >= at) break;
    if (own.at + own.delete > at) return own.at + delta + own.insert.length; // our replacement covers it: behind it
    delta += own.insert.length - own.delete;
  }
  return at + delta;
}

/** Where position `at` of the base, which `ours` did not remove, stands in our text. */
function shifted(ours: Splice[], at: number): number {
  let delta = 0;
  for (const own of ours) if (own.at + own.delete <= at) delta += own.insert.length - own.delete;
  return at + delta;
}

/** The parts of from..to outside a..b; at most two. A pure insertion (a = b) splits the range too. */
function cut(from: number, to: number, a: number, b: number): [number, number][] {
  if (b < from || a > to || (a === b && (a <= from || a >= to))) return [[from, to]];
  const parts: [number, number][] = [];
  if (a > from) parts.push([from, Math.min(a, to)]);
  if (b < to) parts.push([Math.max(b, from), to]);
  return parts;
}

function same(a: Splice, b: Splice): boolean {
  return a.at === b.at && a.delete === b.delete && a.insert === b.insert;
}

/** Longest common subsequence over words and the blanks between them. */
function wordSplices(from: string, to: string): Splice[] {
  const a = words(from);
  const b = words(to);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const left = a.slice(head, a.length - tail);
  const right = b.slice(head, b.length - tail);
  const start = a.slice(0, head).join("").length;
  // Two quite different long texts: one replacement is honest and takes no memory.
  if (left.length * right.length > 4_000_000) return [{ at: start, delete: left.join("").length, insert: right.join("") }];
  const width = right.length + 1;
  const table = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      table[i * width + j] =
        left[i] === right[j] ? table[(i + 1) * width + j + 1]! + 1 : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
    }
  }
  const list: Splice[] = [];
  let at = start;
  let open: Splice | null = null;
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      if (open) list.push(open);
      open = null;
      at += left[i]!.length;
      i++;
      j++;
      continue;
    }
    open ??= { at, delete: 0, insert: "" };
    if (j >= right.length || (i < left.length && table[(i + 1) * width + j]! >= table[i * width + j + 1]!)) {
      open.delete += left[i]!.length;
      at += left[i]!.length;
      i++;
    } else {
      open.insert += right[j]!;
      j++;
    }
  }
  if (open) list.push(open);
  return list;
}

function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}_]+|\s+|[^\p{L}\p{N}\p{M}_\s]/gu) ?? [];
}

function commonHead(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  // Never between the two halves of one character.
  return at > 0 && isHigh(a.charCodeAt(at - 1)) ? at - 1 : at;
}

function commonTail(a: string, b: string, head: number): number {
  let count = 0;
  while (count < a.length - head && count < b.length - head && a.charCodeAt(a.length - 1 - count) === b.charCodeAt(b.length - 1 - count)) count++;
  return count > 0 && isLow(a.charCodeAt(a.length - count)) ? count - 1 : count;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
