/**
 * Where this page is mounted. Several pages share one origin (the office and every demo phone), so
 * every name that the browser keeps per origin (locks, channels, storage) carries the mount.
 */

/** `""` for the office, `"/phone/anna"` for a demo phone. Never ends with a slash. */
export const mount = (document.querySelector<HTMLMetaElement>('meta[name="farley-mount"]')?.content ?? "").replace(/\/+$/, "");

export const apiBase = `${mount}/api/v1`;

/** A name for lock, channel or storage that no other mount and no other person shares. */
export function scoped(name: string, person = "-"): string {
  return `farley:${mount || "/"}:${person}:${name}`;
}

/** Reads from local storage; a browser that refuses storage reads as empty. */
export function remembered<T>(name: string, fallback: T): T {
  try {
    const text = localStorage.getItem(name);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

/** Writes to local storage; false if the browser refuses. */
export function remember(name: string, value: unknown): boolean {
  try {
    if (value === undefined || value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
