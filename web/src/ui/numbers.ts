// Sizes of files, in the way they are written in Vietnamese: comma before the decimals.
export function showSize(bytes: number, language: "vi" | "en"): string {
  const units = ["B", "kB", "MB", "GB"];
  let n = bytes;
  let u = 0;
  while (n >= 1000 && u < units.length - 1) {
    n /= 1000;
    u++;
  }
  const digits = u === 0 || n >= 100 ? 0 : 1;
  return `${showNumber(n, language, digits)} ${units[u]}`;
}

export function showNumber(n: number, language: "vi" | "en", digits = 0): string {
  return n.toLocaleString(language === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: digits });
}

// NĐ 30/2020, phụ lục I: a number below 10 is written with a leading zero.
export function showOrdinal(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

// A counter in the menu: exact while it fits, capped when it would not be read anyway.
export function showCount(n: number): string {
  return n > 999 ? "999+" : String(n);
}
