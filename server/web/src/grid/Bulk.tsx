/** One field of many records at once, and its way back. */
import { useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import { call, Problem } from "../api/client";
import { useSchema } from "../api/queries";
import type { Edit, Edited, Json, Kind, Row } from "../api/types";
import { newId } from "../edits/store";
import { label, useWords, words } from "../i18n/index";
import { editFor } from "../record/editfor";
import { FieldEditor } from "../record/FieldEditor";
import { show } from "../schema/values";
import { Layer } from "../ui/dialog";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";
import { editable, editorField } from "./columns";
import { rowStore } from "./rows";

/** One field of many records; each line answers for itself, nothing stops at a bad one. */
export function Bulk({ kind, numbers, names, onClose }: { kind: Kind; numbers: number[]; names: (id: string) => string | undefined; onClose: () => void }): ReactNode {
  const t = useWords();
  const schema = useSchema();
  const fields = kind.fields.filter((field) => editable(field) && field.type !== "entries");
  const [name, setName] = useState(fields[0]?.name ?? "");
  const [value, setValue] = useState<Json>(null);
  // Nothing is emptied by a button that was only looked at.
  const [chosen, setChosen] = useState(false);
  const [open, setOpen] = useState(false);
  const [progress, setProgress] = useState<number | null>(null);
  const field = fields.find((one) => one.name === name);
  const run = async (): Promise<void> => {
    if (!field) return;
    setProgress(0);
    const changed: string[] = [];
    let refused = 0;
    try {
      for (let at = 0; at < numbers.length; at += 200) {
        const rows = await rowsOf(kind, numbers.slice(at, at + 200));
        const edits: Edit[] = rows.flatMap((row) => {
          // Rows hold the columns of the list only: of tags and choices the chosen ones are added.
          const made = value === null ? { edit: { set: { [field.name]: null } } } : editFor(field, undefined, value);
          return made ? [{ id: row.id, ...made.edit }] : [];
        });
        if (edits.length) {
          const { results } = await call<{ results: (Edited | { error: unknown })[] }>("POST", `/${kind.plural}/batch`, { body: { edits }, headers: { "idempotency-key": newId() } });
          refused += results.filter((one) => "error" in one).length;
          changed.push(...results.flatMap((one) => ("hash" in one && one.hash ? [one.id] : [])));
          for (const row of rows) rowStore(kind.plural).refresh(row.id);
        }
        setProgress(Math.min(numbers.length, at + 200));
      }
      toast(t.list.bulkDone(changed.length), changed.length <= 500 ? { undo: () => void takeBack(kind, changed) } : {});
      if (refused) toast(t.list.bulkRefused(refused), { bad: true });
      onClose();
    } catch (error) {
      toast(problemText(error), { bad: true });
      setProgress(null);
    }
  };
  return (
    <Layer title={t.list.changeN(numbers.length, label(numbers.length === 1 ? kind.label : kind.labels))} open onClose={onClose}>
      <div className="form">
        <label>
          {t.list.filterField}
          <select
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setValue(null);
              setChosen(false);
              setOpen(false);
            }}
          >
            {fields.map((one) => (
              <option key={one.name} value={one.name}>{label(one.label)}</option>
            ))}
          </select>
        </label>
        <div className="label">
          {t.list.filterValue}
          {field && open ? (
            <FieldEditor
              key={name}
              field={editorField(field)}
              value={value}
              nameOf={names}
              onDone={(next) => {
                setValue(next);
                setChosen(true);
                setOpen(false);
              }}
              onCancel={() => setOpen(false)}
            />
          ) : (
            <button type="button" className="button" onClick={() => setOpen(true)}>
              {(field && show(schema, field, value, names)) || (chosen ? t.common.empty : t.list.chooseValue)}
            </button>
          )}
        </div>
        {progress !== null && <progress max={numbers.length} value={progress} aria-label={t.list.change} />}
        <Button className="button button-main" isDisabled={progress !== null || open || !chosen} onPress={() => void run()}>
          {t.list.changeN(numbers.length, label(numbers.length === 1 ? kind.label : kind.labels))}
        </Button>
      </div>
    </Layer>
  );
}

/** The server knows what stood there before; what somebody wrote since stays. */
async function takeBack(kind: Kind, records: string[]): Promise<void> {
  try {
    for (const id of records) {
      await call<Edited>("POST", "/undo", { body: { id } }).catch((error: unknown) => {
        if (!(error instanceof Problem && error.code === "nothing_to_undo")) throw error;
      });
      rowStore(kind.plural).refresh(id);
    }
    toast(words().common.undone);
  } catch (error) {
    toast(problemText(error), { bad: true });
  }
}

export async function rowsOf(kind: Kind, numbers: number[]): Promise<Row[]> {
  const store = rowStore(kind.plural);
  const missing = numbers.filter((number) => !store.peek(number));
  for (let at = 0; at < missing.length; at += 200) {
    const { rows } = await call<{ rows: Row[] }>("GET", `/${kind.plural}/rows`, { query: { ids: missing.slice(at, at + 200).join(",") } });
    store.put(rows);
  }
  return numbers.map((number) => store.peek(number)).filter((row): row is Row => row !== undefined);
}
