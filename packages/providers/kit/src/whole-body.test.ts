import { describe, expect, it } from "vitest";
import { MAX_EVENT_CHARS } from "./sse-reader.js";
import { WholeBody } from "./whole-body.js";

const encoder = new TextEncoder();

function read(text: string, cut = text.length) {
  const body = new WholeBody();
  const bytes = encoder.encode(text);
  body.push(bytes.slice(0, cut));
  body.push(bytes.slice(cut));
  return body.end();
}

describe("WholeBody", () => {
  it("gives the document, wherever its bytes are cut", () => {
    const text = '\n\n{"text":"Grüße 👩🏽‍💻","list":[1,2]}';
    for (let cut = 0; cut <= encoder.encode(text).length; cut++) {
      expect(read(text, cut)).toEqual({ text: "Grüße 👩🏽‍💻", list: [1, 2] });
    }
  });

  it.each(['{"text":"hal', "[1,", "", "   "])("says that %j breaks off", (text) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ init: expect.objectContaining({ kind: "cut" }) }),
    );
  });

  it.each(["<html>", "Service unavailable"])("says that %j is no document", (text) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ init: { kind: "malformed", vendorMessage: text } }),
    );
  });

  it("refuses a reply that never ends before it fills the memory", () => {
    const body = new WholeBody();
    const piece = encoder.encode("x".repeat(1024 * 1024));
    expect(() => {
      for (let written = 0; written <= MAX_EVENT_CHARS; written += piece.length) body.push(piece);
    }).toThrow(RangeError);
  });
});
