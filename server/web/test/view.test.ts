import { afterEach, describe, expect, it } from "vitest";

import type { Kind, Schema } from "../src/api/types";
import { filterJson, movingFields, readView, sentence, sortOf, sortText, writeView, type View } from "../src/grid/view";
import { difference, fit, move, range, withFocused } from "../src/grid/maths";
import { setLang } from "../src/i18n/index";
import { titleOf } from "../src/schema/values";

const kind: Kind = {
  name: "contact", plural: "contacts", label: { de: "Kontakt", en: "Contact" }, labels: { de: "Kontakte", en: "Contacts" },
  title: [["given_name", "family_name"]], columns: [],
  fields: [
    { name: "state", label: { de: "Status", en: "State" }, type: "choice", list: "state" },
    { name: "city", label: { de: "Ort", en: "City" }, type: "string" },
  ],
};
const schema: Schema = { version: 1, kinds: { contact: kind }, lists: { state: [{ key: "customer", label: { de: "Kunde", en: "Customer" } }] } };
const view: View = {
  q: "müller",
  groups: [[{ field: "state", op: "is", value: "customer" }], [{ field: "city", op: "is", value: "Hamburg" }, { field: "city", op: "starts_with", value: "Wed" }]],
  sort: [{ field: "changed", descending: true }, { field: "title", descending: false }],
  removed: false,
};
afterEach(() => setLang("en"));

describe("a view", () => {
  it("is the filter the server reads", () => {
    expect(JSON.parse(filterJson(view)!)).toEqual({
      all: [
        { field: { field: "state", op: "is", value: "customer" } },
        { any: [{ field: { field: "city", op: "is", value: "Hamburg" } }, { field: { field: "city", op: "starts_with", value: "Wed" } }] },
      ],
    });
    expect(sortText(view.sort)).toBe("-changed,title");
  });
  it("survives the address, and an address it cannot read is no view", () => {
    expect(readView(writeView(view))).toEqual(view);
    expect(readView({ f: "[[{", s: "a;drop table", q: undefined })).toEqual({ q: "", groups: [], sort: [], removed: false });
    expect(readView({ f: '{"a":1}' }).groups).toEqual([]);
  });
  it("leaves out chips that have no value yet", () => {
    expect(filterJson({ ...view, groups: [[{ field: "city", op: "is", value: null }]] })).toBeUndefined();
  });
  it("is a sentence in the page's language", () => {
    setLang("de");
    expect(sentence(schema, kind, view)).toBe("Status ist Kunde UND (Ort ist Hamburg ODER Ort beginnt mit Wed)");
    setLang("en");
    expect(sentence(schema, kind, view)).toBe("State is Customer AND (City is Hamburg OR City starts with Wed)");
  });
  it("knows which fields move its rows", () => {
    expect([...movingFields({ ...view, sort: [] }, kind)].sort()).toEqual(["city", "family_name", "given_name", "removed", "state", "title"]);
  });

  it("has an order before anybody sorts it: work by its day, visits newest first, people by name", () => {
    const plain = { ...view, sort: [] };
    const withField = (name: string): Kind => ({ ...kind, fields: [...kind.fields, { name, label: { de: "", en: "" }, type: "date" }] });
    expect(sortText(sortOf(plain, kind))).toBe("title");
    expect(sortText(sortOf(plain, withField("due")))).toBe("due");
    expect(sortText(sortOf(plain, withField("planned")))).toBe("-planned");
    expect(sortOf(view, withField("due"))).toEqual(view.sort);
  });
});

describe("a title", () => {
  const visit: Kind = {
    ...kind, name: "visit", title: [["purpose", "planned"], ["report"]],
    fields: [
      { name: "purpose", label: { de: "Anlass", en: "Purpose" }, type: "choice", list: "purpose" },
      { name: "planned", label: { de: "Geplant", en: "Planned" }, type: "period" },
    ],
  };
  const visits: Schema = { version: 1, kinds: { contact: kind, visit }, lists: { purpose: [{ key: "repair", label: { de: "Reparatur", en: "Repair" } }] } };
  it("of choices and dates is in the page's language; a name stays as it is", () => {
    const cells = { purpose: "repair", planned: { start: "2026-11-22T03:44", end: "2026-11-22T05:44", zone: "Europe/Berlin" } };
    setLang("en");
    expect(titleOf(visits, "visit", "Reparatur 22.11.2026", cells)).toBe("Repair 22/11/2026");
    setLang("de");
    expect(titleOf(visits, "visit", "Reparatur 22.11.2026", cells)).toBe("Reparatur 22.11.2026");
    expect(titleOf(visits, "visit", "Bericht ohne Anlass", {})).toBe("Bericht ohne Anlass");
    expect(titleOf(visits, "contact", "Anna Müller", {})).toBe("Anna Müller");
    expect(titleOf(visits, "contact", "", {})).toBe("Ohne Namen");
  });
});

describe("the grid's arithmetic", () => {
  it("makes columns fill the room, gives up what can be given up, and scrolls when nothing can", () => {
    const columns = [{ width: 240, least: 150 }, { width: 180, least: 120 }, { width: 150, least: 136 }];
    const sum = (widths: number[]): number => widths.reduce((a, b) => a + b, 0);
    expect(sum(fit(columns, 1000))).toBeGreaterThan(996);
    const tight = fit(columns, 500);
    expect(sum(tight)).toBeLessThanOrEqual(500);
    expect(tight.every((width, i) => width >= columns[i]!.least)).toBe(true);
    expect(fit(columns, 300)).toEqual([240, 180, 150]);
    expect(fit(columns, 0)).toEqual([240, 180, 150]);
  });
  it("stays inside the list, and Ctrl+End is its last cell", () => {
    expect(move("ArrowUp", false, { row: 0, col: 0 }, 40_000, 5, 20)).toEqual({ row: 0, col: 0 });
    expect(move("End", true, { row: 3, col: 1 }, 40_000, 5, 20)).toEqual({ row: 39_999, col: 4 });
    expect(move("PageDown", false, { row: 39_990, col: 1 }, 40_000, 5, 20)).toEqual({ row: 39_999, col: 1 });
    expect(move("q", false, { row: 0, col: 0 }, 2, 2, 1)).toBeNull();
  });
  it("selects a range in either direction", () => {
    const index = Uint32Array.of(9, 7, 5, 3);
    expect(range(index, 2, 1)).toEqual([7, 5]);
  });
  it("counts what is new, and tells new order from new rows", () => {
    expect(difference(Uint32Array.of(1, 2, 3), Uint32Array.of(4, 1, 2, 3, 5))).toEqual({ added: 2, gone: 0, moved: false });
    expect(difference(Uint32Array.of(1, 2, 3), Uint32Array.of(2, 1))).toEqual({ added: 0, gone: 1, moved: true });
  });
  it("keeps the focused row drawn when it is out of sight", () => {
    expect(withFocused([10, 11, 12], 2, 100)).toEqual([2, 10, 11, 12]);
    expect(withFocused([10, 11], 200, 100)).toEqual([10, 11]);
  });
});
