import { manualClock } from "@salesagent/conformance";
import {
  type AttemptGuard,
  type LanguageModel,
  type ModelAttempt,
  type ModelEvent,
  type ModelRequest,
  SalesAgentError,
  systemMessage,
  userMessage,
} from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scriptedModel } from "../scripted-model/index.js";
import { doubleStorage } from "./testing/double-storage.js";
import { type CacheOptions, withCache } from "./with-cache.js";

const ASK: ModelRequest = { messages: [systemMessage("Be brief."), userMessage("Greet Ada.")] };
const ACME = { scope: { tenant: "acme" } } as const;
const DAY_MS = 86_400_000;

function setUp(script: Parameters<typeof scriptedModel>[0] = [], options: Partial<CacheOptions> = {}) {
  const [storage, clock, inner] = [doubleStorage(), manualClock(), scriptedModel(script)];
  const model = withCache(inner, { storage, clock, ...options });
  return { storage, clock, inner, model };
}

async function eventsOf(stream: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe("withCache", () => {
  it("answers an equal request from the cache, for nothing", async () => {
    const { model, inner, clock } = setUp([{ text: ["Hello ", "Ada."] }]);
    const first = await model.stream(ASK, ACME).result();
    clock.advance(5_000);
    const second = await model.stream(ASK, ACME).result();

    expect(first).toMatchObject({ text: "Hello Ada.", costUsd: 0.00001 });
    expect(first.cache).toBeUndefined();
    expect(second).toEqual({
      ...first,
      usage: {},
      costUsd: 0,
      attempts: [],
      timings: { firstTokenMs: 0, totalMs: 0 },
      cache: { kind: "exact", ageMs: 5_000 },
    });
    expect(inner.requests).toHaveLength(1);
  });

  it("replays an answer as a stream that says what its result says", async () => {
    const { model } = setUp(
      [{ reasoning: "A name.", text: ["Hel", "lo"], toolCalls: [{ name: "lookup", input: { id: 1 } }] }],
      { cacheTools: true },
    );
    const original = await model.stream(ASK, ACME).result();
    const stream = model.stream(ASK, ACME);
    const events = await eventsOf(stream);
    const result = await stream.result();

    expect(events.map(({ type }) => type)).toEqual([
      "start",
      "reasoning-delta",
      "text-delta",
      "tool-call-start",
      "tool-call-delta",
      "tool-call-end",
      "finish",
    ]);
    expect(events.at(-1)).toMatchObject({
      reason: "tool-calls",
      costUsd: 0,
      attempts: [],
      cache: { kind: "exact" },
    });
    expect(result.message).toEqual(original.message);
    expect(result.toolCalls).toEqual(original.toolCalls);
  });

  it("forgets an answer when its time is over, whatever the store gives", async () => {
    const { model, clock, inner } = setUp([{ text: "one" }, { text: "two" }]);
    await model.stream(ASK, ACME).result();
    clock.advance(DAY_MS - 1);
    expect((await model.stream(ASK, ACME).result()).text).toBe("one");
    clock.advance(1);
    expect((await model.stream(ASK, ACME).result()).text).toBe("two");
    expect(inner.requests).toHaveLength(2);
  });

  it("holds older entries to a time that was shortened since", async () => {
    const { model, storage, clock, inner } = setUp([{ text: "one" }, { text: "two" }]);
    await model.stream(ASK, ACME).result();
    clock.advance(2_000);
    const hasty = withCache(inner, { storage, clock, ttlMs: 2_000 });
    expect((await hasty.stream(ASK, ACME).result()).text).toBe("two");
  });

  it("holds entries to the time that was meant for them, when it is longer now", async () => {
    const { storage, clock, inner, model } = setUp([{ text: "one" }, { text: "two" }], { ttlMs: 1_000 });
    await model.stream(ASK, ACME).result();
    clock.advance(1_000);
    const patient = withCache(inner, { storage, clock });
    expect((await patient.stream(ASK, ACME).result()).text).toBe("two");
    expect(clock.pendingTimers).toBe(0);
  });

  it("sends nothing before it is read", async () => {
    const { model, storage, inner } = setUp([{ text: "one" }]);
    const stream = model.stream(ASK, ACME);
    await new Promise((resolve) => setImmediate(resolve));
    expect([storage.gets, inner.requests.length]).toEqual([0, 0]);
    await stream.result();
    expect([storage.gets, inner.requests.length]).toEqual([1, 1]);
  });

  it("takes a tenant for calls that name none, and does not cache without any", async () => {
    const { storage, inner, model } = setUp(() => ({ text: "hi" }));
    expect((await model.stream(ASK).result()).cache).toBeUndefined();
    expect((await model.stream(ASK).result()).cache).toBeUndefined();
    expect(storage.gets).toBe(0);
    const forAcme = withCache(inner, { storage, tenant: "acme" });
    await forAcme.stream(ASK).result();
    expect((await forAcme.stream(ASK).result()).cache).toMatchObject({ kind: "exact" });
    expect([...storage.entries.keys()]).toEqual(["acme"]);
  });

  it("never gives one tenant what another was answered", async () => {
    const call = fc.record({
      tenant: fc.constantFrom("a", "b", "a/b", 'a","b'),
      text: fc.constantFrom("x", "y"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (calls, atOnce) => {
          const { inner, storage } = setUp((_, index) => ({
            text: `answer ${index}`,
            until: Promise.resolve(),
          }));
          const model = withCache(inner, { storage });
          const ask = ({ tenant, text }: (typeof calls)[number]) =>
            model.stream({ messages: [userMessage(text)] }, { scope: { tenant } }).result();
          const results = [];
          if (atOnce) results.push(...(await Promise.all(calls.map(ask))));
          else for (const one of calls) results.push(await ask(one));
          const asked = new Map<string, string>();
          for (const [index, { tenant, text }] of calls.entries()) {
            const name = JSON.stringify([tenant, text]);
            const answer = results[index]?.text ?? "";
            expect(asked.get(name) ?? answer).toBe(answer);
            asked.set(name, answer);
          }
          expect(new Set(asked.values()).size).toBe(asked.size);
          expect(inner.requests).toHaveLength(asked.size);
        },
      ),
    );
  });

  it("asks the host whether to cache, and tells a failure of that in the stream", async () => {
    const { model, inner } = setUp(() => ({ text: "hi" }), {
      shouldCache: ({ temperature = 0 }) => temperature === 0,
    });
    const warm = { ...ASK, temperature: 1 };
    for (let round = 0; round < 2; round++) await model.stream(warm, ACME).result();
    for (let round = 0; round < 2; round++) await model.stream(ASK, ACME).result();
    expect(inner.requests).toHaveLength(3);

    const failure = new Error("no");
    const broken = withCache(inner, {
      storage: doubleStorage(),
      shouldCache() {
        throw failure;
      },
    });
    await expect(broken.stream(ASK, ACME).result()).rejects.toBe(failure);
  });

  it("leaves a request that is not JSON to the model", async () => {
    const own: Record<string, unknown> = {};
    own["own"] = own;
    const { model, inner } = setUp(() => ({ text: "hi" }));
    const request = { ...ASK, providerOptions: { scripted: own } } as ModelRequest;
    for (let round = 0; round < 2; round++)
      expect((await model.stream(request, ACME).result()).text).toBe("hi");
    expect(inner.requests).toHaveLength(2);
  });

  it("sees what the host says that answers depend on, and what a router chooses by", async () => {
    let version = 1;
    const { model, inner } = setUp(() => ({ text: "hi" }), { keyParts: () => ({ version }) });
    await model.stream(ASK, ACME).result();
    version = 2;
    await model.stream(ASK, ACME).result();
    await model.stream(ASK, { ...ACME, task: "drafting" }).result();
    await model.stream(ASK, { ...ACME, locality: "local" }).result();
    expect(inner.requests).toHaveLength(4);
    await model
      .stream({ ...ASK, cacheKey: "p" }, { ...ACME, headers: { a: "b" }, timeouts: { totalMs: 5 } })
      .result();
    expect(inner.requests).toHaveLength(4);
  });

  it("goes on without a store that fails, and tells the host", async () => {
    const away = new SalesAgentError("store.unavailable", {
      message: "away",
      facts: { store: "cache" },
      replay: "safe",
    });
    const told: [unknown, string][] = [];
    const { inner } = setUp(() => ({ text: "hi" }));
    const storage = {
      tenant() {
        throw away;
      },
    };
    const model = withCache(inner, {
      storage,
      onStoreError(error, step) {
        told.push([error, step]);
        throw new Error("and the host, too");
      },
    });
    expect((await model.stream(ASK, ACME).result()).text).toBe("hi");
    expect(told).toEqual([
      [away, "read"],
      [away, "write"],
    ]);
  });

  it("goes on without a store that does not answer in time", async () => {
    const told: unknown[] = [];
    const never = () => new Promise<never>(() => {});
    const { inner, clock } = setUp(() => ({ text: "hi" }));
    const { cache } = doubleStorage().tenant("acme");
    const storage = { tenant: () => ({ cache: { ...cache, get: never, put: never } }) };
    const model = withCache(inner, {
      storage,
      clock,
      storeTimeoutMs: 500,
      onStoreError: (error) => told.push(error),
    });
    const result = model.stream(ASK, ACME).result();
    for (let round = 0; round < 2; round++) {
      while (clock.pendingTimers === 0) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(500);
    }
    expect((await result).text).toBe("hi");
    expect(told).toMatchObject([{ code: "call.timed_out" }, { code: "call.timed_out" }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("rejects with the caller's own reason while the store is asked, and tells the host nothing", async () => {
    const { inner } = setUp(() => ({ text: "hi" }));
    let signal: AbortSignal | undefined;
    const { cache } = doubleStorage().tenant("acme");
    const get: typeof cache.get = (_, call) => {
      signal = call?.signal;
      return new Promise(() => {});
    };
    const storage = { tenant: () => ({ cache: { ...cache, get } }) };
    const told: unknown[] = [];
    const model = withCache(inner, { storage, onStoreError: (error) => told.push(error) });
    const controller = new AbortController();
    const result = model.stream(ASK, { ...ACME, signal: controller.signal }).result();
    while (!signal) await new Promise((resolve) => setImmediate(resolve));
    const reason = new Error("the user left");
    controller.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(signal.aborted).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    expect(inner.requests).toHaveLength(0);
  });

  it("asks guards for misses alone", async () => {
    const { model } = setUp([{ text: "hi" }]);
    const ended: ModelAttempt[] = [];
    const guard: AttemptGuard = { begin: () => ({ end: (attempt) => void ended.push(attempt) }) };
    for (let round = 0; round < 3; round++) await model.stream(ASK, { ...ACME, guards: [guard] }).result();
    expect(ended).toMatchObject([{ provider: "scripted", outcome: "completed", costUsd: 0.00001 }]);
    expect(model.guardsAttempts).toBe(true);
  });

  it("is the model that it wraps, to whoever looks", () => {
    const { model, inner } = setUp();
    const { port, provider, modelId, profile } = inner;
    expect(model).toMatchObject({ port, provider, modelId, profile });
  });

  const storage = doubleStorage();
  it.each<[string, object]>([
    ["cache.storage", { storage: undefined }],
    ["cache.storage", { storage: {} }],
    ["cache.ttlMs", { storage, ttlMs: 0 }],
    ["cache.ttlMs", { storage, ttlMs: Number.NaN }],
    ["cache.ttlMs", { storage, ttlMs: Number.POSITIVE_INFINITY }],
    ["cache.maxEntryBytes", { storage, maxEntryBytes: 0.5 }],
    ["cache.storeTimeoutMs", { storage, storeTimeoutMs: -1 }],
    ["cache.shouldCache", { storage, shouldCache: true }],
    ["cache.shouldKeep", { storage, shouldKeep: 1 }],
    ["cache.keyParts", { storage, keyParts: {} }],
    ["cache.onStoreError", { storage, onStoreError: "log" }],
  ])("refuses a bad %s when it is made", (path, options) => {
    const model: LanguageModel = scriptedModel([]);
    expect(() => withCache(model, options as CacheOptions)).toThrow(path);
  });
});
