/** Two versions of one field, side by side. One key takes one; the choice is an edit and can be undone. */
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

import { useArrivals, useAuthors, useConflicts, useSchema, useStatus } from "../api/queries";
import type { Conflict, Json, Kind, RecordPage } from "../api/types";
import { label, useWords } from "../i18n/index";
import { showVersion } from "../record/Facts";
import { FieldEditor } from "../record/FieldEditor";
import { useNames } from "../record/names";
import { who } from "../record/sentence";
import { settle } from "../record/settle";
import { fieldOfKey, keyLabel, titleOf } from "../schema/values";
import { Link } from "../shell/Link";
import { problemText } from "../ui/problem";
import { Sign } from "../ui/sign";

export default function ReviewScreen(): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const { data, error } = useConflicts();
  const all = data?.records.flatMap((page) => page.conflicts.map((conflict) => ({ page, conflict, key: `${page.id}/${conflict.key}` }))) ?? [];
  const list = useRef<HTMLDivElement>(null);
  // What was settled on the reading it was settled on: one that comes back (undo) is shown again.
  const [settled, setSettled] = useState<{ on: unknown; keys: Set<string> }>({ on: null, keys: new Set() });
  const gone = settled.on === data ? settled.keys : none;
  const before = useRef(0);
  const shown = all.filter((one) => !gone.has(one.key));

  // After a choice the focus goes to the next one, not to the page.
  useEffect(() => {
    if (before.current > shown.length && !list.current?.contains(document.activeElement)) list.current?.querySelector<HTMLElement>("[data-review]")?.focus();
    before.current = shown.length;
  }, [shown.length]);

  return (
    <div className="main-inner">
      <div className="toolbar">
        <h1>{t.versions.title(data?.count ?? 0)}</h1>
      </div>
      {error && !data && <p role="alert" className="error">{problemText(error)}</p>}
      {data && shown.length === 0 && <p className="empty">{t.versions.empty}</p>}
      {shown.length > 0 && <p className="soft pb-3 max-w-[760px]">{t.versions.rule}</p>}
      <div className="cards" ref={list}>
        {shown.map((one) => {
          const kind = schema?.kinds[one.page.kind];
          return kind ? <Case key={one.key} kind={kind} page={one.page} conflict={one.conflict} onSettled={() => setSettled((old) => ({ on: data, keys: new Set(old.on === data ? old.keys : []).add(one.key) }))} /> : null;
        })}
      </div>
      <span className="sr-only" role="status">{data ? t.versions.title(data.count) : ""}</span>
    </div>
  );
}

function Case({ kind, page, conflict, onSettled }: { kind: Kind; page: RecordPage; conflict: Conflict; onSettled: () => void }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const authors = useAuthors();
  const arrivals = useArrivals(useStatus()?.mode === "serve").data?.arrivals ?? [];
  const [typing, setTyping] = useState(false);
  const names = useNames(kind, [page.values, ...conflict.versions.map((one) => ({ [conflict.field]: one.value }))]);
  const field = fieldOfKey(kind.fields, conflict.key) ?? { name: conflict.key, label: { de: conflict.key, en: conflict.key }, type: "string" };
  const name = keyLabel(kind.fields, conflict.key);
  const title = titleOf(schema, kind.name, page.title, page.values);
  const take = async (choice: number | { value: Json }): Promise<void> => {
    if (await settle(kind, page, conflict, choice)) onSettled();
  };
  const canBoth = field.type === "string" && conflict.versions.length === 2;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (typing || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    const n = Number(event.key);
    if (n >= 1 && n <= conflict.versions.length) {
      event.preventDefault();
      event.stopPropagation();
      void take(n - 1);
    } else if (event.key === "b" && canBoth) {
      event.preventDefault();
      void take({ value: both(conflict) });
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "j" || event.key === "k") {
      const list = [...document.querySelectorAll<HTMLElement>("[data-review]")];
      list[list.indexOf(event.currentTarget as HTMLElement) + (event.key === "ArrowDown" || event.key === "j" ? 1 : -1)]?.focus();
      event.preventDefault();
    }
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- one key takes one version
    <section className="card card-panel" data-review={`${page.id}/${conflict.key}`} tabIndex={0} aria-label={`${title} · ${name}`} onKeyDown={onKeyDown}>
      <h2 className="pb-2">
        <Link to={`/${kind.plural}/${page.id}`}>{title}</Link> · {name} <span className="versions"><Sign name="fork" /> {t.versions.n(conflict.versions.length)}</span>
      </h2>
      <div className="pair">
        {conflict.versions.map((version, i) => {
          const text = showVersion(schema, field, version.value, names, t);
          return (
            <div key={version.change + i} className={i === 0 ? "version version-shown" : "version"}>
              <span className="meta">
                {i + 1}
                {i === 0 && ` · ${t.versions.shown}`}
              </span>
              <span className="version-value">{text}</span>
              <span className="meta">{who(authors, version, page.arrived[version.change], page.at_office, arrivals)}</span>
              <span>
                <button type="button" className="button" onClick={() => void take(i)}>
                  {t.versions.take}
                  <span className="sr-only">: {text}</span> <kbd className="hide-narrow">{i + 1}</kbd>
                </button>
              </span>
            </div>
          );
        })}
      </div>
      <div className="pt-2 flex gap-2 flex-wrap">
        {canBoth && (
          <button type="button" className="button" onClick={() => void take({ value: both(conflict) })}>
            {t.versions.both} <kbd>b</kbd>
          </button>
        )}
        {typing ? (
          <FieldEditor
            field={{ ...field, label: field.label.de ? field.label : { de: name, en: name } }}
            value={conflict.versions[0]?.value}
            name={`${t.versions.newValue} ${label(field.label)}`}
            nameOf={names}
            onDone={(value, leave) => {
              setTyping(false);
              if (leave === "down") void take({ value });
            }}
            onCancel={() => setTyping(false)}
          />
        ) : (
          field.type !== "boolean" && (
            <button type="button" className="link-button" onClick={() => setTyping(true)}>
              {t.versions.newValue}
            </button>
          )
        )}
      </div>
    </section>
  );
}

const none = new Set<string>();

function both(conflict: Conflict): string {
  return conflict.versions.map((one) => String(one.value ?? "")).filter(Boolean).join(" / ");
}
