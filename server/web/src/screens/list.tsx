/** A list of one kind: search, chips, sort, columns, selection, inline edit, over the id vector. */
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";

import { address, callNumbers } from "../api/client";
import { useKind, useSchema, useSession } from "../api/queries";
import type { Field, Json, Kind, Row } from "../api/types";
import { newId, submit } from "../edits/store";
import { FilterBar } from "../grid/FilterBar";
import { Bulk, rowsOf } from "../grid/Bulk";
import { columnsOf, defaultColumns, hasName, sortWords, titleWord } from "../grid/columns";
import { Grid } from "../grid/Grid";
import { difference, type Difference } from "../grid/maths";
import { rowStore } from "../grid/rows";
import { filterJson, movingFields, readView, sentence, sortOf, sortText, writeView, type View, type ViewSearch } from "../grid/view";
import { Views } from "../grid/SavedViews";
import { useViews, type SavedView } from "../grid/saved";
import { label, useWords } from "../i18n/index";
import { onListChange } from "../live/apply";
import { remember, remembered, scoped } from "../mount";
import { editFor, editForEntry } from "../record/editfor";
import { useNames } from "../record/names";
import { entries, mainSub } from "../schema/values";
import { Link, useGo } from "../shell/Link";
import { NewDialog } from "../shell/NewDialog";
import { lastPlace, openWay } from "../shell/walk";
import { useKeys } from "../ui/keys";
import { setPrefs, useNarrow, usePrefs } from "../ui/prefs";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";

export default function ListScreen(): ReactNode {
  const { plural = "" } = useParams({ strict: false }) as { plural?: string };
  const t = useWords();
  const schema = useSchema();
  const kind = useKind(plural);
  if (schema && !kind) return <div className="main-inner"><p role="alert">{t.errors.code.unknown_kind}</p></div>;
  if (!kind) return <div className="main-grid" aria-busy="true" />;
  return <List key={plural} kind={kind} />;
}

function List({ kind }: { kind: Kind }): ReactNode {
  const t = useWords();
  const go = useGo();
  const schema = useSchema();
  const narrow = useNarrow();
  const prefs = usePrefs();
  const search = useSearch({ strict: false }) as ViewSearch;
  const view = useMemo(() => readView(search), [search]);
  const person = useSession().data?.person?.id;
  const views = useViews(kind, person);
  const chosen = views?.find((one) => one.id === search.v);
  const addressOf = (next: View): Record<string, string> => ({ ...writeView(next), ...(search.v ? { v: search.v } : {}) });
  const setView = (next: View): void => go(`/${kind.plural}`, addressOf(next));
  const store = rowStore(kind.plural);
  const [typed, setTyped] = useState(view.q);
  const [selected, setSelected] = useState<Set<number>>(new Set());
  const [creating, setCreating] = useState(false);
  const [bulk, setBulk] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const columnsName = scoped(`columns:${kind.name}`);
  const [keys, setKeys] = useState<string[]>(() => remembered<string[]>(columnsName, defaultColumns(kind)));

  // A view brings its columns, also when the page was opened by its address.
  const choose = (next: SavedView | null): void => {
    setKeys(next ? next.columns : remembered<string[]>(columnsName, defaultColumns(kind)));
    go(`/${kind.plural}`, next ? ({ ...next.search, v: next.id } as Record<string, string>) : {});
  };
  const opened = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (chosen && opened.current === undefined) setKeys(chosen.columns);
    if (views) opened.current = search.v ?? "";
    // oxlint-disable-next-line react/exhaustive-deps -- once, when the views are here
  }, [views]);

  const query = { filter: filterJson(view), sort: sortText(sortOf(view, kind)), search: view.q || undefined, removed: view.removed || undefined };
  const fresh = useQuery({
    queryKey: ["index", kind.plural, query],
    queryFn: ({ signal }) => callNumbers(`/${kind.plural}/index`, { query, signal }),
    placeholderData: (before) => before,
  });

  // The list on the screen; a newer one is offered while this one is in use.
  const [shown, setShown] = useState<{ key: string; index: Uint32Array } | null>(null);
  const viewKey = JSON.stringify(query);
  const busy = useRef(false);
  const own = useRef(false);
  const [offer, setOffer] = useState<Difference | null>(null);
  useEffect(() => {
    if (!fresh.data || fresh.isPlaceholderData) return;
    if (!shown || shown.key !== viewKey || !busy.current || own.current) {
      own.current = false;
      setShown({ key: viewKey, index: fresh.data });
      setOffer(null);
      return;
    }
    const change = difference(shown.index, fresh.data);
    setOffer(change.added || change.gone || change.moved ? change : null);
  }, [fresh.data, fresh.isPlaceholderData, shown, viewKey]);
  const index = shown?.index ?? emptyIndex;

  const { refetch } = fresh;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moving = movingFields(view, kind);
    const stop = onListChange((change) => {
      if (change && change.kind !== "" && change.kind !== kind.name) return;
      const moves = !change || view.q !== "" || change.fields.length === 0 || change.fields.some((field) => moving.has(field.split("/")[0] ?? field)) || !store.byId(change.id);
      if (!moves) return;
      clearTimeout(timer);
      timer = setTimeout(() => void refetch(), 500);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [view, kind, refetch, store]);

  useEffect(() => setTyped(view.q), [view.q]);
  useEffect(() => {
    if (typed === view.q) return;
    const timer = setTimeout(() => setView({ ...view, q: typed }), 150);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- only typing starts this
  }, [typed]);

  useKeys({
    "/": () => box.current?.focus(),
    n: () => setCreating(true),
    Escape: () => (selected.size ? setSelected(new Set()) : view.q ? setView({ ...view, q: "" }) : undefined),
  });

  const chipIds = view.groups.flat().filter((chip) => chip.op === "links_to" && typeof chip.value === "string").map((chip) => chip.value as string);
  const names = useNames(kind, noRows, chipIds);
  const columns = useMemo(() => columnsOf(kind.fields, keys, titleWord(kind, t.list.name), t.list.changed, hasName(kind)), [kind, keys, t]);

  const edit = async (row: Row, field: Field, value: Json): Promise<void> => {
    const made = field.type === "entries" ? editEntryCell(field, row, value) : editFor(field, row.cells[field.name], value);
    if (!made) return;
    try {
      await submit({ plural: kind.plural, record: row.id, edit: made.edit, shown: made.shown });
    } catch (error) {
      throw new Error(`${problemText(error)} ${t.errors.typedKept}`, { cause: error });
    }
  };

  const sort = (field: string, add: boolean): void => {
    const now = sortOf(view, kind).find((one) => one.field === field);
    const next = { field, descending: now ? !now.descending : false };
    setView({ ...view, sort: add ? [...view.sort.filter((one) => one.field !== field), next] : [next] });
  };

  const trash = async (): Promise<void> => {
    const rows = await rowsOf(kind, [...selected]);
    await Promise.all(rows.map((row) => submit({ plural: kind.plural, record: row.id, edit: {}, removal: !view.removed, restore: view.removed })))
      .then(() => {
        toast(view.removed ? t.record.restored : t.list.trashed(rows.length), {
          undo: view.removed ? undefined : () => rows.forEach((row) => void submit({ plural: kind.plural, record: row.id, edit: {}, restore: true }).catch(() => undefined)),
        });
      })
      .catch((error: unknown) => toast(problemText(error), { bad: true }));
    setSelected(new Set());
    own.current = true;
  };

  const one = label(kind.label);
  const many = label(kind.labels);
  const count = t.list.count(index.length, one, many);
  const spoken = sentence(schema, kind, view, names);
  const rowHeight = narrow ? 56 : prefs.density === "compact" ? 32 : 40;
  const filtered = view.q !== "" || view.groups.length > 0;

  return (
    <div className="main-grid">
      <div className="toolbar">
        <h1>{many}</h1>
        <span className="soft num" role="status" data-count={index.length}>
          {shown ? count : ""}
        </span>
        <input ref={box} type="search" className="list-search flex-[0_1_280px] min-w-[120px]" aria-label={t.list.searchIn(many)} placeholder={t.list.searchIn(many)} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <span className="push flex gap-2 items-center flex-wrap">
          <Button className="button hide-narrow" onPress={() => setPrefs({ density: prefs.density === "compact" ? "roomy" : "compact" })}>
            {t.list.density}: {prefs.density === "compact" ? t.list.compact : t.list.roomy}
          </Button>
          <DialogTrigger>
            <Button className="button hide-narrow">{t.list.columns}</Button>
            <Popover className="popover">
              <Dialog className="dialog" aria-label={t.list.columns}>
                <Columns
                  kind={kind}
                  keys={keys}
                  onChange={(next) => {
                    setKeys(next);
                    if (!chosen) remember(columnsName, next);
                  }}
                />
              </Dialog>
            </Popover>
          </DialogTrigger>
          <Button className="button button-main" onPress={() => setCreating(true)}>
            + {one}
          </Button>
        </span>
      </div>
      {views && <Views kind={kind} views={views} chosen={chosen} search={search} columns={keys} person={person} onChoose={choose} />}
      <div className="toolbar">
        <FilterBar schema={schema} kind={kind} view={view} names={names} onChange={setView} />
        <span className="push meta hide-narrow">{t.list.sortBy(sortWords(kind, view, titleWord(kind, t.list.name), t.list.changed))}</span>
        <button type="button" className="chip chip-plain" aria-pressed={view.removed} onClick={() => setView({ ...view, removed: !view.removed })}>
          {t.nav.trash}
          {view.removed && <span aria-hidden="true"> ✓</span>}
        </button>
      </div>
      <span className="sr-only" role="status">{spoken}</span>
      {fresh.error && !fresh.data ? <p role="alert" className="error">{problemText(fresh.error)}</p> : null}
      <div className="flex-1 min-h-0 flex flex-col relative">
        {offer && (
          <div className="grid-offer" style={{ top: 32 }}>
            <button
              type="button"
              className="button button-main"
              onClick={() => {
                if (fresh.data) setShown({ key: viewKey, index: fresh.data });
                setOffer(null);
              }}
            >
              {offer.added > 0 ? t.list.newRows(offer.added, one, many) : t.list.newOrder}
            </button>
          </div>
        )}
        {shown && index.length === 0 ? (
          <div className="empty">
            <p>{filtered || view.removed ? t.list.nothing : (t.list.emptyKind[kind.name] ?? t.list.emptyOther)}</p>
            {filtered || view.removed ? (
              <Button className="button" onPress={() => setView({ q: "", groups: [], sort: view.sort, removed: false })}>{t.list.clear}</Button>
            ) : (
              <>
                <Button className="button button-main" onPress={() => setCreating(true)}>+ {one}</Button>
                <Link to="/import">{t.list.importLink}</Link>
              </>
            )}
          </div>
        ) : (
          <Grid
            name={many}
            schema={schema}
            store={store}
            index={index}
            columns={columns}
            view={view}
            rowHeight={rowHeight}
            narrow={narrow}
            selected={selected}
            kind={kind}
            start={Math.min(lastPlace(kind.plural), Math.max(0, index.length - 1))}
            onSelect={setSelected}
            onSort={sort}
            onOpen={(row, at) => {
              openWay(kind.plural, index, at, addressOf(view));
              go(`/${kind.plural}/${row.id}`);
            }}
            onEdit={edit}
            onBusy={(now) => {
              busy.current = now;
            }}
          />
        )}
      </div>
      {selected.size > 0 && (
        <div className="bulk" role="region" aria-label={t.list.selected(selected.size)}>
          <span role="status">{t.list.selected(selected.size)}</span>
          {!view.removed && <Button className="button" onPress={() => setBulk(true)}>{t.list.change}</Button>}
          {(kind.name === "contact" || kind.name === "company") && !view.removed && selected.size === index.length && (
            <a className="button" href={address(`/exports/${kind.plural}.csv`, { filter: query.filter, search: query.search })} download>
              {t.list.export} CSV
            </a>
          )}
          {selected.size <= 500 && <Button className="button button-bad" onPress={() => void trash()}>{view.removed ? t.list.restore : t.list.trash}</Button>}
          <Button className="link-button" onPress={() => setSelected(new Set())}>{t.common.cancel}</Button>
        </div>
      )}
      <NewDialog kind={creating ? kind.name : null} onClose={() => setCreating(false)} />
      {bulk && <Bulk kind={kind} numbers={[...selected]} names={names} onClose={() => setBulk(false)} />}
    </div>
  );
}

function Columns({ kind, keys, onChange }: { kind: Kind; keys: string[]; onChange: (keys: string[]) => void }): ReactNode {
  const t = useWords();
  const fields = kind.fields.filter((field) => !["events", "blob", "geo", "rule"].includes(field.type));
  return (
    <div className="grid gap-0" role="group" aria-label={t.list.columns}>
      {[...fields.map((field) => ({ key: field.name, text: label(field.label) })), { key: "changed", text: t.list.changed }].map((one) => (
        <label key={one.key} className="switch">
          <input type="checkbox" checked={keys.includes(one.key)} onChange={(event) => onChange(event.target.checked ? [...keys, one.key] : keys.filter((key) => key !== one.key))} />
          {one.text}
        </label>
      ))}
    </div>
  );
}

function editEntryCell(field: Field, row: Row, value: Json): ReturnType<typeof editForEntry> {
  const main = mainSub(field);
  const first = entries(row.cells[field.name])[0];
  if (!main) return null;
  return editForEntry(field, row.cells[field.name], first ? String(first.id) : null, main.name, value, newId().slice(-12));
}

const noRows: Record<string, Json>[] = [];
const emptyIndex = new Uint32Array(0);
