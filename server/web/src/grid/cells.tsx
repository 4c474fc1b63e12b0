/** What stands in a row: a cell at desktop width, two lines and a call at phone width. */
import type { ReactNode } from "react";

import type { Json, Row, Schema } from "../api/types";
import { when } from "../i18n/format";
import { useWords } from "../i18n/index";
import { entries, show, strings, titleOf, type Names } from "../schema/values";
import { Sign } from "../ui/sign";
import { nameColumn, type Column } from "./columns";
import type { GridProps } from "./Grid";

export function Cell(props: { row: Row | undefined; column: Column; over: Record<string, Json> | null; schema: Schema | undefined; names: Names; onOpen: () => void }): ReactNode {
  const t = useWords();
  const { row, column, over } = props;
  if (!row) return <span className="grid-wait" />;
  if (column.key === nameColumn) {
    return (
      <>
        <a
          href={`#${row.id}`}
          tabIndex={-1}
          onClick={(event) => {
            event.preventDefault();
            props.onOpen();
          }}
        >
          {titleOf(props.schema, row.kind, row.title, row.cells)}
        </a>
        <Marks row={row} />
      </>
    );
  }
  if (column.key === "changed") return <span className="soft num">{when(row.changed_at)}</span>;
  const value = over && column.key in over ? over[column.key] : row.cells[column.key];
  return (
    <>
      <span title={undefined}>{column.field ? show(props.schema, column.field, value, props.names) : ""}</span>
      {over && column.key in over && <span className="meta">{t.status.sending}</span>}
    </>
  );
}

export function Marks({ row }: { row: Row }): ReactNode {
  const t = useWords();
  return (
    <>
      {row.conflicts > 0 && (
        <span className="tag tag-versions" title={t.list.versions(row.conflicts)}>
          <Sign name="fork" /> <span className="sr-only">{t.list.versions(row.conflicts)}</span>
        </span>
      )}
      {row.pending && (
        <span className="tag tag-pending" title={t.list.notSent}>
          ↑ <span className="sr-only">{t.list.notSent}</span>
        </span>
      )}
    </>
  );
}

export function NarrowRow(props: GridProps & { names: Names; row: Row | undefined; at: number; over: Record<string, Json> | null; focused: boolean; onPlace: () => void }): ReactNode {
  const t = useWords();
  const { row } = props;
  const second = props.columns
    .slice(1)
    .map((column) => (row && column.field ? show(props.schema, column.field, props.over?.[column.key] ?? row.cells[column.key], props.names) : ""))
    .filter(Boolean)
    .slice(0, 3)
    .join(" · ");
  const phone = row ? firstPhone(row) : null;
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are the grid's
    <div role="gridcell" aria-colindex={1} className="grid-cell" style={{ flex: 1 }} data-place={`${props.at}:0`} tabIndex={props.focused ? 0 : -1} onFocus={(event) => event.target === event.currentTarget && props.onPlace()} onClick={() => row && props.onOpen(row, props.at)}>
      {row ? (
        <>
          <span className="two-line">
            <span className="font-medium">
              {titleOf(props.schema, row.kind, row.title, row.cells)} <Marks row={row} />
            </span>
            <span className="meta">{second}</span>
          </span>
          {phone && (
            <a className="button" href={`tel:${phone.replace(/[^+\d]/g, "")}`} aria-label={t.list.call(row.title)} onClick={(event) => event.stopPropagation()}>
              <Sign name="phone" />
            </a>
          )}
        </>
      ) : (
        <span className="grid-wait" />
      )}
    </div>
  );
}

export function firstPhone(row: Row): string | null {
  const value = row.cells.phones ?? row.cells.phone;
  const entry = entries(value)[0];
  if (entry && typeof entry.number === "string") return entry.number;
  return strings(value)[0] ?? null;
}
