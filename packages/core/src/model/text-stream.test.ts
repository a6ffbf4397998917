import { createModelStream, type ModelEvent, type ModelStream } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textStream } from "./text-stream.js";

const WHO = { provider: "p", modelId: "m", warnings: [], rateLimits: [] } as const;
const START: ModelEvent = { type: "start", ...WHO };
const RESTART: ModelEvent = { type: "restart", ...WHO, errorCode: "model.stream_cut" };
const CONTINUE: ModelEvent = { type: "continue", ...WHO, errorCode: "model.stream_cut" };
const FINISH: ModelEvent = {
  type: "finish",
  reason: "stop",
  usage: {},
  timings: { totalMs: 1 },
  attempts: [],
};
const text = (piece: string): ModelEvent => ({ type: "text-delta", text: piece });

function streamOf(...events: readonly ModelEvent[]): ModelStream {
  return createModelStream(async function* () {
    for (const event of events) yield [event];
  });
}

async function piecesOf(pieces: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

describe("the bare text of an answer", () => {
  it("comes as it is written, and goes on after a continuation", async () => {
    const stream = streamOf(START, text("Hel"), CONTINUE, text("lo"), FINISH);
    expect(await piecesOf(textStream(stream))).toEqual(["Hel", "lo"]);
  });

  it("fails when a part that was given out is withdrawn", async () => {
    const pieces = textStream(streamOf(START, text("Hel"), RESTART, text("Hi"), FINISH));
    expect(await pieces.next()).toMatchObject({ value: "Hel" });
    await expect(pieces.next()).rejects.toThrow("withdrawn");
  });

  it("comes at the finish when it is held back, without what was withdrawn", async () => {
    const stream = streamOf(START, text("Hel"), RESTART, text("H"), CONTINUE, text("i"), FINISH);
    expect(await piecesOf(textStream(stream, { holdBack: true }))).toEqual(["Hi"]);
  });

  it("is not given out at all when the answer breaks off", async () => {
    const pieces = textStream(streamOf(START, text("Hel")), { holdBack: true });
    await expect(pieces.next()).rejects.toMatchObject({ code: "model.stream_cut" });
  });

  it("is, held back, what the result has, whatever was withdrawn and continued", async () => {
    const body = fc.oneof(fc.string().map(text), fc.constantFrom(RESTART, CONTINUE));
    await fc.assert(
      fc.asyncProperty(fc.array(body), async (events) => {
        const stream = streamOf(START, ...events, FINISH);
        const pieces = await piecesOf(textStream(stream, { holdBack: true }));
        expect(pieces.join("")).toBe((await stream.result()).text);
      }),
    );
  });
});
