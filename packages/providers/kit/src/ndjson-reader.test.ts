import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NdjsonReader } from "./ndjson-reader.js";
import { MAX_EVENT_CHARS } from "./sse-reader.js";

const encoder = new TextEncoder();

function read(pieces: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const reader = new NdjsonReader((line) => lines.push(line));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return lines;
}

const OLLAMA =
  '{"message":{"content":"Grüße "},"done":false}\n{"message":{"content":"👩🏽‍💻"},"done":false}\n{"done":true,"done_reason":"stop"}\n';

describe("NdjsonReader", () => {
  it("gives the lines, wherever their bytes are cut", () => {
    const bytes = encoder.encode(OLLAMA);
    const lines = OLLAMA.trim().split("\n");
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(read([bytes.slice(0, cut), bytes.slice(cut)]), `cut at ${cut}`).toEqual(lines);
    }
  });

  it("takes a last line without an end, CRLF and blank lines", () => {
    expect(read([encoder.encode('\n\n{"a":1}\r\n  \n{"b":2}')])).toEqual(['{"a":1}', '{"b":2}']);
  });

  it("gives back any documents, however they are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 9 }), (values, size) => {
        const lines = values.map((value) => JSON.stringify(value));
        const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(""));
        const pieces: Uint8Array[] = [];
        for (let from = 0; from < bytes.length; from += size) pieces.push(bytes.slice(from, from + size));
        expect(read(pieces)).toEqual(lines);
      }),
    );
  });

  it("refuses a line without an end before it fills the memory", () => {
    const reader = new NdjsonReader(() => {});
    const piece = encoder.encode("x".repeat(1024 * 1024));
    expect(() => {
      for (let written = 0; written <= MAX_EVENT_CHARS; written += piece.length) reader.push(piece);
    }).toThrow(RangeError);
  });
});
