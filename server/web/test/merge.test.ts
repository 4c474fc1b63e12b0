import { describe, expect, it } from "vitest";

import { applySplices, inOrderToSend, merge3, splices } from "../src/text/merge";

describe("splices", () => {
  it("sends an insertion as an insertion, never the whole text", () => {
    expect(splices("Ruft zurück", "Ruft morgen zurück")).toEqual([{ at: 5, delete: 0, insert: "morgen " }]);
  });

  it("replaces whole words, so that two people never leave letters of both", () => {
    expect(splices("am Dienstag", "am Freitag")).toEqual([{ at: 3, delete: 8, insert: "Freitag" }]);
  });

  it("counts UTF-16 units and never cuts a character in two", () => {
    // 👍 and 👎 share their first half.
    const list = splices("gut 👍", "gut 👎");
    expect(list).toEqual([{ at: 4, delete: 2, insert: "👎" }]);
  });

  it("gives the same text applied at once or one after the other", () => {
    const from = "Anna ruft am Montag an. Kessel ist alt.";
    const to = "Frau Müller ruft am Dienstag an. Der Kessel ist sehr alt!";
    const list = splices(from, to);
    expect(list.length).toBeGreaterThan(1);
    expect(applySplices(from, list)).toBe(to);
    expect(inOrderToSend(list).reduce((text, splice) => applySplices(text, [splice]), from)).toBe(to);
  });
});

describe("merge3", () => {
  it("keeps what both wrote at different places, and the caret where it was", () => {
    const base = "Kessel alt.";
    const merged = merge3(base, "Kessel alt. Pumpe laut.", "Der Kessel alt.");
    expect(merged.text).toBe("Der Kessel alt. Pumpe laut.");
    expect(merged.place("Kessel alt. Pumpe".length)).toBe("Der Kessel alt. Pumpe".length);
  });

  it("keeps both insertions at the same place", () => {
    const merged = merge3("", "Hallo", "Guten Tag ");
    expect(merged.text).toBe("Guten Tag Hallo");
    expect(merged.place(5)).toBe("Guten Tag Hallo".length);
  });

  it("does not write twice what has arrived already", () => {
    expect(merge3("a b", "a neu b", "a neu b").text).toBe("a neu b");
  });

  it("does not remove again what both removed, and keeps words typed inside a removed part", () => {
    expect(merge3("eins zwei drei", "eins drei", "eins drei").text).toBe("eins drei");
    expect(merge3("eins zwei drei", "eins zwei (neu) drei", "drei").text).toContain("(neu)");
  });

  it("merges the same way for a thousand random pairs: nothing inserted by either is lost", () => {
    let seed = 7;
    const dice = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let run = 0; run < 1000; run++) {
      const base = Array.from({ length: 2 + dice(8) }, (_, i) => `w${i}`).join(" ");
      const change = (mark: string): string => {
        const words = base.split(" ");
        for (let n = 0; n <= dice(3); n++) {
          const at = dice(words.length);
          if (dice(2) === 0) words.splice(at, 0, `${mark}${n}`);
          else if (words.length > 1) words.splice(at, 1);
        }
        return words.join(" ");
      };
      const mine = change("mine");
      const theirs = change("theirs");
      const merged = merge3(base, mine, theirs).text;
      for (const word of [...mine.split(" "), ...theirs.split(" ")].filter((word) => /^(mine|theirs)/.test(word))) expect(merged).toContain(word);
      expect(merge3(base, base, theirs).text).toBe(theirs);
      expect(merge3(base, mine, base).text).toBe(mine);
    }
  });
});
