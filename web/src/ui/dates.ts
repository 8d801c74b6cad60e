// Days of the office are days in Asia/Ho_Chi_Minh, whatever the machine's zone.
// A day is kept as yyyy-MM-dd, a moment as the server gave it (RFC 3339).
const zone = "Asia/Ho_Chi_Minh";

const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

function split(moment: Date): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(moment).map((p) => [p.type, p.value]));
}

export function dayOf(moment: Date): string {
  const p = split(moment);
  return `${p.year}-${p.month}-${p.day}`;
}

export function today(): string {
  return dayOf(new Date());
}

function real(year: number, month: number, day: number): boolean {
  const d = new Date(Date.UTC(year, month - 1, day));
  return d.getUTCFullYear() === year && d.getUTCMonth() === month - 1 && d.getUTCDate() === day;
}

// Reads what a clerk types: 5/3, 05/03/2026, 5-3-26, 0503, 050326, 05032026.
// A day without a year is of the year of `now`. Gives undefined when it is no day.
export function parseDay(typed: string, now: string): string | undefined {
  const text = typed.trim();
  const year = now.slice(0, 4);
  let d: string | undefined, m: string | undefined, y: string | undefined;
  const separated = /^(\d{1,2})[/\-. ](\d{1,2})(?:[/\-. ](\d{2}|\d{4}))?$/.exec(text);
  const run = /^(\d{2})(\d{2})(\d{2}|\d{4})?$/.exec(text);
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (separated) [, d, m, y] = separated;
  else if (run) [, d, m, y] = run;
  else if (iso) [, y, m, d] = iso;
  else return undefined;
  if (y === undefined) y = year;
  if (y.length === 2) y = year.slice(0, 2) + y;
  if (!real(Number(y), Number(m), Number(d))) return undefined;
  return `${y}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
}

export function showDay(day: string): string {
  return day.length >= 10 ? `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}` : day;
}

// Day and month for this year, the whole day for another one.
export function showNear(day: string, now: string): string {
  return day.slice(0, 4) === now.slice(0, 4) ? showDay(day).slice(0, 5) : showDay(day);
}

export function showMoment(moment: string): string {
  const p = split(new Date(moment));
  return `${p.day}/${p.month}/${p.year} ${p.hour}:${p.minute}`;
}

export function showTime(moment: string): string {
  const p = split(new Date(moment));
  return `${p.hour}:${p.minute}`;
}

// In lists: the hour for today, day and month for this year, else the whole day.
export function showBrief(moment: string, now: string): string {
  const p = split(new Date(moment));
  const day = `${p.year}-${p.month}-${p.day}`;
  if (day === now) return `${p.hour}:${p.minute}`;
  return p.year === now.slice(0, 4) ? `${p.day}/${p.month}` : `${p.day}/${p.month}/${p.year}`;
}

// Whole days from one day to another; negative when the second is earlier.
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

export function addDays(day: string, n: number): string {
  const d = new Date(`${day}T00:00:00Z`);
  d.setUTCDate(d.getUTCDate() + n);
  return d.toISOString().slice(0, 10);
}
