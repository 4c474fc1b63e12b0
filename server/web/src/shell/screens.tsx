/** The screens there are, in the order of the rail, with their pictures. */
import type { ReactNode } from "react";

import type { Kind, Schema } from "../api/types";
import type { Dictionary } from "../i18n/en";

export type ScreenName = "today" | "contacts" | "companies" | "tasks" | "visits" | "notes" | "arrivals" | "review" | "import" | "devices" | "settings";

export interface ScreenItem {
  name: ScreenName;
  path: string;
  group: number;
  keys?: string;
  kind?: Kind;
  word?: keyof Dictionary["nav"];
}

export function screens(schema: Schema | undefined): ScreenItem[] {
  const list: ScreenItem[] = [{ name: "today", path: "/", group: 0, keys: "g h", word: "today" }];
  const kinds: [ScreenName, string, string | undefined][] = [
    ["contacts", "contact", "g c"],
    ["companies", "company", "g o"],
    ["tasks", "task", "g f"],
    ["visits", "visit", "g v"],
    ["notes", "note", undefined],
  ];
  for (const [name, kindName, keys] of kinds) {
    const kind = schema?.kinds[kindName];
    if (kind) list.push({ name, path: `/${kind.plural}`, group: 0, keys, kind });
  }
  list.push(
    { name: "arrivals", path: "/arrivals", group: 1, keys: "g a", word: "arrivals" },
    { name: "review", path: "/review", group: 1, keys: "g x", word: "review" },
    { name: "import", path: "/import", group: 1, word: "import" },
    { name: "devices", path: "/devices", group: 2, keys: "g d", word: "devices" },
    { name: "settings", path: "/settings", group: 2, word: "settings" },
  );
  return list;
}

const shapes: Record<ScreenName | "search" | "more", string> = {
  today: "M2.500 3.500h11v10h-11zM2.500 6.500h11M5 2v2.500M11 2v2.500M6 9.500l1.500 1.500 2.500-3",
  contacts: "M8 8a2.700 2.700 0 1 0 0-5.400A2.700 2.700 0 0 0 8 8zM2.500 14c.5-3 2.700-4 5.500-4s5 1 5.500 4",
  companies: "M3 14V2.500h6V14M9 6h4v8M1.500 14h13M5 5h2M5 8h2M5 11h2",
  tasks: "M2 4l1.200 1.200L5.500 3M2 8.500l1.200 1.200 2.300-2.200M2 13l1.200 1.200L5.500 12M8 4h6M8 8.500h6M8 13h6",
  visits: "M8 14.500S3 10 3 6.500a5 5 0 0 1 10 0C13 10 8 14.500 8 14.500zM8 8.200a1.700 1.700 0 1 0 0-3.400 1.700 1.700 0 0 0 0 3.400z",
  notes: "M3 2h7l3 3v9H3zM10 2v3h3M5 8h6M5 11h4",
  arrivals: "M2 10v3.500h12V10M8 2v8M5 7l3 3 3-3",
  review: "M4 2v4c0 3 8 1 8 5v3M12 2v4c0 3-8 1-8 5v3",
  import: "M3 9v4.500h10V9M8 10.500V2M5 5l3-3 3 3",
  devices: "M4.500 1.500h7v13h-7zM7 12.500h2",
  settings: "M8 10.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM8 1.500v2.300M8 12.200v2.300M1.500 8h2.300M12.200 8h2.300M3.400 3.400L5 5M11 11l1.600 1.600M12.600 3.400L11 5M5 11l-1.600 1.600",
  search: "M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.500 10.500L14 14",
  more: "M3 8h.01M8 8h.01M13 8h.01",
};

export function Icon({ name }: { name: ScreenName | "search" | "more" }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
