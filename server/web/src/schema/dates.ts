/** Dates in words: "heute", "morgen", "nächsten Di", "next tue", "in 2 Wochen", "31.12.", "31.12.26". */

const names: string[][] = [
  ["so", "sonntag", "sun", "sunday"],
  ["mo", "montag", "mon", "monday"],
  ["di", "dienstag", "tue", "tuesday", "tu"],
  ["mi", "mittwoch", "wed", "wednesday", "we"],
  ["do", "donnerstag", "thu", "thursday", "th"],
  ["fr", "freitag", "fri", "friday"],
  ["sa", "samstag", "sonnabend", "sat", "saturday"],
];

/** The date as `YYYY-MM-DD`, or null. A day without a year is the next one that is not past. */
export function parseDate(text: string, today: Date): string | null {
  const word = text.trim().toLowerCase().replace(/\.$/, "");
  if (["heute", "today"].includes(word)) return iso(today);
  if (["morgen", "tomorrow"].includes(word)) return iso(plus(today, 1));
  if (["übermorgen", "uebermorgen"].includes(word)) return iso(plus(today, 2));
  if (["gestern", "yesterday"].includes(word)) return iso(plus(today, -1));
  if (["nächste woche", "naechste woche", "next week"].includes(word)) return iso(nextMonday(today));
  const inSome = /^in (\d{1,3}) (tag|tagen|day|days|woche|wochen|week|weeks|monat|monaten|month|months)$/.exec(word);
  if (inSome) {
    const n = Number(inSome[1]);
    if (inSome[2]!.startsWith("mon")) return iso(plusMonths(today, n));
    return iso(plus(today, inSome[2]!.startsWith("w") ? n * 7 : n));
  }
  const day = /^(?:(nächsten|nächster|naechsten|kommenden|next|am|on)\s+)?(\p{L}+)$/u.exec(word);
  if (day) {
    const at = names.findIndex((list) => list.includes(day[2]!));
    // "nächsten Di" and "Di" are the next one after today.
    if (at >= 0) return iso(plus(today, (at - today.getDay() + 6) % 7 + 1));
  }
  const full = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(word);
  if (full) return checked(+full[1]!, +full[2]!, +full[3]!);
  const dotted = /^(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4})?)?$/.exec(word);
  if (dotted) {
    const [, d, m, y] = dotted;
    if (y) return checked(y.length === 2 ? century(+y) : +y, +m!, +d!);
    const same = checked(today.getFullYear(), +m!, +d!);
    return same && same >= iso(today) ? same : checked(today.getFullYear() + 1, +m!, +d!);
  }
  return null;
}

export function iso(at: Date): string {
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

export function plus(at: Date, days: number): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + days);
}

export function nextMonday(at: Date): Date {
  return plus(at, ((1 - at.getDay() + 6) % 7) + 1);
}

/** One month on; the 31st becomes a shorter month's last day. */
function plusMonths(at: Date, months: number): Date {
  const last = new Date(at.getFullYear(), at.getMonth() + months + 1, 0).getDate();
  return new Date(at.getFullYear(), at.getMonth() + months, Math.min(at.getDate(), last));
}

/** Two-digit years are 1950 to 2049. */
function century(year: number): number {
  return year >= 50 ? 1900 + year : 2000 + year;
}

function checked(year: number, month: number, day: number): string | null {
  const at = new Date(year, month - 1, day);
  return at.getFullYear() === year && at.getMonth() === month - 1 && at.getDate() === day ? iso(at) : null;
}
