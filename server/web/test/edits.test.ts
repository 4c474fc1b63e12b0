import { describe, expect, it } from "vitest";

import { next, noEdits, overlay, reduce, unsent, type Pending } from "../src/edits/state";
import { newId } from "../src/edits/store";
import { editFor, editForEntry, removeEntry } from "../src/record/editfor";
import type { Field, Json } from "../src/api/types";

const edit = (key: string, record: string, value: string): Pending => ({ key, plural: "contacts", record, method: "PATCH", path: "/x", body: {}, base: null, shown: { city: value }, state: "queued", tries: 0, at: 0 });
const phones: Field = { name: "phones", label: { de: "", en: "" }, type: "entries", sub: [{ name: "label", label: { de: "", en: "" }, type: "choice" }, { name: "number", label: { de: "", en: "" }, type: "phone" }] };

describe("edits on their way", () => {
  it("go out one after the other per record, side by side for different ones", () => {
    let state = [edit("1", "a", "x"), edit("2", "a", "y"), edit("3", "b", "z")].reduce((all, one) => reduce(all, { type: "add", edit: one }), noEdits);
    expect(next(state).map((one) => one.key)).toEqual(["1", "3"]);
    state = reduce(state, { type: "sending", key: "1" });
    expect(next(state).map((one) => one.key)).toEqual(["3"]);
    state = reduce(state, { type: "taken", key: "1", heads: ["h1"] });
    expect(next(state).map((one) => one.key)).toEqual(["2", "3"]);
    expect(state.own.a).toEqual(["h1"]);
  });
  it("show the newest value until the server's is on the screen, then nothing of ours", () => {
    let state = [edit("1", "a", "x"), edit("2", "a", "y")].reduce((all, one) => reduce(all, { type: "add", edit: one }), noEdits);
    expect(overlay(state, "a")).toEqual({ city: "y" });
    state = reduce(reduce(state, { type: "taken", key: "1", heads: [] }), { type: "taken", key: "2", heads: [] });
    expect(overlay(state, "a")).toEqual({ city: "y" });
    expect(unsent(state)).toBe(0);
    state = reduce(reduce(state, { type: "dropped", key: "1" }), { type: "dropped", key: "2" });
    expect(overlay(state, "a")).toBeNull();
  });
  it("wait while the server is away, and a refused one is taken back", () => {
    let state = reduce(reduce(noEdits, { type: "add", edit: edit("1", "a", "x") }), { type: "sending", key: "1" });
    state = reduce(state, { type: "waiting", key: "1" });
    expect(next(state)).toHaveLength(1);
    expect(state.pending[0]?.tries).toBe(1);
    expect(overlay(reduce(state, { type: "dropped", key: "1" }), "a")).toBeNull();
  });
});

describe("what is sent", () => {
  it("names only what was touched", () => {
    const city: Field = { name: "city", label: { de: "", en: "" }, type: "string" };
    expect(editFor(city, "Wedel", "Wedel")).toBeNull();
    expect(editFor(city, "Wedel", null)?.edit).toEqual({ set: { city: null } });
    expect(editFor({ ...city, name: "tags", type: "tags" }, ["vip", "alt"], ["vip", "messe"])?.edit).toEqual({ add: { tags: ["messe"] }, remove: { tags: ["alt"] } });
  });
  it("changes one sub-field of one entry, never the whole list", () => {
    const value: Json = [{ id: "a", label: "mobile", number: "1" }, { id: "b", number: "2" }];
    expect(editForEntry(phones, value, "a", "number", "3", "")?.edit).toEqual({ set: { "phones/a/number": "3" } });
    expect(editForEntry(phones, value, null, "number", "4", "new")?.edit).toEqual({ add: { phones: [{ id: "new", number: "4" }] } });
    expect(editForEntry(phones, value, "b", "number", null, "")?.edit).toEqual({ remove: { phones: ["b"] } });
    expect(removeEntry(phones, value, "a").shown).toEqual({ phones: [{ id: "b", number: "2" }] });
  });
});

describe("ids made here", () => {
  it("are UUIDv7 and sort by their time", () => {
    const early = newId(1_700_000_000_000);
    const late = newId(1_800_000_000_000);
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
  });
});
