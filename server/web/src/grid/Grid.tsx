/**
 * The list: an ARIA grid of our own over the id vector. It knows every row's number from the start, so the
 * scrollbar and the count are exact; it draws only what is visible, and the row that has the focus stays
 * drawn when it scrolls out of view, or the focus would fall to the page.
 */
import { useVirtualizer, defaultRangeExtractor } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore, type KeyboardEvent, type ReactNode, type RefObject } from "react";

import type { Field, Json, Kind, Row, Schema } from "../api/types";
import { useWords } from "../i18n/index";
import { FieldEditor, type Leave } from "../record/FieldEditor";
import { useNames } from "../record/names";
import { shownOver, useEdits } from "../edits/store";
import { Cell, NarrowRow } from "./cells";
import { editable, editorField, editorValue, numeric, sortKey, type Column } from "./columns";
import { fit, move, range, withFocused, type Place } from "./maths";
import type { RowStore } from "./rows";
import { sortOf, type View } from "./view";

export interface GridProps {
  name: string;
  schema: Schema | undefined;
  store: RowStore;
  index: Uint32Array;
  columns: Column[];
  view: View;
  rowHeight: number;
  narrow: boolean;
  selected: Set<number>;
  kind: Kind;
  start?: number;
  onSelect: (next: Set<number>) => void;
  onSort: (field: string, add: boolean) => void;
  onOpen: (row: Row, at: number) => void;
  onEdit: (row: Row, field: Field, value: Json) => Promise<void>;
  onBusy: (busy: boolean) => void;
}

interface Editing extends Place {
  text?: string;
  error?: string;
}

const selectWidth = 40;
export function Grid(props: GridProps): ReactNode {
  const { index, store, narrow } = props;
  const t = useWords();
  useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot);
  useEdits();
  const scroller = useRef<HTMLDivElement>(null);
  const room = useRoom(scroller);
  const widths = fit(props.columns, room - selectWidth);
  const columns = props.columns.map((column, i) => ({ ...column, width: widths[i]! }));
  const [place, setPlace] = useState<Place>({ row: props.start ?? 0, col: narrow ? 0 : 1 });
  const [editing, setEditing] = useState<Editing | null>(null);
  const anchor = useRef<number | null>(null);
  const wantsFocus = useRef(false);
  const cols = narrow ? 1 : columns.length + 1;

  const virtual = useVirtualizer({
    count: index.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => props.rowHeight,
    overscan: 10,
    rangeExtractor: (span) => withFocused(defaultRangeExtractor(span), place.row, index.length),
  });
  const names = useNames(props.kind, virtual.getVirtualItems().map((item) => store.peek(index[item.index] ?? -1)?.cells ?? {}));
  useEffect(() => virtual.measure(), [props.rowHeight, virtual]);
  useEffect(() => {
    if (props.start) virtual.scrollToIndex(props.start, { align: "center" });
    // oxlint-disable-next-line react/exhaustive-deps -- where the list was left, once
  }, []);

  // The focus follows the place, but only if the list has it: a change from elsewhere never takes it.
  useLayoutEffect(() => {
    if (!wantsFocus.current || editing) return;
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-place="${place.row}:${place.col}"]`);
    if (cell) {
      cell.focus({ preventScroll: true });
      wantsFocus.current = false;
    }
  });

  const go = (next: Place, select = false): void => {
    if (select) {
      anchor.current ??= place.row;
      props.onSelect(new Set(range(index, anchor.current, next.row)));
    } else anchor.current = null;
    wantsFocus.current = true;
    setPlace(next);
    virtual.scrollToIndex(next.row);
    scrollColumnIntoView(scroller.current, next.col);
  };

  const rowAt = (at: number): Row | undefined => (at < index.length ? store.get(index[at]!) : undefined);
  const columnAt = (col: number): Column | undefined => (narrow ? columns[0] : columns[col - 1]);

  const toggle = (at: number): void => {
    const number = index[at];
    if (number === undefined) return;
    const next = new Set(props.selected);
    if (!next.delete(number)) next.add(number);
    props.onSelect(next);
  };

  const edit = (at: Place): void => {
    const column = columnAt(at.col);
    if (column?.field && editable(column.field) && rowAt(at.row)) setEditing(at);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (editing || !(event.target instanceof HTMLElement) || !event.target.dataset.place) return;
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      go(move(event.key, false, place, index.length, cols, 1)!, true);
      return;
    }
    if (ctrl && event.key === "a") {
      event.preventDefault();
      props.onSelect(new Set(index));
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / props.rowHeight) - 1);
    // Ctrl+↑↓ belongs to the record page; everything else that moves, moves here.
    const next = ctrl && !/^(Home|End)$/.test(event.key) ? null : move(event.key, ctrl, place, index.length, cols, page);
    if (next) {
      event.preventDefault();
      event.stopPropagation();
      go(next);
      return;
    }
    const column = columnAt(place.col);
    switch (event.key) {
      case "Enter": {
        event.preventDefault();
        const row = rowAt(place.row);
        if (!row) return;
        if (place.col === 0 && !narrow) toggle(place.row);
        else if (!column?.field || !editable(column.field)) props.onOpen(row, place.row);
        else edit(place);
        return;
      }
      case "e":
      case "F2":
        if (ctrl) return;
        event.preventDefault();
        event.stopPropagation();
        edit(place);
        return;
      case "x":
      case " ":
        if (ctrl) return;
        event.preventDefault();
        event.stopPropagation();
        toggle(place.row);
        return;
      case "Escape":
        if (props.selected.size) {
          event.preventDefault();
          event.stopPropagation();
          props.onSelect(new Set());
        }
    }
  };

  const done = (row: Row, column: Column, value: Json, leave: Leave, text: string): void => {
    const at: Place = { row: place.row, col: editing?.col ?? place.col };
    setEditing(null);
    // The refused value comes back into the box with its reason: nothing typed is lost.
    props.onEdit(row, column.field!, value).catch((error: unknown) => {
      setPlace(at);
      setEditing({ ...at, text, error: error instanceof Error ? error.message : String(error) });
    });
    wantsFocus.current = true;
    if (leave === "down") go({ row: Math.min(index.length - 1, at.row + 1), col: at.col });
    else if (leave === "next" || leave === "previous") {
      const step = leave === "next" ? 1 : -1;
      for (let col = at.col + step; col > 0 && col <= columns.length; col += step) {
        const field = columns[col - 1]?.field;
        if (field && editable(field)) {
          go({ row: at.row, col });
          setEditing({ row: at.row, col });
          return;
        }
      }
      go(at);
    } else setPlace(at);
  };

  const allSelected = index.length > 0 && props.selected.size === index.length;
  const width = columns.reduce((sum, column) => sum + column.width, selectWidth);

  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the focus is in its cells
    <div
      ref={scroller}
      className="list-grid"
      role="grid"
      aria-label={props.name}
      aria-rowcount={index.length + 1}
      aria-colcount={cols}
      aria-multiselectable="true"
      onKeyDown={onKeyDown}
      onFocus={() => props.onBusy(true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) props.onBusy(false);
      }}
      onPointerEnter={() => props.onBusy(true)}
      onPointerLeave={(event) => {
        if (!event.currentTarget.contains(document.activeElement)) props.onBusy(false);
      }}
    >
      <div role="rowgroup" className="sticky top-0 z-[3]" style={{ width: narrow ? undefined : width, minWidth: "100%" }}>
        <div className="grid-row grid-head" role="row" aria-rowindex={1}>
          {!narrow && (
            <div role="columnheader" aria-colindex={1} className="grid-cell grid-pin" style={{ width: selectWidth }}>
              <input type="checkbox" aria-label={t.list.selectAll} checked={allSelected} ref={(box) => void (box && (box.indeterminate = props.selected.size > 0 && !allSelected))} onChange={() => props.onSelect(allSelected ? new Set() : new Set(index))} />
            </div>
          )}
          {(narrow ? columns.slice(0, 1) : columns).map((column, i) => {
            const sorted = sortOf(props.view, props.kind).find((one) => one.field === sortKey(column));
            return (
              <div
                key={column.key}
                role="columnheader"
                aria-colindex={narrow ? 1 : i + 2}
                aria-sort={sorted ? (sorted.descending ? "descending" : "ascending") : undefined}
                className={`grid-cell${i === 0 && !narrow ? " grid-pin grid-pin-2" : ""}`}
                style={narrow ? { flex: 1 } : { width: column.width }}
              >
                {column.sortable ? (
                  <button type="button" className="grid-sort" onClick={(event) => props.onSort(sortKey(column), event.shiftKey)}>
                    {column.title}
                    {sorted && <span aria-hidden="true">{sorted.descending ? "↓" : "↑"}</span>}
                  </button>
                ) : (
                  <span className="font-semibold">{column.title}</span>
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize(), width: narrow ? undefined : width, minWidth: "100%" }}>
        {virtual.getVirtualItems().map((item) => {
          const number = index[item.index];
          const row = number === undefined ? undefined : store.get(number);
          const over = row ? shownOver(row.id) : null;
          const chosen = number !== undefined && props.selected.has(number);
          return (
            <div
              key={number ?? item.index}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={chosen}
              className={`grid-row${item.index === place.row ? " grid-row-focus" : ""}`}
              style={{ transform: `translateY(${item.start}px)`, height: props.rowHeight, width: narrow ? "100%" : undefined }}
            >
              {narrow ? (
                <NarrowRow {...props} names={names} row={row} at={item.index} over={over} focused={place.row === item.index} onPlace={() => setPlace({ row: item.index, col: 0 })} />
              ) : (
                <>
                  <div
                    role="gridcell"
                    aria-colindex={1}
                    className="grid-cell grid-pin"
                    style={{ width: selectWidth }}
                    data-place={`${item.index}:0`}
                    tabIndex={place.row === item.index && place.col === 0 ? 0 : -1}
                    onFocus={(event) => event.target === event.currentTarget && setPlace({ row: item.index, col: 0 })}
                  >
                    <input type="checkbox" tabIndex={-1} aria-label={t.list.selectRow(row?.title ?? "")} checked={chosen} onChange={() => toggle(item.index)} />
                  </div>
                  {columns.map((column, i) => {
                    const here = place.row === item.index && place.col === i + 1;
                    const isEditing = editing?.row === item.index && editing.col === i + 1 && row && column.field;
                    return (
                      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are the grid's
                      <div
                        key={column.key}
                        role="gridcell"
                        aria-colindex={i + 2}
                        data-place={`${item.index}:${i + 1}`}
                        data-field={column.key}
                        tabIndex={here ? 0 : -1}
                        className={`grid-cell${i === 0 ? " grid-pin grid-pin-2" : ""}${numeric(column.field) ? " grid-num" : ""}${isEditing ? " grid-cell-edit" : ""}${row && store.glows(row.id, column.key) ? " glow" : ""}`}
                        style={{ width: column.width }}
                        onFocus={(event) => event.target === event.currentTarget && setPlace({ row: item.index, col: i + 1 })}
                        onClick={() => !isEditing && go({ row: item.index, col: i + 1 })}
                        onDoubleClick={() => edit({ row: item.index, col: i + 1 })}
                      >
                        {isEditing ? (
                          <FieldEditor
                            field={editorField(column.field!)}
                            value={editorValue(column.field!, over?.[column.key] ?? row.cells[column.key])}
                            text={editing.text}
                            error={editing.error}
                            nameOf={names}
                            onDone={(value, leave, text) => done(row, column, value, leave, text)}
                            onCancel={() => {
                              setEditing(null);
                              wantsFocus.current = true;
                            }}
                          />
                        ) : (
                          <Cell row={row} column={column} over={over} schema={props.schema} names={names} onOpen={() => row && props.onOpen(row, item.index)} />
                        )}
                      </div>
                    );
                  })}
                </>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function scrollColumnIntoView(scroller: HTMLElement | null, col: number): void {
  requestAnimationFrame(() => scroller?.querySelector(`[data-place$=":${col}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" }));
}

/** How wide the list is, without its scrollbar. */
function useRoom(scroller: RefObject<HTMLDivElement | null>): number {
  const [room, setRoom] = useState(0);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const measure = (): void => setRoom(box.clientWidth);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, [scroller]);
  return room;
}
