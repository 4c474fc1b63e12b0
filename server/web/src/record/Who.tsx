/** Provenance beside a value: on hover, on keyboard focus, and with `h` (or a tap) the earlier values too. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useLayoutEffect, useRef, useState, type ReactNode } from "react";

import { call } from "../api/client";
import { useArrivals, useAuthors, useStatus } from "../api/queries";
import type { HistoryStep, Kind, RecordPage } from "../api/types";
import { useWords } from "../i18n/index";
import type { Names } from "../schema/values";
import { Difference, tells } from "./Difference";
import { originOf, who } from "./sentence";

interface Props {
  kind: Kind;
  page: RecordPage;
  fieldKey: string;
  names: Names;
  /** Gets what to spread on the focusable value. */
  children: (bind: Bind) => ReactNode;
}

export interface Bind {
  "aria-describedby": string | undefined;
  onPointerEnter: () => void;
  onPointerLeave: () => void;
  onFocus: () => void;
  onBlur: () => void;
  /** True if the key was ours. */
  onHistory: () => void;
}

export function Who({ kind, page, fieldKey, names, children }: Props): ReactNode {
  const [open, setOpen] = useState<"no" | "brief" | "full">("no");
  const anchor = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const id = useId();
  useEffect(() => () => clearTimeout(timer.current), []);
  const origin = originOf(page, fieldKey);
  const bind: Bind = {
    "aria-describedby": open === "no" ? undefined : id,
    onPointerEnter: () => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setOpen((now) => (now === "no" ? "brief" : now)), 250);
    },
    onPointerLeave: () => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setOpen((now) => (now === "brief" ? "no" : now)), 150);
    },
    onFocus: () => {
      // Only for the keyboard: a click is about to edit.
      if (anchor.current?.querySelector(":focus-visible")) setOpen((now) => (now === "no" ? "brief" : now));
    },
    onBlur: () => setOpen("no"),
    onHistory: () => setOpen((now) => (now === "full" ? "brief" : "full")),
  };
  useEffect(() => {
    if (open !== "full") return;
    const close = (event: globalThis.KeyboardEvent): void => {
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        setOpen("no");
      }
    };
    document.addEventListener("keydown", close, true);
    return () => document.removeEventListener("keydown", close, true);
  }, [open]);
  return (
    <span ref={anchor} className="block flex-1 min-w-0">
      {children(bind)}
      {open !== "no" && (origin || open === "full") && <Bubble id={id} kind={kind} page={page} fieldKey={fieldKey} names={names} full={open === "full"} anchor={anchor.current} onStay={() => clearTimeout(timer.current)} />}
    </span>
  );
}

function Bubble(props: { id: string; kind: Kind; page: RecordPage; fieldKey: string; names: Names; full: boolean; anchor: HTMLElement | null; onStay: () => void }): ReactNode {
  const t = useWords();
  const authors = useAuthors();
  const serve = useStatus()?.mode === "serve";
  const arrivals = useArrivals(serve).data?.arrivals ?? [];
  const origin = originOf(props.page, props.fieldKey);
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const at = props.anchor?.getBoundingClientRect();
    const box = bubble.current;
    if (!at || !box) return;
    const below = at.bottom + box.offsetHeight + 8 < innerHeight;
    box.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - box.offsetHeight - 4)}px`;
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  });
  return (
    <div ref={bubble} id={props.id} role="tooltip" className="who" data-who={props.fieldKey} onPointerEnter={props.onStay}>
      {origin && <div>{who(authors, origin, props.page.arrived[origin.change], props.page.at_office, arrivals)}</div>}
      {props.full ? <Earlier {...props} /> : <div className="meta">{t.who.hint}</div>}
    </div>
  );
}

function Earlier({ kind, page, fieldKey, names }: { kind: Kind; page: RecordPage; fieldKey: string; names: Names }): ReactNode {
  const t = useWords();
  const authors = useAuthors();
  const field = fieldKey.split("/")[0] ?? fieldKey;
  const { data } = useQuery({
    queryKey: ["history", page.id, field],
    queryFn: ({ signal }) => call<{ steps: HistoryStep[] }>("GET", `/${kind.plural}/${page.id}/history`, { query: { field: fieldKey.startsWith("custom/") ? fieldKey : field }, signal }),
  });
  if (!data) return <div className="meta">{t.common.loading}</div>;
  const lines = data.steps
    .flatMap((step) => step.fields.filter((one) => one.key === fieldKey || one.key.startsWith(`${fieldKey}/`) || one.field === fieldKey).filter((one) => tells(kind, one)).map((one) => ({ step, one })))
    .toReversed();
  if (lines.length === 0) return <div className="meta">{t.who.noEarlier}</div>;
  return (
    <table aria-label={t.who.earlier}>
      <tbody>
        {lines.slice(0, 12).map(({ step, one }) => {
          return (
            <tr key={`${step.change}${one.key}`}>
              <td className="soft">{who(authors, { change: step.change, device: step.device, typed_at: step.typed_at }, step.arrived_at, page.at_office)}</td>
              <td>
                <Difference kind={kind} changed={one} names={names} named={one.key !== fieldKey} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}


