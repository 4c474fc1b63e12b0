import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

import { de } from "../src/i18n/de";
import { en } from "../src/i18n/en";
import { setLang } from "../src/i18n/index";
import { who } from "../src/record/sentence";

function leaves(value: unknown, path = ""): [string, unknown][] {
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(([key, one]) => leaves(one, `${path}/${key}`));
  return [[path, value]];
}

describe("the page's words", () => {
  it("exist in both languages, to the last key", () => {
    expect(leaves(de).map(([path]) => path)).toEqual(leaves(en).map(([path]) => path));
    for (const [path, value] of [...leaves(de), ...leaves(en)]) if (typeof value === "string") expect(value.trim(), path).not.toBe("");
  });
  it("say Sie, never shout and name nothing a person does not know", () => {
    for (const [path, value] of leaves(de)) {
      if (typeof value !== "string") continue;
      expect(value, path).not.toMatch(/\b(dein|deine|du)\b|!$|Konflikt|Datensatz|Outbox|Sync/i);
    }
  });
  it("are the only words: no screen has a German sentence of its own", () => {
    const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tsx"));
    expect(files.length).toBeGreaterThan(15);
    for (const name of files) expect(readFileSync(join("src", name), "utf8"), name).not.toMatch(/>[^<{]*[äöüß][^<{]*</);
  });
});

describe("provenance", () => {
  afterEach(() => setLang("en"));
  it("is one sentence: person, device, typed, away, here since", () => {
    setLang("de");
    const at = (day: number, hour: number, minute: number): number => new Date(2026, 10, day, hour, minute).getTime();
    const authors = { d1: { device: "Pixel 9", person: "M. Brandt", person_id: "p", platform: "android" } };
    const arrivals = [{ device: "d1", from: at(20, 16, 5), until: at(23, 17, 40), changes: 1, records: [], conflicts: 0 }];
    const origin = { change: "c", device: "d1", typed_at: at(23, 14, 12) };
    expect(who(authors, origin, at(23, 17, 41), true, arrivals, at(24, 9, 0))).toBe("M. Brandt · Pixel 9 · getippt Mo 14:12 (offline Fr 16:05 – Mo 17:40) · hier seit Mo 17:41");
    expect(who(authors, origin, null, false, [], at(23, 18, 0))).toBe("M. Brandt · Pixel 9 · getippt 14:12 · noch nicht übertragen");
    expect(who({}, { ...origin, device: null }, at(23, 14, 12), true, [], at(23, 18, 0))).toBe("unbekanntes Gerät · getippt 14:12");
  });
});
