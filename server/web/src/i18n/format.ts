/** Times, dates, numbers and money in the page's language. Never an ISO date in front of a person. */
import type { Lang } from "../api/types";
import { lang, locale, words } from "./index";

const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

/** Today "14:12", the last six days "Mo 14:12", else "23.11.2026, 14:12". */
export function when(ms: number, now = Date.now(), language: Lang = lang()): string {
  const at = new Date(ms);
  const clock = dates(language, { hour: "2-digit", minute: "2-digit" }).format(at);
  const days = dayNumber(new Date(now)) - dayNumber(at);
  if (days === 0) return clock;
  if (days > 0 && days < 7) return `${weekday(at, language)} ${clock}`;
  return `${dates(language, { day: "2-digit", month: "2-digit", year: "numeric" }).format(at)}, ${clock}`;
}

/** `2026-12-31` as 31.12.2026, `--12-31` as 31.12.; what is no date comes back as it is. */
export function date(text: string, language: Lang = lang()): string {
  const full = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (full) return dates(language, { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC" }).format(Date.UTC(+full[1]!, +full[2]! - 1, +full[3]!));
  const noYear = /^--(\d{2})-(\d{2})$/.exec(text);
  if (noYear) return language === "de" ? `${noYear[2]}.${noYear[1]}.` : `${noYear[2]}/${noYear[1]}`;
  return text;
}

/** A day of this week by its name too: "Mo 23.11.2026". */
export function dayWithName(text: string, language: Lang = lang()): string {
  const full = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (!full) return date(text, language);
  return `${weekday(new Date(+full[1]!, +full[2]! - 1, +full[3]!), language)} ${date(full[0], language)}`;
}

/** The long form for headings: "Montag, 23. November". */
export function longDay(ms: number | Date, language: Lang = lang()): string {
  return dates(language, { weekday: "long", day: "numeric", month: "long" }).format(ms);
}

export function number(value: number, language: Lang = lang()): string {
  return numbers(language, {}).format(value);
}

/** A decimal string, exactly: no float takes part. */
export function decimal(text: string, language: Lang = lang()): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) return text;
  const group = language === "de" ? "." : ",";
  const whole = parts[2]!.replace(/\B(?=(\d{3})+$)/g, group);
  return `${parts[1]}${whole}${parts[3] ? (language === "de" ? "," : ".") + parts[3] : ""}`;
}

export function money(amount: number, currency: string, language: Lang = lang()): string {
  try {
    const format = numbers(language, { style: "currency", currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(amount / 10 ** digits);
  } catch {
    return `${number(amount, language)} ${currency}`;
  }
}

/** `2026-11-24T09:00` as "24.11.2026, 09:00", all-day as the date. */
export function localTime(text: string, language: Lang = lang()): string {
  const [day, clock] = text.split("T");
  return clock ? `${date(day ?? "", language)}, ${clock.slice(0, 5)}` : date(text, language);
}

/** "3 Tage", "5 Stunden", "12 Minuten": the largest unit that is at least one. */
export function span(ms: number): string {
  const { time } = words();
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return time.minutes(minutes);
  if (minutes < 48 * 60) return time.hours(Math.round(minutes / 60));
  return time.days(Math.round(minutes / 1440));
}

function weekday(at: Date, language: Lang): string {
  return dates(language, { weekday: "short" }).format(at).replace(/\.$/, "");
}

function dayNumber(at: Date): number {
  return Math.round(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000);
}

function dates(language: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return cached(`d${language}${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale(language), options));
}

function numbers(language: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return cached(`n${language}${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale(language), options));
}

function cached<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  let format = cache.get(key) as T | undefined;
  if (!format) cache.set(key, (format = make()));
  return format;
}
