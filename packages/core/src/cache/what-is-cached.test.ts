import { manualClock } from "@salesagent/conformance";
import { type ModelRequest, systemMessage, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type ScriptedReply, scriptedModel } from "../scripted-model/index.js";
import { doubleStorage } from "./testing/double-storage.js";
import { type CacheOptions, withCache } from "./with-cache.js";

const ASK: ModelRequest = { messages: [systemMessage("Be brief."), userMessage("Greet Ada.")] };
const ACME = { scope: { tenant: "acme" } } as const;

function setUp(script: Parameters<typeof scriptedModel>[0] = [], options: Partial<CacheOptions> = {}) {
  const [storage, clock, inner] = [doubleStorage(), manualClock(), scriptedModel(script)];
  const model = withCache(inner, { storage, clock, ...options });
  return { storage, clock, inner, model };
}

describe("withCache", () => {
  const bare = { name: "lookup", description: "Looks up.", inputSchema: {} };
  it.each<[string, ModelRequest]>([
    ["offers tools", { ...ASK, tools: [bare] }],
    [
      "tells of a tool call",
      {
        messages: [
          ...ASK.messages,
          { role: "assistant", parts: [{ type: "tool-call", callId: "1", name: "x", input: {} }] },
        ],
      },
    ],
    [
      "tells of a tool's result",
      {
        messages: [
          ...ASK.messages,
          {
            role: "tool",
            parts: [
              { type: "tool-result", callId: "1", name: "x", output: 1, failed: false, origin: "tool" },
            ],
          },
        ],
      },
    ],
  ])("does not cache a request that %s, unless told to", async (_, request) => {
    const careful = setUp(() => ({ text: "hi" }));
    for (let round = 0; round < 2; round++) await careful.model.stream(request, ACME).result();
    expect(careful.inner.requests).toHaveLength(2);
    expect(careful.storage.gets).toBe(0);

    const told = setUp(() => ({ text: "hi" }), { cacheTools: true });
    for (let round = 0; round < 2; round++) await told.model.stream(request, ACME).result();
    expect(told.inner.requests).toHaveLength(1);
  });

  it.each<[string, ScriptedReply, ModelRequest?]>([
    ["reached its length limit", { text: "Hel", finish: "length" }],
    ["was filtered", { text: "Hel", finish: "content-filter" }],
    ["stopped for a reason of the vendor's own", { text: "Hel", finish: "other" }],
    ["calls tools", { toolCalls: [{ name: "x" }] }],
    ["calls tools and says it stopped", { text: "a", toolCalls: [{ name: "x" }], finish: "stop" }],
    ["is empty", { reasoning: "Hm." }],
    ["is not the JSON that was asked for", { text: "no" }, { ...ASK, output: { name: "o", schema: {} } }],
    ["takes too many bytes", { text: "ä".repeat(500) }],
    ["the host does not want kept", { text: "unwanted" }],
  ])("does not keep an answer that %s", async (_, reply, request = ASK) => {
    const { model, storage, inner } = setUp(() => reply, {
      maxEntryBytes: 1_000,
      shouldKeep: ({ text }) => text !== "unwanted",
    });
    await model.stream(request, ACME).result();
    expect((await model.stream(request, ACME).result()).cache).toBeUndefined();
    expect(inner.requests).toHaveLength(2);
    expect(storage.entries.get("acme")?.size ?? 0).toBe(0);
  });

  it("keeps an answer that is the JSON that was asked for", async () => {
    const { model } = setUp([{ text: '{"a":1}' }]);
    const request = { ...ASK, output: { name: "o", schema: {} } };
    await model.stream(request, ACME).result();
    expect((await model.stream(request, ACME).result()).text).toBe('{"a":1}');
  });

  it("does not keep a failure", async () => {
    const error = new Error("the line broke");
    const { model } = setUp([{ text: "Hel", error }, { text: "Hello" }]);
    await expect(model.stream(ASK, ACME).result()).rejects.toBe(error);
    expect((await model.stream(ASK, ACME).result()).text).toBe("Hello");
  });

  it("does not give what came out of a cache a second life", async () => {
    const { model, storage, clock } = setUp([{ text: "one" }]);
    await model.stream(ASK, ACME).result();
    clock.advance(1_000);
    const outer = withCache(model, { storage: doubleStorage(), clock });
    for (const ageMs of [1_000, 2_000]) {
      expect((await outer.stream(ASK, ACME).result()).cache).toEqual({ kind: "exact", ageMs });
      clock.advance(1_000);
    }
    expect(storage.gets).toBe(3);
  });

  it.each([
    ["is damaged", "{"],
    ["is of another format", JSON.stringify({ format: 2, text: "hi" })],
    ["is not a text", { format: 1 }],
    [
      "has a part of no known kind",
      JSON.stringify({
        format: 1,
        provider: "p",
        modelId: "m",
        warnings: [],
        reason: "stop",
        parts: [{ type: "song" }],
      }),
    ],
    ["is nothing", null],
  ])("takes an entry that %s for a miss, and replaces it", async (_, value) => {
    const told: unknown[] = [];
    const { model, storage, inner } = setUp(() => ({ text: "fresh" }), {
      onStoreError: (error) => told.push(error),
    });
    await model.stream(ASK, ACME).result();
    const entries = storage.entries.get("acme");
    for (const [key, entry] of entries ?? []) entries?.set(key, { ...entry, value });
    expect(await model.stream(ASK, ACME).result()).toMatchObject({ text: "fresh", attempts: [{}] });
    expect((await model.stream(ASK, ACME).result()).cache).toBeDefined();
    expect(inner.requests).toHaveLength(2);
    expect(told).toEqual([]);
  });

  it("takes an entry without a readable date for a miss", async () => {
    const { model, storage, inner } = setUp(() => ({ text: "fresh" }));
    await model.stream(ASK, ACME).result();
    const entries = storage.entries.get("acme");
    for (const [key, entry] of entries ?? []) entries?.set(key, { ...entry, createdAt: "once" });
    await model.stream(ASK, ACME).result();
    expect(inner.requests).toHaveLength(2);
  });
});
