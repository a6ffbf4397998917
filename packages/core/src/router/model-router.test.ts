import { manualClock } from "@salesagent/conformance";
import {
  type ModelEvent,
  type ModelRequest,
  type ModelStream,
  SalesAgentError,
  userMessage,
} from "@salesagent/ports";
import { describe, expect, it, vi } from "vitest";
import { createEventBus } from "../kernel/event-bus.js";
import { ModelRouter } from "./model-router.js";
import { modelFailure } from "./testing/model-failure.js";
import { namedModel } from "./testing/named-model.js";

const request: ModelRequest = { messages: [userMessage("Does Figma fit?")] };
const noRetry = { retries: 0 } as const;
const ability = (abilities: object) => ({
  abilities: { ...namedModel("x", {}).profile.abilities, ...abilities },
});

async function read(stream: ModelStream): Promise<readonly ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe("ModelRouter", () => {
  it("answers with the first of equals, and says why", async () => {
    const router = new ModelRouter({
      candidates: [namedModel("one", { text: "from one" }), namedModel("two", { text: "from two" })],
    });
    const result = await router.stream(request).result();

    expect(result).toMatchObject({ provider: "test", modelId: "one", text: "from one" });
    expect(result.attempts).toMatchObject([{ modelId: "one", purpose: "first", outcome: "completed" }]);
    expect(result.decision).toMatchObject({
      policy: "fastest",
      candidates: [
        { modelId: "one", rank: 1 },
        { modelId: "two", rank: 2 },
      ],
    });
  });

  it("sends nothing before the stream is read", () => {
    const one = namedModel("one", { text: "hi" });
    new ModelRouter({ candidates: [one] }).stream(request);
    expect(one.requests).toHaveLength(0);
  });

  it("fails over before the first token without telling the reader of it", async () => {
    const one = namedModel("one", { error: modelFailure("model.overloaded") });
    const router = new ModelRouter({ candidates: [one, namedModel("two", { text: "whole" })] });
    const events = await read(router.stream(request));

    expect(events.map(({ type }) => type)).toEqual(["start", "text-delta", "finish"]);
    expect(events[0]).toMatchObject({ modelId: "two" });
    expect(events[2]).toMatchObject({
      attempts: [
        { modelId: "one", outcome: "failed", errorCode: "model.overloaded", usage: {}, costUsd: 0 },
        { modelId: "two", purpose: "failover", outcome: "completed" },
      ],
    });
  });

  it("restarts in the middle of text, and the result holds one text", async () => {
    const one = namedModel("one", { text: ["Figma ", "fits be"], error: modelFailure("model.stream_cut") });
    const router = new ModelRouter({ candidates: [one, namedModel("two", { text: "Figma fits." })] });
    const stream = router.stream(request);
    const events = await read(stream);
    const result = await stream.result();

    expect(events.map(({ type }) => type)).toEqual([
      ...["start", "text-delta", "text-delta", "restart", "text-delta", "finish"],
    ]);
    expect(events[3]).toMatchObject({ modelId: "two", errorCode: "model.stream_cut" });
    expect(result).toMatchObject({ text: "Figma fits.", modelId: "two" });
    const [lost, served] = result.attempts;
    expect(lost).toMatchObject({ modelId: "one", outcome: "failed", estimated: true });
    expect(result.usage).toEqual(served?.usage);
    expect(result.costUsd).toBeCloseTo((lost?.costUsd ?? 0) + (served?.costUsd ?? 0), 9);
  });

  it("restarts in the middle of reasoning and of a tool call's arguments", async () => {
    const broken = namedModel("one", {
      reasoning: "Let me see",
      toolCalls: [{ name: "lookup", input: { domain: "figma.com" } }],
      error: modelFailure("model.server_error", { inBand: true }),
    });
    const whole = namedModel("two", { toolCalls: [{ name: "lookup", input: { domain: "figma.com" } }] });
    const tools = [{ name: "lookup", description: "Looks up.", inputSchema: { type: "object" } }];
    const result = await new ModelRouter({ candidates: [broken, whole] })
      .stream({ ...request, tools })
      .result();

    expect(result.reasoning).toBe("");
    expect(result.toolCalls).toHaveLength(1);
    expect(result.modelId).toBe("two");
  });

  it("goes on with the text where the next model can, and asks with nothing hidden", async () => {
    const begun = "Figma is a design tool used by ";
    const one = namedModel("one", { text: begun, error: modelFailure("model.timed_out") });
    const two = namedModel("two", { text: [" many ", "teams."] }, ability({ prefill: true }));
    const router = new ModelRouter({ candidates: [one, two], takeover: "continue" });
    const stream = router.stream(request);
    const events = await read(stream);
    const result = await stream.result();

    expect(result.text).toBe("Figma is a design tool used by many teams.");
    expect(events.map(({ type }) => type)).toContain("continue");
    expect(two.requests[0]?.messages).toEqual([
      ...request.messages,
      { role: "assistant", parts: [{ type: "text", text: begun.trimEnd() }] },
    ]);
    expect(result.attempts[1]).toMatchObject({ purpose: "continuation" });
  });

  it("restarts when the next model begins the text anew in place of going on", async () => {
    const one = namedModel("one", {
      text: "Figma is a design tool used by",
      error: modelFailure("model.stream_cut"),
    });
    const two = namedModel(
      "two",
      { text: ["Figma is a ", "design tool used by all."] },
      ability({ prefill: true }),
    );
    const stream = new ModelRouter({ candidates: [one, two], takeover: "continue" }).stream(request);
    const events = await read(stream);

    expect(events.map(({ type }) => type)).toContain("restart");
    expect((await stream.result()).text).toBe("Figma is a design tool used by all.");
  });

  it("asks again without the beginning when a model refuses it, and remembers", async () => {
    const broken = { text: "Figma is a design tool used by", error: modelFailure("model.stream_cut") };
    const one = namedModel("one", broken);
    const two = namedModel(
      "two",
      ({ messages }) =>
        messages.at(-1)?.role === "assistant"
          ? { error: modelFailure("model.bad_request", { status: 400 }) }
          : { text: "Figma is for design." },
      ability({ prefill: true }),
    );
    const router = new ModelRouter({ candidates: [one, two], takeover: "continue" });

    expect((await router.stream(request).result()).text).toBe("Figma is for design.");
    expect(two.requests).toHaveLength(2);
    await router.stream(request).result();
    expect(two.requests).toHaveLength(3);
  });

  it("does not ask others about a request that is at fault, nor about content that is refused", async () => {
    for (const code of ["model.bad_request", "model.content_filtered"] as const) {
      const two = namedModel("two", { text: "hi" });
      const router = new ModelRouter({ candidates: [namedModel("one", { error: modelFailure(code) }), two] });
      await expect(router.stream(request).result()).rejects.toMatchObject({ code });
      expect(two.requests).toHaveLength(0);
    }
  });

  it("asks others about refused content when the host says so", async () => {
    const one = namedModel("one", { error: modelFailure("model.content_filtered") });
    const router = new ModelRouter({
      candidates: [one, namedModel("two", { text: "hi" })],
      reroute: ["model.content_filtered"],
    });
    expect((await router.stream(request).result()).text).toBe("hi");
  });

  it("takes an input that is too long to a larger context only, without a retry", async () => {
    const one = namedModel("one", { error: modelFailure("model.context_length") }, { contextTokens: 8_000 });
    const small = namedModel("small", { text: "no" }, { contextTokens: 4_000 });
    const large = namedModel("large", { text: "yes" }, { contextTokens: 200_000 });
    const result = await new ModelRouter({ candidates: [one, small, large] }).stream(request).result();

    expect(result.text).toBe("yes");
    expect([one.requests.length, small.requests.length]).toEqual([1, 0]);
  });

  it("never fails over after the caller's abort", async () => {
    const controller = new AbortController();
    const one = namedModel("one", { until: new Promise(() => {}), text: "never" });
    const two = namedModel("two", { text: "hi" });
    const result = new ModelRouter({ candidates: [one, two] })
      .stream(request, { signal: controller.signal })
      .result();
    await vi.waitFor(() => expect(one.requests).toHaveLength(1));
    const reason = new Error("the caller left");
    controller.abort(reason);

    await expect(result).rejects.toBe(reason);
    expect(two.requests).toHaveLength(0);
  });

  it("goes round again after a wait, and not before the time that a vendor told", async () => {
    const clock = manualClock();
    const one = namedModel("one", [
      { error: modelFailure("model.rate_limited", { retryAfterMs: 3_000 }) },
      { text: "now" },
    ]);
    const result = new ModelRouter({ candidates: [one], clock, random: () => 0 }).stream(request).result();
    await vi.waitFor(() => expect(clock.pendingTimers).toBe(1));
    clock.advance(2_999);
    await Promise.resolve();
    expect(one.requests).toHaveLength(1);
    clock.advance(1);

    expect(await result).toMatchObject({
      text: "now",
      attempts: [{ purpose: "first" }, { purpose: "retry", startedMs: 3_000 }],
    });
  });

  it("ends at once when a vendor asks for a longer wait than allowed", async () => {
    const error = modelFailure("model.rate_limited", { retryAfterMs: 90_000 });
    const one = namedModel("one", { error });
    await expect(new ModelRouter({ candidates: [one] }).stream(request).result()).rejects.toBe(error);
    expect(one.requests).toHaveLength(1);
  });

  it("tells of every attempt when all fail", async () => {
    const router = new ModelRouter({
      candidates: [
        namedModel("one", { error: modelFailure("model.server_error") }),
        namedModel("two", { error: modelFailure("model.auth") }),
      ],
      retry: noRetry,
    });
    await expect(router.stream(request).result()).rejects.toMatchObject({
      code: "router.exhausted",
      facts: {
        attempts: [
          { modelId: "one", errorCode: "model.server_error" },
          { modelId: "two", errorCode: "model.auth" },
        ],
      },
    });
  });

  it("throws in the middle when nobody is left to write the answer", async () => {
    const one = namedModel("one", { text: "half of it", error: modelFailure("model.stream_cut") });
    const stream = new ModelRouter({ candidates: [one], retry: noRetry }).stream(request);
    await expect(read(stream)).rejects.toMatchObject({ code: "model.stream_cut" });
  });

  it("opens a breaker after failures, serves from the fallback, probes and returns", async () => {
    const clock = manualClock();
    const opened = vi.fn();
    const closed = vi.fn();
    const events = createEventBus();
    events.on("breaker-opened", opened);
    events.on("breaker-closed", closed);
    let healthy = false;
    const one = namedModel("one", () =>
      healthy ? { text: "from one" } : { error: modelFailure("model.server_error") },
    );
    const router = new ModelRouter({
      candidates: [{ model: one, firstTokenMs: 1 }, namedModel("two", { text: "from two" })],
      breaker: { minCalls: 3, resetMs: 10_000 },
      policy: (candidate) => (candidate.modelId === "one" ? 1 : 0),
      ...{ clock, events },
    });
    for (let call = 0; call < 6; call++) await router.stream(request).result();
    expect(one.requests).toHaveLength(3);
    expect(opened).toHaveBeenCalledTimes(1);
    expect(await router.health()).toMatchObject([{ name: "test/one", status: "down" }, { status: "ok" }]);
    expect(router.explain(request).candidates.at(-1)).toMatchObject({
      modelId: "one",
      passedOver: [expect.stringContaining("circuit breaker is open for 10 s")],
    });

    healthy = true;
    clock.advance(10_000);
    expect((await router.stream(request).result()).text).toBe("from one");
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it("says for each candidate why none fits", async () => {
    const router = new ModelRouter({
      candidates: [
        namedModel("cloud", { text: "hi" }, { locality: "cloud" }),
        namedModel("small", { text: "hi" }, { contextTokens: 2 }),
      ],
    });
    const failure = router.stream(request, { locality: "local" }).result();
    await expect(failure).rejects.toMatchObject({ code: "router.no_candidate" });
    await expect(failure).rejects.toThrow(
      /test\/cloud: the data must stay local.*test\/small: about 4 tokens/,
    );
  });

  it("asks a second candidate when the first is slow to begin, and lets go of who loses", async () => {
    const clock = manualClock();
    const slow = namedModel("slow", { until: new Promise(() => {}), text: "late" });
    const router = new ModelRouter({
      candidates: [slow, namedModel("two", { text: "in time" })],
      ...{ hedge: { afterMs: 500 }, clock },
    });
    const result = router.stream(request).result();
    await vi.waitFor(() => expect(clock.pendingTimers).toBe(1));
    clock.advance(500);

    expect(await result).toMatchObject({
      text: "in time",
      attempts: [
        { modelId: "slow", outcome: "aborted", estimated: true },
        { modelId: "two", purpose: "hedge", outcome: "completed" },
      ],
    });
  });

  it("asks every guard before each attempt, and tells each how it ended", async () => {
    const told: string[] = [];
    const guard = {
      begin: ({ modelId, purpose }: { modelId: string; purpose: string }) => ({
        end: ({ outcome }: { outcome: string }) => void told.push(`${modelId} ${purpose} ${outcome}`),
      }),
    };
    const one = namedModel("one", { text: "half", error: modelFailure("model.stream_cut") });
    const router = new ModelRouter({ candidates: [one, namedModel("two", { text: "whole" })] });
    await router.stream(request, { guards: [guard] }).result();
    expect(told).toEqual(["one first failed", "two failover completed"]);
  });

  it("asks a guard once that the call and the router both bring", async () => {
    const begin = vi.fn(() => ({ end: () => {} }));
    const router = new ModelRouter({ candidates: [namedModel("one", { text: "hi" })], guards: [{ begin }] });
    const guard = { begin };
    const shared = new ModelRouter({ candidates: [namedModel("one", { text: "hi" })], guards: [guard] });
    await shared.stream(request, { guards: [guard] }).result();
    expect(begin).toHaveBeenCalledTimes(1);
    await router.stream(request, { guards: [guard] }).result();
    expect(begin).toHaveBeenCalledTimes(3);
  });

  it("takes a cheaper candidate when a budget refuses the first, where the host wants that", async () => {
    const refused = new SalesAgentError("budget.exceeded", {
      message: "no",
      facts: { budget: "daily", measure: "usd", limit: 1, spent: 1, held: 0 },
      replay: "safe",
    });
    const guard = {
      begin: ({ modelId }: { modelId: string }) => {
        if (modelId === "dear") throw refused;
        return { end: () => {} };
      },
    };
    const candidates = [namedModel("dear", { text: "no" }), namedModel("cheap", { text: "yes" })];
    const degrading = new ModelRouter({ candidates, guards: [guard], whenOverBudget: "cheaper" });
    expect((await degrading.stream(request).result()).text).toBe("yes");

    await expect(new ModelRouter({ candidates, guards: [guard] }).stream(request).result()).rejects.toBe(
      refused,
    );
    const [dear] = degrading.candidates();
    expect(dear?.breaker).toMatchObject({ state: "closed", calls: 0 });
  });

  it("lets go of the model when its reader leaves, and counts that against nobody", async () => {
    const one = namedModel("one", { text: ["a", "b", "c"] });
    const router = new ModelRouter({ candidates: [one] });
    const ended = vi.fn();
    for await (const event of router.stream(request, { guards: [{ begin: () => ({ end: ended }) }] })) {
      if (event.type === "text-delta") break;
    }
    await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
    expect(ended.mock.calls[0]?.[0]).toMatchObject({ outcome: "aborted" });
    expect(router.candidates()[0]?.errorRate).toBeUndefined();
  });

  it("prefers to stay with the model whose prompt cache holds the conversation", async () => {
    const kept = { input: 10, cachedInput: 1, output: 10, asOf: "2026-01-01" };
    const rival = { ...kept, input: 8, cachedInput: 8 };
    const usage = { inputTokens: 10_000, outputTokens: 5 };
    const router = new ModelRouter({
      candidates: [
        namedModel("rival", { text: "a", usage }, { price: rival, ...ability({ tools: false }) }),
        namedModel("kept", { text: "b", usage }, { price: kept }),
      ],
      policy: "cheapest",
    });
    const long = { messages: [userMessage("x".repeat(40_000))], cacheKey: "thread-1" };
    expect(router.explain(long).candidates[0]).toMatchObject({ modelId: "rival" });

    const tools = [{ name: "lookup", description: "Looks up.", inputSchema: { type: "object" } }];
    await router.stream({ ...long, tools }).result();
    expect(router.explain(long).candidates[0]).toMatchObject({
      modelId: "kept",
      facts: { cachedTokens: 10_000 },
    });
    expect(router.explain({ ...long, cacheKey: "thread-2" }).candidates[0]).toMatchObject({
      modelId: "rival",
    });
  });

  it.each([
    [{ candidates: [] }, /router\.candidates must hold at least one model/],
    [{ candidates: [{ model: undefined }] }, /router\.candidates\[0\] must be a language model/],
    [{ candidates: [namedModel("a", {}), namedModel("a", {})] }, /candidates\[1\]\.id.*candidates\[0\]/],
    [{ candidates: [namedModel("a", {})], policy: "fast" }, /router\.policy must be one of "fastest"/],
    [
      { candidates: [namedModel("a", {})], policy: { weights: { cost: -1 } } },
      /router\.policy\.weights\.cost/,
    ],
    [{ candidates: [namedModel("a", {})], policy: { tasks: { a: "x" } } }, /router\.policy\.tasks\.a/],
    [{ candidates: [namedModel("a", {})], retry: { retries: 1.5 } }, /router\.retry\.retries/],
    [{ candidates: [{ model: namedModel("a", {}), quality: 2 }] }, /router\.candidates\[0\]\.quality/],
    [{ candidates: [namedModel("a", {})], hedge: {} }, /router\.hedge needs a second candidate/],
    [{ candidates: [namedModel("a", {})], timeouts: { stallMs: 0 } }, /router\.timeouts\.stallMs/],
    [{ candidates: [namedModel("a", {})], breaker: { errorShare: 2 } }, /errorShare/],
  ])("names the option that makes no sense: %#", (options, message) => {
    expect(() => new ModelRouter(options as never)).toThrow(message);
  });
});
