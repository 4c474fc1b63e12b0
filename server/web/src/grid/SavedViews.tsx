/** The saved views of a list as buttons; what was changed since can be saved or dropped. */
import { useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

import type { Kind } from "../api/types";
import { useWords } from "../i18n/index";
import { Layer } from "../ui/dialog";
import { problemText } from "../ui/problem";
import { toast } from "../ui/toast";
import { changeView, kept, removeView, sameView, saveView, type SavedView } from "./saved";
import type { ViewSearch } from "./view";

interface Props {
  kind: Kind;
  views: SavedView[];
  chosen: SavedView | undefined;
  search: ViewSearch;
  columns: string[];
  person: string | undefined;
  onChoose: (view: SavedView | null) => void;
}

export function Views({ kind, views, chosen, search, columns, person, onChoose }: Props): ReactNode {
  const t = useWords();
  const [naming, setNaming] = useState(false);
  const changed = chosen && !sameView(chosen, search, columns);
  const plain = Object.keys(kept(search)).length === 0;
  if (views.length === 0 && plain) return null;
  const attempt = (what: Promise<unknown>): void => void what.catch((error: unknown) => toast(problemText(error), { bad: true }));
  const remove = async (view: SavedView): Promise<void> => {
    await removeView(kind, view, true);
    onChoose(null);
    toast(t.views.removed(view.name), { undo: () => attempt(removeView(kind, view, false)) });
  };
  return (
    <div className="views" role="group" aria-label={t.views.title}>
      <button type="button" className="chip chip-plain" aria-pressed={!chosen} onClick={() => onChoose(null)}>
        {t.common.all}
      </button>
      {views.map((view) => (
        <button key={view.id} type="button" className="chip chip-plain" aria-pressed={view === chosen} onClick={() => onChoose(view)}>
          {view.name}
          {view === chosen && changed && <span className="meta ml-1">{t.views.changed}</span>}
        </button>
      ))}
      {chosen && changed ? (
        <>
          <Button className="link-button" onPress={() => attempt(changeView(kind, chosen, search, columns).then(() => toast(t.views.saved(chosen.name))))}>{t.common.save}</Button>
          <Button className="link-button" onPress={() => onChoose(chosen)}>{t.views.drop}</Button>
        </>
      ) : (
        chosen && <Button className="link-button" onPress={() => attempt(remove(chosen))}>{t.views.remove}</Button>
      )}
      {(!plain || changed) && (!chosen || changed) && <Button className="link-button" onPress={() => setNaming(true)}>+ {t.views.create}</Button>}
      {naming && (
        <Naming
          onClose={() => setNaming(false)}
          onName={(name, shared) => {
            setNaming(false);
            const own = shared ? null : (person ?? null);
            attempt(saveView(kind, name, search, columns, own).then((id) => onChoose({ id, name, search: kept(search), columns, person: own })));
          }}
        />
      )}
    </div>
  );
}

function Naming({ onClose, onName }: { onClose: () => void; onName: (name: string, shared: boolean) => void }): ReactNode {
  const t = useWords();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [error, setError] = useState<string | null>(null);
  return (
    <Layer title={t.views.createTitle} open onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) onName(name.trim(), shared);
          else setError(t.settings.nameMissing);
        }}
      >
        <label>
          {t.views.name}
          <input
            autoFocus
            value={name}
            maxLength={80}
            onChange={(event) => {
              setName(event.target.value);
              setError(null);
            }}
          />
        </label>
        <span className="switch">
          <input id="view-shared" type="checkbox" checked={shared} onChange={(event) => setShared(event.target.checked)} />
          <label htmlFor="view-shared">{t.views.shared}</label>
        </span>
        {error && <p role="alert" className="error">{error}</p>}
        <span className="flex gap-2">
          <Button type="submit" className="button button-main">{t.common.save}</Button>
          <Button className="button" onPress={onClose}>{t.common.cancel}</Button>
        </span>
      </form>
    </Layer>
  );
}
