/** Records looked at last, for the palette. */
import { remember, remembered, scoped } from "../mount";

export interface Recent {
  id: string;
  plural: string;
  kind: string;
  title: string;
}

let list: Recent[] = remembered<Recent[]>(scoped("recent"), []);

export function rememberRecent(one: Recent): void {
  if (list[0]?.id === one.id && list[0].title === one.title) return;
  list = [one, ...list.filter((other) => other.id !== one.id)].slice(0, 12);
  remember(scoped("recent"), list);
}

export function recent(): Recent[] {
  return list;
}
