import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_EVENT_CHARS, SseReader } from "./sse-reader.js";

interface SseEvent {
  readonly data: string;
  readonly event: string | undefined;
}

const encoder = new TextEncoder();

function read(pieces: readonly Uint8Array[]): { readonly events: SseEvent[]; readonly broken: boolean } {
  const events: SseEvent[] = [];
  const reader = new SseReader((data, event) => events.push({ data, event }));
  for (const piece of pieces) reader.push(piece);
  return { events, broken: reader.end() };
}

const readText = (text: string) => read([encoder.encode(text)]);

/** The specification's rules on the whole text at once: slow, and plain enough to trust. */
function readPlainly(text: string): SseEvent[] {
  const events: SseEvent[] = [];
  let data: string[] = [];
  let event: string | undefined;
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  for (const line of lines.slice(0, -1)) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line === "") {
      if (data.length > 0) events.push({ data: data.join("\n"), event });
      data = [];
      event = undefined;
    } else if (line.startsWith("data:")) data.push(value);
    else if (line.startsWith("event:")) event = value.trim();
  }
  return events;
}

/** The shapes that real vendors send. */
const fixtures: Readonly<Record<string, string>> = {
  openai:
    'data: {"id":"1","choices":[{"delta":{"role":"assistant","content":""}}]}\n\ndata: {"choices":[{"delta":{"content":"Grüße 👩🏽‍💻"}}]}\n\ndata: [DONE]\n\n',
  anthropic:
    'event: message_start\ndata: {"type":"message_start"}\n\nevent: ping\ndata: {"type": "ping"}\n\nevent: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"東京"}}    \n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
  gemini: 'data: {"candidates":[{"content":{"parts":[{"text":"né"}]}}]}\r\n\r\ndata: {"a":1}\r\n\r\n',
  openrouter: ': OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\ndata: {"x":"𝒜"}\n\ndata: [DONE]\n\n',
  deepseek: ': keep-alive\n\n\n\ndata: {"x":1}\n\n',
  "old Macs": 'data: {"a":1}\r\rdata: {"b":2}\r\r',
  "mixed line ends": "data: one\r\n\ndata: two\r\r\ndata: three\n\r\n",
  "a byte-order mark": '\uFEFFdata: {"a":1}\n\n',
  "several lines": "data: first\ndata:second\ndata:  third\n\n",
  "no space": 'data:{"a":1}\n\n',
};

describe("SseReader", () => {
  it.each(Object.entries(fixtures))("reads %s as the specification says", (_, text) => {
    expect(readText(text)).toEqual({ events: readPlainly(text), broken: false });
    expect(readPlainly(text).length).toBeGreaterThan(0);
  });

  it.each(Object.entries(fixtures))("reads %s the same, wherever its bytes are cut", (_, text) => {
    const bytes = encoder.encode(text);
    const { events } = readText(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(read([bytes.slice(0, cut), bytes.slice(cut)]).events, `cut at ${cut}`).toEqual(events);
    }
    expect(read([...bytes].map((byte) => Uint8Array.of(byte))).events).toEqual(events);
  });

  it("agrees with the plain reading on any lines, line ends and cuts", () => {
    const line = fc.oneof(
      fc.constant(""),
      fc.string({ unit: "grapheme" }).map((text) => `data: ${text.replace(/[\r\n]/g, "")}`),
      fc.string({ unit: "grapheme" }).map((text) => `data:${text.replace(/[\r\n]/g, "")}`),
      fc.constantFrom("event: error", "event:ping", ": a comment", "id: 7", "retry: 10", "unknown"),
    );
    const input = fc.record({
      lines: fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 30 }),
      cuts: fc.array(fc.nat(400), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(input, ({ lines, cuts }) => {
        const text = lines.flat().join("");
        const bytes = encoder.encode(text);
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((end, index) => bytes.slice(places[index], end));
        expect(read(pieces).events).toEqual(readPlainly(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each(["data: half", "data: half\n", 'data: {"a":1}\n\ndata: ha', "da", ": comm"])(
    "says that %j breaks off",
    (text) => {
      expect(readText(text).broken).toBe(true);
    },
  );

  it.each(["", "\n", ": done\n\n", "data: x\n\n\n\n"])("says that %j does not", (text) => {
    expect(readText(text).broken).toBe(false);
  });

  it("forgets the name of an event that has no data", () => {
    expect(readText("event: ping\n\ndata: x\n\n").events).toEqual([{ data: "x", event: undefined }]);
  });

  it("keeps an event with empty data", () => {
    expect(readText("data:\n\n").events).toEqual([{ data: "", event: undefined }]);
  });

  it("gives an event at its blank line, not a byte later", () => {
    const events: string[] = [];
    const reader = new SseReader((data) => events.push(data));
    reader.push(encoder.encode("data: now\r\n\r"));
    expect(events).toEqual(["now"]);
    reader.push(encoder.encode("\ndata: next\n\n"));
    expect(events).toEqual(["now", "next"]);
  });

  it("refuses an event without an end before it fills the memory", () => {
    const reader = new SseReader(() => {});
    const piece = encoder.encode("x".repeat(1024 * 1024));
    reader.push(encoder.encode("data: "));
    expect(() => {
      for (let written = 0; written <= MAX_EVENT_CHARS; written += piece.length) reader.push(piece);
    }).toThrow(RangeError);
  });

  it("refuses an event of endless lines", () => {
    const reader = new SseReader(() => {});
    const piece = encoder.encode(`data: ${"x".repeat(1024 * 1024)}\n`);
    expect(() => {
      for (let written = 0; written <= MAX_EVENT_CHARS + piece.length; written += piece.length) {
        reader.push(piece);
      }
    }).toThrow(RangeError);
  });
});
