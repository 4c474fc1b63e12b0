import { afterEach, describe, expect, it } from "vitest";

import { date, decimal, money, when } from "../src/i18n/format";
import { setLang } from "../src/i18n/index";
import { iso, parseDate } from "../src/schema/dates";
import { parse, plainNumber, show, typed } from "../src/schema/values";
import type { Field, Schema } from "../src/api/types";

const field = (type: string, more: Partial<Field> = {}): Field => ({ name: "x", label: { de: "X", en: "X" }, type, ...more });
const monday = new Date(2026, 10, 23, 14, 30);

afterEach(() => setLang("en"));

describe("times", () => {
  it("says 14:12 today, Mo 14:12 this week, and the date before that", () => {
    setLang("de");
    const now = new Date(2026, 10, 25, 18, 0).getTime();
    expect(when(new Date(2026, 10, 25, 14, 12).getTime(), now)).toBe("14:12");
    expect(when(new Date(2026, 10, 23, 14, 12).getTime(), now)).toBe("Mo 14:12");
    expect(when(new Date(2026, 10, 3, 14, 12).getTime(), now)).toBe("03.11.2026, 14:12");
    setLang("en");
    expect(when(new Date(2026, 10, 23, 14, 12).getTime(), now)).toBe("Mon 14:12");
  });

  it("never shows an ISO date", () => {
    setLang("de");
    expect(date("2026-12-31")).toBe("31.12.2026");
    expect(date("--12-31")).toBe("31.12.");
    setLang("en");
    expect(date("2026-12-31")).toBe("31/12/2026");
  });
});

describe("numbers", () => {
  it("keeps every digit of a decimal, whatever a float would do", () => {
    setLang("de");
    expect(decimal("12345678901234567.89")).toBe("12.345.678.901.234.567,89");
    expect(money(123450, "EUR")).toBe("1.234,50\u00a0€");
    setLang("en");
    expect(money(123450, "EUR")).toBe("€1,234.50");
  });

  it("reads numbers as people of each language type them", () => {
    setLang("de");
    expect(["12,5", "1.234,5", "1'234.5", "1.234", "-3"].map(plainNumber)).toEqual(["12.5", "1234.5", "1234.5", "1234", "-3"]);
    setLang("en");
    expect(["12.5", "1,234.5", "1,234", "1.234", "zwei"].map(plainNumber)).toEqual(["12.5", "1234.5", "1234", "1.234", null]);
  });
});

describe("dates in words", () => {
  const day = (text: string): string | null => parseDate(text, monday);
  it("understands both languages", () => {
    expect(day("heute")).toBe("2026-11-23");
    expect(day("morgen")).toBe("2026-11-24");
    expect(day("nächsten Di")).toBe("2026-11-24");
    expect(day("next mon")).toBe("2026-11-30");
    expect(day("Mo")).toBe("2026-11-30");
    expect(day("in 2 Wochen")).toBe("2026-12-07");
    expect(day("31.12.26")).toBe("2026-12-31");
  });
  it("takes the next such day when the year is missing, and no day that does not exist", () => {
    expect(day("31.12.")).toBe("2026-12-31");
    expect(day("1.2.")).toBe("2027-02-01");
    expect(day("31.2.2026")).toBeNull();
    expect(day("irgendwann")).toBeNull();
  });
  it("gives the last day of a shorter month", () => {
    expect(parseDate("in 1 Monat", new Date(2026, 0, 31))).toBe("2026-02-28");
    expect(iso(monday)).toBe("2026-11-23");
  });
});

describe("values", () => {
  const schema: Schema = { version: 1, kinds: {}, lists: { state: [{ key: "customer", label: { de: "Kunde", en: "Customer" } }] } };
  it("shows keys of lists by their label", () => {
    setLang("de");
    expect(show(schema, field("choice", { list: "state" }), "customer")).toBe("Kunde");
    expect(show(schema, field("choice", { list: "state" }), "gone")).toBe("gone");
  });
  it("shows entries by their main value and addresses in one line", () => {
    const phones = field("entries", { sub: [field("choice", { name: "label" }), field("phone", { name: "number" })] });
    expect(show(schema, phones, [{ id: "a", label: "mobile", number: "+49 171 1" }, { id: "b", number: "+49 40 2" }])).toBe("+49 171 1, +49 40 2");
    expect(show(schema, field("address"), { street: "Marktstraße 12", postal_code: "22880", city: "Wedel", country: "DE" })).toBe("Marktstraße 12, 22880 Wedel");
  });
  it("shows the last day of an all-day period, whose end is exclusive", () => {
    setLang("de");
    expect(show(schema, field("period"), { start: "2026-11-24", end: "2026-11-25", zone: "Europe/Berlin" })).toBe("24.11.2026");
    expect(show(schema, field("period"), { start: "2026-11-24T09:00", end: "2026-11-24T10:30", zone: "Europe/Berlin" })).toBe("24.11.2026, 09:00–10:30");
  });
  it("parses money to minor units and back to what was typed", () => {
    setLang("de");
    expect(parse(field("money"), "1.234,50 €")).toEqual({ ok: true, value: { amount: 123450, currency: "EUR" } });
    expect(parse(field("money"), "CHF 1'234.50")).toEqual({ ok: true, value: { amount: 123450, currency: "CHF" } });
    expect(typed(field("money"), { amount: 123450, currency: "EUR" })).toBe("1234,50 EUR");
    expect(parse(field("money"), "viel")).toMatchObject({ ok: false });
  });
  it("clears a field when the box is empty", () => {
    expect(parse(field("date"), "  ")).toEqual({ ok: true, value: null });
  });
});
