// Letters without their tone and vowel marks, so that "tra vinh" finds "Trà Vinh".
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/đ/g, "d")
    .replace(/Đ/g, "D")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}

// Tells how well a name answers what was typed: 0 not at all, higher is better.
// Every typed word must begin a word of the name; what was typed with marks
// counts more when the marks are right.
export function rank(name: string, typed: string): number {
  const query = fold(typed);
  if (query === "") return 1;
  const folded = fold(name);
  const words = folded.split(/[^\p{L}\p{N}]+/u);
  const wanted = query.split(" ");
  const initials = words.map((w) => w[0] ?? "").join("");
  let score: number;
  if (folded === query) score = 100;
  else if (folded.startsWith(query)) score = 80;
  else if (folded.includes(` ${query}`)) score = 60;
  else if (wanted.every((w) => words.some((x) => x.startsWith(w)))) score = 40;
  else if (wanted.length === 1 && initials.startsWith(query) && query.length > 1) score = 30;
  else return 0;
  const exact = typed.normalize("NFC").toLowerCase().trim();
  return name.normalize("NFC").toLowerCase().includes(exact) ? score + 10 : score;
}
