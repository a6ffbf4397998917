import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClientError } from "./client-error.js";
import { createSseParser, MAX_MESSAGE_CHARACTERS, type SseMessage } from "./sse-parser.js";

function parse(pieces: readonly string[]): { messages: SseMessage[]; retryMs: number } {
  const hints = { retryMs: 0 };
  const messages = pieces.flatMap(createSseParser(hints));
  return { messages, retryMs: hints.retryMs };
}

const value = fc
  .string({ unit: fc.constantFrom("a", "ü", "𝄞", ":", " ", "{", "\\"), maxLength: 8 })
  .filter((text) => !text.startsWith(" "));

const written = fc.record({
  id: fc.option(fc.integer({ min: 1, max: 999 }).map(String), { nil: undefined }),
  event: fc.option(fc.constantFrom("text-delta", "finish", "a:b"), { nil: undefined }),
  data: fc.array(value, { minLength: 1, maxLength: 3 }),
  comment: fc.boolean(),
});
type Written = typeof written extends fc.Arbitrary<infer Message> ? Message : never;

function write({ id, event, data, comment }: Written, end: string): string {
  const lines = [
    ...(comment ? [": heartbeat"] : []),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event:${event}`]),
    ...data.map((line) => `data: ${line}`),
    "",
  ];
  return lines.map((line) => line + end).join("");
}

function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, piece = 0; at < text.length; at += lengths[piece++ % lengths.length] ?? 1) {
    pieces.push(text.slice(at, at + (lengths[piece % lengths.length] ?? 1)));
  }
  return pieces;
}

describe("the parser of event streams", () => {
  it("reads the messages wherever the text is cut and however its lines end", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 });
    const ends = fc.constantFrom("\n", "\r", "\r\n");
    fc.assert(
      fc.property(fc.array(written, { maxLength: 5 }), ends, lengths, (messages, end, cuts) => {
        let id = "";
        const expected = messages.map((message) => {
          id = message.id ?? id;
          return { id, event: message.event ?? "message", data: message.data.join("\n") };
        });
        const text = messages.map((message) => write(message, end)).join("");
        expect(parse(cut(text, cuts)).messages).toEqual(expected);
      }),
    );
  });

  it("reads what was written, at each place that it can be cut", () => {
    const text =
      ':hi\r\nid: 7\r\nevent: note\r\ndata: {"a":\rdata:1}\r\n\r\nretry: 250\n\ndata\n\nid\ndata:  two\n\n: bye\ndata: cut';
    const expected = [
      { id: "7", event: "note", data: '{"a":\n1}' },
      { id: "7", event: "message", data: "" },
      { id: "", event: "message", data: " two" },
    ];
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second += 7) {
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        expect(parse(pieces)).toEqual({ messages: expected, retryMs: 250 });
      }
    }
  });

  it("passes over fields and waits that are none", () => {
    const { messages, retryMs } = parse(["retry: soon\nretry: -1\nid: a\0b\nother: x\ndata: 1\n\n"]);
    expect(messages).toEqual([{ id: "", event: "message", data: "1" }]);
    expect(retryMs).toBe(0);
  });

  it("refuses a line without an end", () => {
    const take = createSseParser({ retryMs: 0 });
    const piece = "x".repeat(1_000_000);
    const feed = () => {
      for (let sent = 0; sent <= MAX_MESSAGE_CHARACTERS; sent += piece.length) take(piece);
    };
    expect(feed).toThrow(ClientError);
  });

  it("refuses a message of endless lines, and takes endless heartbeats", () => {
    const line = `data: ${"x".repeat(100_000)}\n`;
    const feed = (text: string) => {
      const take = createSseParser({ retryMs: 0 });
      for (let sent = 0; sent <= 2 * MAX_MESSAGE_CHARACTERS; sent += text.length) take(text);
    };
    expect(() => feed(line)).toThrow("over 8000000 characters");
    expect(() => feed(`:${"-".repeat(100_000)}\n`)).not.toThrow();
  });
});
