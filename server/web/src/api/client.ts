/**
 * One way to the server. Every answer that is not a success becomes a `Problem`; a server that cannot be
 * reached is a `Problem` with status 0. Who listens to `net` hears when the server went and came back.
 */
import { apiBase } from "../mount";

/** An RFC 9457 answer, or the lack of any. `code` is what the page translates. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly traceId: string | null = null,
    readonly fields: { pointer: string; code: string; message: string }[] = [],
  ) {
    super(`${code} (${status})`);
    this.name = "Problem";
  }

  /** True if the same request may succeed later without anybody changing anything. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

export interface Call {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  /** Sent as it is, for uploads. */
  bytes?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export async function call<T>(method: string, path: string, options: Call = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** The id vector: record numbers as u32, little endian. */
export async function callNumbers(path: string, options: Call = {}): Promise<Uint32Array> {
  const response = await send("GET", path, options);
  const buffer = await response.arrayBuffer();
  const view = new DataView(buffer);
  const numbers = new Uint32Array(Math.floor(buffer.byteLength / 4));
  for (let i = 0; i < numbers.length; i++) numbers[i] = view.getUint32(i * 4, true);
  return numbers;
}

export function address(path: string, query: Call["query"] = {}): string {
  const words = Object.entries(query).filter((pair): pair is [string, string | number | boolean] => pair[1] !== undefined && pair[1] !== "");
  const tail = new URLSearchParams(words.map(([key, value]) => [key, String(value)])).toString();
  return `${apiBase}${path}${tail ? `?${tail}` : ""}`;
}

async function send(method: string, path: string, options: Call): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  let body: BodyInit | undefined;
  if (options.bytes) {
    headers["content-type"] = "application/octet-stream";
    body = options.bytes;
  } else if (options.body !== undefined) {
    headers["content-type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    const limit = AbortSignal.timeout(options.bytes ? 300_000 : 20_000);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    response = await fetch(address(path, options.query), { method, headers, body, signal, credentials: "same-origin" });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    net.lost();
    throw new Problem(0, "unreachable", "");
  }
  if (response.ok) {
    net.reached();
    return response;
  }
  const problem = await readProblem(response);
  if (problem.mayPass) net.lost();
  else net.reached();
  if (response.status === 401 && !path.startsWith("/session")) net.signedOut();
  throw problem;
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Record<string, unknown>;
    return new Problem(
      response.status,
      typeof body.code === "string" ? body.code : `http_${response.status}`,
      typeof body.detail === "string" ? body.detail : "",
      typeof body.trace_id === "string" ? body.trace_id : null,
      Array.isArray(body.errors) ? (body.errors as Problem["fields"]) : [],
    );
  } catch {
    return new Problem(response.status, `http_${response.status}`, "");
  }
}

/** Whether the server answers. While it does not, one tab asks every two seconds. */
class Net {
  /** When the server stopped answering; null while it does. */
  lostAt: number | null = null;
  private listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  onBack = new Set<() => void>();
  onSignedOut: () => void = () => {};

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  lost(): void {
    if (this.lostAt === null) {
      this.lostAt = Date.now();
      this.tell();
    }
    this.timer ??= setTimeout(() => this.ask(), 2000);
  }

  reached(): void {
    if (this.lostAt === null) return;
    this.lostAt = null;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.tell();
    for (const back of this.onBack) back();
  }

  signedOut(): void {
    this.onSignedOut();
  }

  /** Asks at once. */
  ask(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    // Any answer will do; a failed one starts the next round by itself.
    send("GET", "/session", {}).catch(() => undefined);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

export const net = new Net();
