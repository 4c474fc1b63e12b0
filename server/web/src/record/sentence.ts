/** Who changed something, on which device, when it was typed and when it arrived: one sentence. */
import type { Arrival, Author, Origin, RecordPage } from "../api/types";
import { when } from "../i18n/format";
import { words } from "../i18n/index";

export type Authors = Record<string, Author>;

export function author(authors: Authors, device: string | null): string {
  if (device === null) return words().who.someone;
  const known = authors[device];
  return known ? [known.person, deviceName(known)].filter(Boolean).join(" · ") : words().who.someone;
}

/** What a person edits in the office stands in the data under this platform, in German. */
export function deviceName(known: Author): string {
  return known.platform === "Büro" ? words().who.office : known.device;
}

/** "M. Brandt · Pixel 9 · getippt Mo 14:12 (offline Fr 16:05 – Mo 17:40) · hier seit Mo 17:41". */
export function who(authors: Authors, origin: Origin, arrivedAt: number | null | undefined, atOffice: boolean, arrivals: Arrival[] = [], now = Date.now()): string {
  const t = words().who;
  const away = arrivals.find((one) => one.device === origin.device && one.from !== null && one.from <= origin.typed_at && origin.typed_at <= one.until);
  const parts = [author(authors, origin.device), t.typed(when(origin.typed_at, now)) + (away ? ` ${t.offlineSpan(when(away.from!, now), when(away.until, now))}` : "")];
  // Both times only where they differ by more than a minute.
  if (arrivedAt !== null && arrivedAt !== undefined) {
    if (Math.abs(arrivedAt - origin.typed_at) > 60_000) parts.push(t.here(when(arrivedAt, now)));
  } else if (!atOffice) parts.push(t.notHere);
  return parts.join(" · ");
}

/** The newest origin of a field: its own key, or any key below it. */
export function originOf(page: RecordPage, key: string): Origin | null {
  const own = page.origins[key];
  if (own) return own;
  let newest: Origin | null = null;
  for (const [name, origin] of Object.entries(page.origins)) {
    if (name.startsWith(`${key}/`) && (!newest || origin.typed_at > newest.typed_at)) newest = origin;
  }
  return newest;
}
