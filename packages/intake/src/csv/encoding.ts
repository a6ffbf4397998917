/** How a file's bytes stand for characters. In `utf-8`, rows that are not valid UTF-8 are read as Windows-1252. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

export interface DetectedEncoding {
  readonly encoding: Encoding;
  /** Length of the byte-order mark; 0 without one. */
  readonly markBytes: number;
}

/** From the byte-order mark, or the zeros that Latin text leaves in UTF-16; anything else is UTF-8. */
export function detectEncoding(head: Uint8Array): DetectedEncoding {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: "utf-8", markBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", markBytes: 2 };
  const pairs = Math.floor(head.length / 2);
  const [even, odd] = [zerosAt(head, 0), zerosAt(head, 1)];
  if (pairs > 3 && odd > pairs * 0.6 && even < pairs * 0.1) return { encoding: "utf-16le", markBytes: 0 };
  if (pairs > 3 && even > pairs * 0.6 && odd < pairs * 0.1) return { encoding: "utf-16be", markBytes: 0 };
  return { encoding: "utf-8", markBytes: 0 };
}

function zerosAt(bytes: Uint8Array, first: number): number {
  let zeros = 0;
  for (let index = first; index < bytes.length; index += 2) if (bytes[index] === 0) zeros++;
  return zeros;
}
