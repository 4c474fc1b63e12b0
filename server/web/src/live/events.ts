/**
 * One event stream for all tabs of one person on one mount. The tab that holds the Web Lock listens and
 * tells the others; when it closes, the next one takes over and says `resync`, because nobody listened
 * in between. Without locks (plain http on a LAN) every visible tab listens for itself.
 */
import { address, net } from "../api/client";
import type { ChangeEvent, Status } from "../api/types";
import { scoped } from "../mount";

export type LiveEvent =
  | { type: "change"; change: ChangeEvent }
  | { type: "status"; status: Status }
  | { type: "device"; id: string; connected: boolean }
  | { type: "resync" };

/** Starts listening; returns how to stop. */
export function listen(person: string, onEvent: (event: LiveEvent) => void): () => void {
  const name = scoped("events", person);
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
  if (channel) channel.onmessage = (message: MessageEvent<LiveEvent>) => onEvent(message.data);
  const tell = (event: LiveEvent): void => {
    onEvent(event);
    channel?.postMessage(event);
  };

  let stopped = false;
  let close: (() => void) | null = null;
  const opened = Date.now();
  const open = (): void => {
    if (stopped || close) return;
    // Whoever takes over later has missed what came while nobody listened.
    close = stream(tell, Date.now() - opened > 2000);
  };
  const shut = (): void => {
    close?.();
    close = null;
  };

  const abort = new AbortController();
  if (navigator.locks) {
    navigator.locks
      .request(name, { signal: abort.signal }, () => {
        open();
        return new Promise<void>((resolve) => abort.signal.addEventListener("abort", () => resolve()));
      })
      .catch(() => undefined);
  } else {
    const visible = (): void => (document.hidden ? shut() : open());
    document.addEventListener("visibilitychange", visible, { signal: abort.signal });
    visible();
  }

  return () => {
    stopped = true;
    abort.abort();
    shut();
    channel?.close();
  };
}

function stream(tell: (event: LiveEvent) => void, late: boolean): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let first = !late;

  const start = (): void => {
    source = new EventSource(address("/events"), { withCredentials: true });
    source.onopen = () => {
      net.reached();
      // The browser's own reconnect resumes by Last-Event-ID; a stream made anew does not.
      if (!first) tell({ type: "resync" });
      first = true;
    };
    source.addEventListener("change", (event) => parsed<ChangeEvent>(event, (change) => tell({ type: "change", change })));
    source.addEventListener("status", (event) => parsed<Status>(event, (status) => tell({ type: "status", status })));
    source.addEventListener("device", (event) => parsed<{ id: string; connected: boolean }>(event, (device) => tell({ type: "device", ...device })));
    source.addEventListener("resync", () => tell({ type: "resync" }));
    source.onerror = () => {
      if (closed) return;
      net.ask();
      if (source.readyState === EventSource.CLOSED) {
        first = false;
        clearTimeout(timer);
        timer = setTimeout(start, 2000);
      }
    };
  };
  start();

  return () => {
    closed = true;
    clearTimeout(timer);
    source.close();
  };
}

function parsed<T>(event: Event, tell: (value: T) => void): void {
  try {
    tell(JSON.parse((event as MessageEvent<string>).data) as T);
  } catch {
    // A line we cannot read says nothing; the next resync brings what it meant.
  }
}
