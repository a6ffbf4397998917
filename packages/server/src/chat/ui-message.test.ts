import type { StreamRecord } from "@salesagent/ports";
import { readUIMessageStream, type UIMessage, type UIMessageChunk, uiMessageChunkSchema } from "ai";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UiChunk } from "./ui-chunk.js";
import { UiMessage } from "./ui-message.js";

type Event = readonly [type: string, data?: object];

const ENDED = { status: "completed" } as StreamRecord;
const FAILED = { status: "failed", error: { code: "model.overloaded", message: "Busy." } } as StreamRecord;

function chunksOf(events: readonly Event[], record: StreamRecord | undefined = ENDED): UiChunk[] {
  const message = new UiMessage("run-1");
  return [
    ...message.begin(),
    ...events.flatMap(([type, data = {}]) => [...message.event({ type, data: data as never })]),
    ...message.end(record),
  ];
}

/** The message as the AI SDK itself reads it. */
async function readBySdk(events: readonly Event[], record?: StreamRecord) {
  const errors: unknown[] = [];
  const chunks = chunksOf(events, record) as UIMessageChunk[];
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  let last: UIMessage | undefined;
  for await (const message of readUIMessageStream({ stream, onError: (error) => void errors.push(error) }))
    last = message;
  return { message: last, errors };
}

const textParts = (message: UIMessage | undefined) =>
  message?.parts.flatMap((part) =>
    part.type === "text" ? [[part.text, part.state, part.providerMetadata]] : [],
  );

const answer: readonly Event[] = [
  ["run-started", { runId: "x", agent: "writer" }],
  ["step-started", { index: 0, kind: "model", name: "m" }],
  ["start", { provider: "p", modelId: "m" }],
  ["reasoning-delta", { text: "Hm. " }],
  ["text-delta", { text: "Hello, " }],
  ["text-delta", { text: "Ada." }],
  ["finish", { reason: "stop" }],
  ["run-completed", { output: "Hello, Ada.", summary: { costUsd: 0.01, latencyMs: 5 } }],
];
const withdrawn = { salesagent: { withdrawn: true } };

describe("a run as a message of the AI SDK", () => {
  it("has its text, its reasoning and what it took", async () => {
    const { message, errors } = await readBySdk(answer);
    expect(errors).toEqual([]);
    expect(message).toMatchObject({
      id: "run-1",
      role: "assistant",
      metadata: { runId: "run-1", costUsd: 0.01, latencyMs: 5 },
    });
    expect(message?.parts).toMatchObject([
      { type: "step-start" },
      { type: "reasoning", text: "Hm. ", state: "done" },
      { type: "text", text: "Hello, Ada.", state: "done" },
    ]);
  });

  it("has calls of tools with what they came to", async () => {
    const { message } = await readBySdk([
      ["step-started", { kind: "model" }],
      ["tool-call-start", { callId: "c1", name: "lookup" }],
      ["tool-call-delta", { callId: "c1", argumentsText: '{"domain":' }],
      ["tool-call-delta", { callId: "c1", argumentsText: '"figma.com"}' }],
      ["tool-call-end", { callId: "c1", name: "lookup", input: { domain: "figma.com" } }],
      ["finish"],
      ["tool-started", { callId: "c1", name: "lookup", input: { domain: "figma.com" } }],
      ["tool-finished", { callId: "c1", name: "lookup", output: { size: 9 }, failed: false }],
      ["tool-started", { callId: "c2", name: "send", input: {} }],
      ["tool-finished", { callId: "c2", name: "send", output: "refused", failed: true }],
      ["run-completed", { output: "done" }],
    ]);
    expect(message?.parts.filter(({ type }) => type === "dynamic-tool")).toMatchObject([
      {
        toolName: "lookup",
        toolCallId: "c1",
        state: "output-available",
        input: { domain: "figma.com" },
        output: { size: 9 },
      },
      { toolName: "send", toolCallId: "c2", state: "output-error", errorText: "refused" },
    ]);
  });

  it("marks text that another model's restart took back", async () => {
    const { message } = await readBySdk([
      ["step-started", { kind: "model" }],
      ["text-delta", { text: "Hello, B" }],
      ["reasoning-delta", { text: "hm" }],
      ["text-delta", { text: "ob" }],
      ["tool-call-start", { callId: "c1", name: "lookup" }],
      ["restart", { errorCode: "model.stream_cut" }],
      ["text-delta", { text: "Hello, Ada." }],
      ["finish"],
      ["run-completed", { output: "Hello, Ada." }],
    ]);
    expect(textParts(message)).toEqual([
      ["Hello, B", "done", withdrawn],
      ["ob", "done", withdrawn],
      ["Hello, Ada.", "done", undefined],
    ]);
    expect(message?.parts.find(({ type }) => type === "dynamic-tool")).toMatchObject({
      state: "output-error",
    });
  });

  it("marks an answer that had the wrong shape, though it was whole", async () => {
    const { message } = await readBySdk([
      ["step-started", { kind: "model" }],
      ["text-delta", { text: "no" }],
      ["finish"],
      ["output-rejected", { issues: [] }],
      ["text-delta", { text: "yes" }],
      ["finish"],
      ["run-completed", { output: "yes" }],
    ]);
    expect(textParts(message)).toEqual([
      ["no", "done", withdrawn],
      ["yes", "done", undefined],
    ]);
  });

  it("tells after a takeover again what was under way, and nothing twice", async () => {
    const { message } = await readBySdk([
      ["step-started", { kind: "rules" }],
      ["criterion", { name: "size" }],
      ["step-started", { kind: "model" }],
      ["degraded", { code: "x" }],
      ["text-delta", { text: "Hello, B" }],
      ["tool-call-start", { callId: "c1", name: "lookup" }],
      ["tool-call-end", { callId: "c1", name: "lookup", input: 1 }],
      ["run-resumed"],
      ["degraded", { code: "x" }],
      ["text-delta", { text: "Hello, B" }],
      ["tool-call-start", { callId: "c1", name: "lookup" }],
      ["tool-call-end", { callId: "c1", name: "lookup", input: 1 }],
      ["finish"],
      ["tool-finished", { callId: "c1", name: "lookup", output: 2, failed: false }],
      ["run-completed", { output: "Hello, B" }],
    ]);
    expect(textParts(message)).toEqual([
      ["Hello, B", "done", withdrawn],
      ["Hello, B", "done", undefined],
    ]);
    expect(message?.parts.filter(({ type }) => type.startsWith("data-"))).toMatchObject([
      { type: "data-criterion", data: { name: "size" } },
      { type: "data-degraded", data: { code: "x" } },
    ]);
    expect(message?.parts.filter(({ type }) => type === "dynamic-tool")).toMatchObject([
      { state: "output-available", output: 2 },
    ]);
  });

  it("has a structured output as data, and its JSON not as text", async () => {
    const { message } = await readBySdk([
      ["step-started", { kind: "model" }],
      ["text-delta", { text: '{"score"' }],
      ["output-partial", { value: {} }],
      ["text-delta", { text: ":9}" }],
      ["output-partial", { value: { score: 9 } }],
      ["finish"],
      ["run-completed", { output: { score: 9 } }],
    ]);
    expect(textParts(message)).toEqual([]);
    expect(message?.parts.filter(({ type }) => type.startsWith("data-"))).toMatchObject([
      { type: "data-partial", data: { score: 9 } },
      { type: "data-output", data: { score: 9 } },
    ]);
  });

  it("has text that only looks like JSON", async () => {
    const { message } = await readBySdk([
      ["step-started", { kind: "model" }],
      ["text-delta", { text: "[1] See" }],
      ["text-delta", { text: " there." }],
      ["finish"],
      ["run-completed", { output: "[1] See there." }],
    ]);
    expect(textParts(message)?.map(([text]) => text)).toEqual(["[1] See there."]);
  });

  it("tells of a call that waits for a person", async () => {
    const { message } = await readBySdk([["approval-requested", { approvalId: "a1", tool: "send" }]]);
    expect(message?.parts).toMatchObject([{ type: "data-approval", id: "a1", data: { tool: "send" } }]);
  });

  it("fails as the run does, whether the run told it or only the stream's end", async () => {
    const told = await readBySdk(
      [
        ["text-delta", { text: "Hel" }],
        ["run-failed", { code: "x", message: "Busy." }],
      ],
      FAILED,
    );
    const cut = await readBySdk([["text-delta", { text: "Hel" }]], FAILED);
    for (const { errors } of [told, cut]) expect(errors).toMatchObject([{ message: "Busy." }]);
    expect(textParts(told.message)).toEqual([["Hel", "done", withdrawn]]);
  });

  it("is aborted when the run was cancelled", () => {
    const cancelled = { status: "cancelled" } as StreamRecord;
    expect(chunksOf([["run-cancelled"]], cancelled).filter(({ type }) => type === "abort")).toHaveLength(1);
    expect(chunksOf([], cancelled).filter(({ type }) => type === "abort")).toHaveLength(1);
  });

  it("is a stream that the AI SDK takes, whatever the events", async () => {
    const callId = fc.constantFrom("c1", "c2", "");
    const event = fc.oneof(
      fc.tuple(
        fc.constantFrom("text-delta", "reasoning-delta"),
        fc.record({ text: fc.constantFrom("a", "{", "") }),
      ),
      fc.tuple(
        fc.constantFrom(
          "tool-call-start",
          "tool-call-delta",
          "tool-call-end",
          "tool-started",
          "tool-finished",
        ),
        fc.record({
          callId,
          name: fc.constant("t"),
          input: fc.constant(1),
          output: fc.constant(2),
          argumentsText: fc.constant("1"),
          failed: fc.boolean(),
        }),
      ),
      fc.tuple(fc.constantFrom("step-started"), fc.record({ kind: fc.constantFrom("model", "rules") })),
      fc.tuple(
        fc.constantFrom(
          "start",
          "finish",
          "restart",
          "continue",
          "output-rejected",
          "run-resumed",
          "criterion",
          "output-partial",
          "run-started",
        ),
        fc.constantFrom({}, { value: { a: 1 } }),
      ),
      fc.tuple(
        fc.constantFrom("text-delta", "tool-finished", "run-completed", "x"),
        fc.constantFrom(null, 1, "x", []),
      ),
    );
    const { validate } = uiMessageChunkSchema();
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        for (const chunk of chunksOf(events as unknown as Event[])) {
          expect(await validate?.(JSON.parse(JSON.stringify(chunk)))).toMatchObject({ success: true });
        }
        const { errors } = await readBySdk(events as unknown as Event[]);
        expect(errors).toEqual([]);
      }),
    );
  });
});
