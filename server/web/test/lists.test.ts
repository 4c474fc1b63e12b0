import { describe, expect, it } from "vitest";

import { kept, readView, sameView } from "../src/grid/saved";
import { broughtBy } from "../src/screens/arrivals";
import { wanted } from "../src/shell/Alike";

describe("a saved view", () => {
  const page = { id: "a", title: "Kunden", values: {}, extra: { "p/search": '{"f":"[]","s":"-changed","q":"müller","x":3}', "p/columns": '["phones",7]' } };
  it("keeps filters and order, not what was searched, and names its person if it is private", () => {
    const view = readView(page)!;
    expect(view).toEqual({ id: "a", name: "Kunden", search: { f: "[]", s: "-changed" }, columns: ["phones"], person: null });
    expect(readView({ ...page, values: { "p/person": "p1" } })!.person).toBe("p1");
    expect(sameView(view, { ...view.search, q: "anna", v: "a" }, ["phones"])).toBe(true);
    expect(sameView(view, kept({ f: "[]" }), ["phones"])).toBe(false);
    expect(sameView(view, view.search, [])).toBe(false);
  });
  it("that cannot be read is none", () => {
    expect(readView({ ...page, extra: { "p/search": "{" } })).toBeNull();
    expect(readView({ ...page, extra: { "p/search": "null" } })).toBeNull();
    expect(readView({ ...page, extra: { "p/columns": "{}" } })).toBeNull();
  });
});

describe("a hint at somebody who is here already", () => {
  it("waits for a whole name, six digits or an address", () => {
    expect(wanted("contact", { given_name: "Anna" })).toEqual([]);
    expect(wanted("contact", { given_name: "Anna", family_name: " Müller" })).toEqual(["Anna Müller"]);
    expect(wanted("contact", { phones: "0171 3", emails: "anna@" })).toEqual([]);
    expect(wanted("contact", { phones: "0171 39200", emails: "anna@example.org" })).toEqual(["0171 39200", "anna@example.org"]);
    expect(wanted("company", { name: "Ho" })).toEqual([]);
    expect(wanted("company", { name: "Hotel" })).toEqual(["Hotel"]);
  });
});

describe("what an arrival brought", () => {
  const arrival = { device: "pixel", from: 1_000, until: 5_000, changes: 1, records: [], conflicts: 0 };
  const step = { change: "c", device: "pixel", typed_at: 2_000, arrived_at: 5_100, seq: 1, brought_by: null, fields: [] };
  it("is what came with it: not what came before, later, from others, or was typed while connected", () => {
    expect(broughtBy(step, arrival, Infinity)).toBe(true);
    expect(broughtBy({ ...step, device: "iphone", brought_by: "pixel" }, arrival, Infinity)).toBe(true);
    expect(broughtBy({ ...step, device: "iphone" }, arrival, Infinity)).toBe(false);
    expect(broughtBy({ ...step, arrived_at: 900 }, arrival, Infinity)).toBe(false);
    expect(broughtBy({ ...step, arrived_at: 9_000 }, arrival, 8_000)).toBe(false);
    expect(broughtBy({ ...step, typed_at: 6_000, arrived_at: 6_000 }, arrival, Infinity)).toBe(false);
    expect(broughtBy({ ...step, arrived_at: null }, arrival, Infinity)).toBe(false);
  });
});
