import { type AttemptGuard, type ModelEvent, type Usage, userMessage } from "@salesagent/ports";
import { describe, expect, it, vi } from "vitest";
import { ModelRouter } from "./model-router.js";
import { brokenModel, hostModel, notingGuard } from "./testing/host-model.js";
import { namedModel } from "./testing/named-model.js";
import { readByGrammar } from "./testing/stream-grammar.js";

const request = { messages: [userMessage("Hi")] };
const start: ModelEvent = { type: "start", provider: "host", modelId: "bad", warnings: [], rateLimits: [] };
const text = (words: string): ModelEvent => ({ type: "text-delta", text: words });
const callStart: ModelEvent = { type: "tool-call-start", callId: "1", name: "look" };
const callEnd: ModelEvent = { type: "tool-call-end", callId: "1", name: "look", input: {} };
const finish: ModelEvent = {
  type: "finish",
  reason: "stop",
  usage: { inputTokens: 1, outputTokens: 1 },
  timings: { totalMs: 1 },
  attempts: [],
};

async function answer(...events: readonly unknown[]) {
  const { guard, begun, ended } = notingGuard();
  const returned = vi.fn();
  const bad = hostModel("bad", async function* () {
    try {
      yield* events;
    } finally {
      returned();
    }
  });
  const router = new ModelRouter({
    candidates: [bad, namedModel("well", { text: "Whole." })],
    policy: "best",
  });
  const stream = router.stream(request, { guards: [guard] });
  const seen: ModelEvent[] = [];
  for await (const event of stream) seen.push(event);
  return { result: await stream.result(), seen, begun, ended, returned };
}

describe("a model that a host wrote", () => {
  it.each<[string, readonly unknown[]]>([
    ["answers without a start", [text("a"), finish]],
    ["finishes without a start", [finish]],
    ["begins twice", [start, text("a"), start, text("b"), finish]],
    ["leaves a tool call open", [start, callStart, finish]],
    ["ends a tool call that was not open", [start, callEnd, finish]],
    ["ends a tool call twice", [start, callStart, callEnd, callEnd, finish]],
    ["gives two tool calls one id", [start, callStart, callStart, callEnd, finish]],
    [
      "sends arguments to no call",
      [start, { type: "tool-call-delta", callId: "1", argumentsText: "{" }, finish],
    ],
    ["never finishes", [start, text("a")]],
    ["sends nothing", []],
    ["sends what is no event", [start, undefined]],
    ["sends text that is none", [start, { type: "text-delta" }, finish]],
    ["finishes without a usage or a reason", [start, { type: "reasoning-delta", text: undefined }]],
  ])("and that %s is failed over, by the grammar", async (_, events) => {
    const { result, seen, begun, ended, returned } = await answer(...events);

    expect(result.text).toBe("Whole.");
    expect(readByGrammar(seen)).toEqual({ text: "Whole.", ended: true });
    expect(begun).toEqual(["bad", "well"]);
    expect(ended.map(({ outcome }) => outcome)).toEqual(["failed", "completed"]);
    expect(returned).toHaveBeenCalledTimes(1);
  });

  it("is let go of at its finish, whatever would come after", async () => {
    const { result } = await answer(start, text("Done."), finish, text(" And more."), finish);
    expect(result.text).toBe("Done.");
  });

  it("and that finishes without a usage is booked by estimate", async () => {
    const { result } = await answer(start, text("Done."), { ...finish, usage: undefined });
    expect(result.attempts).toEqual([expect.objectContaining({ outcome: "completed", estimated: true })]);
  });

  it.each([undefined, null, "text", 0, { code: 1 }, Symbol("s"), new Error("e")])(
    "may throw %s anywhere, and every guard is told of each attempt",
    async (thrown) => {
      const models = [
        brokenModel("bad", thrown),
        hostModel("bad", () => {
          throw thrown;
        }),
        hostModel("bad", () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(thrown) }) })),
        hostModel("bad", async function* () {
          yield start;
          yield text("Half");
          throw thrown;
        }),
      ];
      for (const bad of models) {
        const { guard, begun, ended } = notingGuard();
        const well = namedModel("well", { text: "Whole." });
        const stream = new ModelRouter({ candidates: [bad, well], policy: "best" }).stream(request, {
          guards: [guard],
        });
        expect((await stream.result()).text).toBe("Whole.");
        expect(begun).toEqual(["bad", "well"]);
        expect(ended.map(({ outcome }) => outcome)).toEqual(["failed", "completed"]);

        const alone = new ModelRouter({ candidates: [bad], retry: { retries: 0 } });
        await expect(alone.stream(request).result()).rejects.not.toBe("answered");
      }
    },
  );

  it("and whose iterator throws when it is closed leaves no unhandled rejection", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const bad = hostModel("bad", () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return() {
          throw new Error("can't close");
        },
      }),
    }));
    const reading = new ModelRouter({ candidates: [bad] }).stream(request)[Symbol.asyncIterator]();
    void reading.next();
    await null;
    await reading.return?.();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it.each([Number.NaN, -5, 1.5, 1e308, Number.POSITIVE_INFINITY, "12"])(
    "and whose usage and cost are %s is booked as unknown, and ranked as before",
    async (count) => {
      const usage = { inputTokens: count, outputTokens: count, reasoningTokens: count } as Usage;
      const costUsd = (count === 1.5 ? Number.NaN : count) as number;
      const { guard, ended } = notingGuard();
      const router = new ModelRouter({
        candidates: [namedModel("odd", { text: "x", usage, costUsd }), namedModel("well", { text: "y" })],
        policy: "best",
      });
      const before = router.explain(request).candidates.map(({ facts }) => facts?.costUsd);
      const result = await router.stream(request, { guards: [guard] }).result();

      for (const { usage: booked, costUsd: bookedUsd, estimated } of [...ended, ...result.attempts]) {
        expect(Object.values(booked).every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
        expect(bookedUsd).toBeGreaterThanOrEqual(0);
        expect(bookedUsd).toBeLessThan(1);
        expect(estimated).toBe(true);
      }
      expect(result.usage).toEqual({});
      expect(result.costUsd).toBeLessThan(1);
      const after = router.explain(request).candidates;
      expect(after.map(({ facts }) => facts?.costUsd)).toEqual(before);
      expect(after.every(({ score }) => Number.isFinite(score))).toBe(true);
    },
  );

  it("is not asked when a guard answers by a promise that is not the platform's own", async () => {
    const model = namedModel("one", { text: "x" });
    const forbidden = new Error("forbidden");
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a promise of another library, as query builders give
      then: (_: unknown, reject: (error: unknown) => void) => reject(forbidden),
    };
    const guard: AttemptGuard = { begin: () => thenable as never };
    const stream = new ModelRouter({ candidates: [model] }).stream(request, { guards: [guard] });

    await expect(stream.result()).rejects.toBe(forbidden);
    expect(model.requests).toHaveLength(0);
  });
});
