const table = Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

/** The checksum of PNG's chunks; Node has one of its own only since 22. */
export function crc32(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const b of bytes) sum = (table[(sum ^ b) & 255] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
