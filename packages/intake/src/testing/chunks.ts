import type { ByteSource } from "../source/byte-source.js";

/** The bytes in pieces: `sizes` is gone through again and again. */
export function* inChunks(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array, void, void> {
  let turn = 0;
  for (let at = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield bytes.slice(at, at + size);
    at += size;
  }
}

/** A source that hands out small chunks. */
export function chunkedSource(bytes: Uint8Array, sizes: readonly number[], name = "leads.csv"): ByteSource {
  return {
    name,
    async *open(fromByte) {
      yield* inChunks(bytes.subarray(fromByte), sizes);
    },
    sizeBytes: async () => bytes.length,
    fingerprint: async () => `test:${bytes.length}`,
  };
}

/** A text in the bytes of an encoding; Windows-1252 for the characters it shares with Latin-1 only. */
export function encoded(
  text: string,
  encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252",
  mark = false,
): Uint8Array {
  const marked = mark ? `\ufeff${text}` : text;
  if (encoding === "utf-8") return new TextEncoder().encode(marked);
  if (encoding === "windows-1252") return Uint8Array.from(marked, (character) => character.charCodeAt(0));
  const bytes = new Uint8Array(marked.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < marked.length; index++) {
    view.setUint16(2 * index, marked.charCodeAt(index), encoding === "utf-16le");
  }
  return bytes;
}
