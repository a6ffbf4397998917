import type { ModelEvent, Usage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { createWholeDecoder } from "./whole-decoder.js";

const bytes = (text: string) => new TextEncoder().encode(text);

function echoDecoder() {
  const answer: { usage: Usage } = { usage: {} };
  return createWholeDecoder(answer, (document, events) => {
    answer.usage = { outputTokens: 1 };
    events.push({ type: "text-delta", text: JSON.stringify(document) });
    return { reason: "stop", usage: answer.usage };
  });
}

describe("createWholeDecoder", () => {
  it("tells nothing before the document is whole, then all of it", () => {
    const decoder = echoDecoder();
    const events: ModelEvent[] = [];
    expect(decoder.push(bytes('{"a":'), events)).toBe(false);
    expect(decoder.push(bytes("1}"), events)).toBe(false);
    expect(events).toEqual([]);
    expect(decoder.usage()).toEqual({});

    expect(decoder.end(events)).toEqual({ reason: "stop", usage: { outputTokens: 1 } });
    expect(events).toEqual([{ type: "text-delta", text: '{"a":1}' }]);
    expect(decoder.usage()).toEqual({ outputTokens: 1 });
  });

  it.each([
    ['{"a":', "cut"],
    ["<html>", "malformed"],
    ["null", "malformed"],
    ["7", "malformed"],
    ['"text"', "malformed"],
  ])("refuses %s as %s", (text, kind) => {
    const decoder = echoDecoder();
    decoder.push(bytes(text), []);
    expect(() => decoder.end([])).toThrow(
      expect.objectContaining({ init: expect.objectContaining({ kind }) }),
    );
  });
});
