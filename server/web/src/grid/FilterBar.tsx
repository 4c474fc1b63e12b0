/** The view as a sentence of chips: each opens to be changed, with "or" beside it. */
import { useState, type ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";

import type { Field, Kind, Schema } from "../api/types";
import { label, useWords } from "../i18n/index";
import { FieldEditor } from "../record/FieldEditor";
import { show, type Names } from "../schema/values";
import { chipText, needsValue, opsFor, scalarField, type Chip, type View } from "./view";

interface Props {
  schema: Schema | undefined;
  kind: Kind;
  view: View;
  names: Names;
  onChange: (view: View) => void;
}

export function FilterBar({ schema, kind, view, names, onChange }: Props): ReactNode {
  const t = useWords();
  const groups = view.groups;
  const put = (g: number, c: number, chip: Chip | null): void => {
    const next = groups.map((group) => [...group]);
    if (chip === null) next[g]?.splice(c, 1);
    else if (!next[g]) next.push([chip]);
    else next[g]![c] = chip;
    onChange({ ...view, groups: next.filter((group) => group.length) });
  };
  return (
    <div className="flex items-center gap-1 flex-wrap" role="group" aria-label={t.list.addFilter}>
      {groups.map((group, g) => (
        // oxlint-disable-next-line react/no-array-index-key -- groups have no identity but their place
        <span key={g} className="contents">
          {g > 0 && <span className="meta">{t.common.and}</span>}
          {group.length > 1 && <span aria-hidden="true">(</span>}
          {group.map((chip, c) => (
            // oxlint-disable-next-line react/no-array-index-key -- chips have no identity but their place
            <span key={c} className="contents">
              {c > 0 && <span className="meta">{t.common.or}</span>}
              <span className="chip">
                <ChipButton schema={schema} kind={kind} chip={chip} names={names} text={chipText(schema, kind, chip, names)} className="" onDone={(next) => put(g, c, next)} />
                <Button className="icon-button" aria-label={`${t.common.remove}: ${chipText(schema, kind, chip, names)}`} onPress={() => put(g, c, null)}>
                  ×
                </Button>
              </span>
            </span>
          ))}
          {group.length > 1 && <span aria-hidden="true">)</span>}
          {g === groups.length - 1 && <ChipButton schema={schema} kind={kind} names={names} text={`+ ${t.list.orFilter}`} className="link-button" onDone={(chip) => put(g, group.length, chip)} />}
        </span>
      ))}
      <ChipButton schema={schema} kind={kind} names={names} text={`+ ${t.list.addFilter}`} className="link-button" onDone={(chip) => put(groups.length, 0, chip)} />
      {groups.length > 0 && (
        <Button className="link-button" onPress={() => onChange({ ...view, groups: [] })}>
          {t.list.clear}
        </Button>
      )}
    </div>
  );
}

function ChipButton(props: { schema: Schema | undefined; kind: Kind; chip?: Chip; names: Names; text: string; className: string; onDone: (chip: Chip) => void }): ReactNode {
  const [open, setOpen] = useState(false);
  const t = useWords();
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button className={props.className}>{props.text}</Button>
      <Popover className="popover">
        <Dialog className="dialog" aria-label={t.list.addFilter}>
          <ChipForm
            {...props}
            onDone={(chip) => {
              props.onDone(chip);
              setOpen(false);
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function ChipForm({ schema, kind, chip, names, onDone }: { schema: Schema | undefined; kind: Kind; chip?: Chip; names: Names; onDone: (chip: Chip) => void }): ReactNode {
  const t = useWords();
  const fields = filterable(kind);
  const [draft, setDraft] = useState<Chip>(chip ?? { field: fields[0]?.name ?? "", op: opsFor(fields[0]?.type ?? "string")[0]!, value: null });
  const [editing, setEditing] = useState(!chip);
  const field = fields.find((one) => one.name === draft.field);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(draft);
      }}
    >
      <label>
        {t.list.filterField}
        <select
          value={draft.field}
          onChange={(event) => {
            const next = fields.find((one) => one.name === event.target.value);
            setDraft({ field: event.target.value, op: opsFor(next?.type ?? "string")[0]!, value: null });
            setEditing(false);
          }}
        >
          {fields.map((one) => (
            <option key={one.name} value={one.name}>
              {label(one.label)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t.list.filterOp}
        <select value={draft.op} onChange={(event) => setDraft({ ...draft, op: event.target.value })}>
          {opsFor(field?.type ?? "string").map((op) => (
            <option key={op} value={op}>
              {t.op[op]}
            </option>
          ))}
        </select>
      </label>
      {needsValue(draft.op) && field && (
        <div className="label">
          {t.list.filterValue}
          {editing ? (
            <FieldEditor
              key={`${draft.field}/${draft.op}`}
              field={scalarField(field)}
              value={draft.value ?? undefined}
              name={t.list.filterValue}
              nameOf={names}
              onDone={(value, leave) => {
                const next = { ...draft, value };
                setDraft(next);
                if (leave === "down" && value !== null) onDone(next);
                else if (leave !== "stay") setEditing(false);
              }}
              onCancel={() => setEditing(false)}
            />
          ) : (
            <button type="button" className="button" onClick={() => setEditing(true)}>
              {show(schema, scalarField(field), draft.value, names) || "…"}
            </button>
          )}
        </div>
      )}
      <Button type="submit" className="button button-main">
        {t.common.apply}
      </Button>
    </form>
  );
}

export function filterable(kind: Kind): Field[] {
  return kind.fields.filter((field) => field.indexed && !["entries", "address", "events", "blob", "geo", "rule", "text"].includes(field.type));
}
