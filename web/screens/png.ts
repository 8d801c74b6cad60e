import { deflateSync, inflateSync } from "node:zlib";
import { crc32 } from "./crc";

// The browser writes PNG fast, not small. Written again with the best filter of
// each row, and with the rare colours at the edges of letters told in four bits
// instead of eight, a picture takes much less room and looks the same.

interface Picture {
  width: number;
  height: number;
  channels: 3 | 4;
  rows: Buffer[];
}

function read(png: Buffer): Picture {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const channels = png[25] === 6 ? 4 : 3;
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const rows: Buffer[] = [];
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y++) {
    const at = y * (stride + 1);
    const row = Buffer.from(raw.subarray(at + 1, at + 1 + stride));
    for (let x = 0; x < stride; x++) row[x] = ((row[x] ?? 0) + guess(raw[at] ?? 0, row, above, x, channels)) & 255;
    rows.push(row);
    above = row;
  }
  return { width, height, channels, rows };
}

/** What a filter of the format expects at a place (PNG, section 9). */
function guess(filter: number, row: Buffer, above: Buffer, x: number, channels: number): number {
  const left = x >= channels ? (row[x - channels] ?? 0) : 0;
  const up = above[x] ?? 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const corner = x >= channels ? (above[x - channels] ?? 0) : 0;
  const p = left + up - corner;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

// A colour of surfaces is seen as it is; fewer points than this are edges.
const surface = 300;

function opaque({ width, channels, rows }: Picture): Buffer[] {
  const points = new Map<number, number>();
  const colour = (row: Buffer, x: number) => row.readUIntBE(x * channels, 3);
  for (const row of rows) for (let x = 0; x < width; x++) points.set(colour(row, x), (points.get(colour(row, x)) ?? 0) + 1);
  return rows.map((row) => {
    const out = Buffer.alloc(width * 3);
    for (let x = 0; x < width; x++) {
      const exact = colour(row, x);
      const edge = (exact & 0xf0f0f0) | ((exact >> 4) & 0x0f0f0f);
      out.writeUIntBE((points.get(exact) ?? 0) < surface ? edge : exact, x * 3, 3);
    }
    return out;
  });
}

function filtered(row: Buffer, above: Buffer): Buffer {
  let best = Buffer.alloc(0);
  let least = Infinity;
  for (const filter of [0, 1, 2, 4]) {
    const out = Buffer.alloc(row.length + 1);
    out[0] = filter;
    let sum = 0;
    for (let x = 0; x < row.length; x++) {
      const v = ((row[x] ?? 0) - guess(filter, row, above, x, 3)) & 255;
      out[x + 1] = v;
      sum += v < 128 ? v : 256 - v;
    }
    if (sum < least) [best, least] = [out, sum];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length);
  out.write(type, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)), data.length + 8);
  return out;
}

/** The same picture in fewer bytes. */
export function small(png: Buffer): Buffer {
  const picture = read(png);
  const rows = opaque(picture);
  const body = Buffer.concat(rows.map((row, y) => filtered(row, rows[y - 1] ?? Buffer.alloc(row.length))));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(picture.width, 0);
  head.writeUInt32BE(picture.height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([png.subarray(0, 8), chunk("IHDR", head), chunk("IDAT", deflateSync(body, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
