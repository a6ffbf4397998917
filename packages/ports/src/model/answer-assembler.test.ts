import { describe, expect, it } from "vitest";
import { AnswerAssembler } from "./answer-assembler.js";
import type { ModelEvent } from "./model-event.js";

const START: ModelEvent = { type: "start", provider: "toy", modelId: "t", warnings: [], rateLimits: [] };
const FINISH: ModelEvent = {
  type: "finish",
  reason: "stop",
  usage: {},
  timings: { totalMs: 1 },
  attempts: [],
};
const begin = (callId: string): ModelEvent => ({ type: "tool-call-start", callId, name: "look" });
const end = (callId: string, input = {}): ModelEvent => ({
  type: "tool-call-end",
  callId,
  name: "look",
  input,
});

function assemble(...events: ModelEvent[]) {
  const assembler = new AnswerAssembler();
  for (const event of [START, ...events, FINISH]) assembler.push(event);
  return assembler.result();
}

describe("AnswerAssembler", () => {
  it("keeps interleaved calls apart", () => {
    const { toolCalls } = assemble(begin("a"), begin("b"), end("b", { n: 2 }), end("a", { n: 1 }));

    expect(toolCalls.map(({ callId, input }) => [callId, input])).toEqual([
      ["a", { n: 1 }],
      ["b", { n: 2 }],
    ]);
  });

  it.each([
    ["two calls of one id", [begin("a"), end("a"), begin("a"), end("a")]],
    ["an end without a start", [end("a")]],
    ["a call that ends twice", [begin("a"), end("a"), end("a")]],
    ["a call that never ends", [begin("a")]],
  ])("refuses %s as a malformed response", (_, events) => {
    expect(() => assemble(...events)).toThrow(
      expect.objectContaining({
        code: "model.malformed_response",
        facts: expect.objectContaining({ provider: "toy" }),
      }),
    );
  });
});
