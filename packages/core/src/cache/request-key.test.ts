import type { JsonValue, ModelCallOptions, ModelRequest } from "@salesagent/ports";
import { systemMessage, userMessage } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestKey, requestText } from "./request-key.js";

const MODEL = { provider: "p", modelId: "m" };
const FULL: ModelRequest = {
  messages: [systemMessage("Be brief."), userMessage("Greet Ada.")],
  tools: [{ name: "a", description: "b", inputSchema: { type: "object" } }],
  toolChoice: "auto",
  parallelToolCalls: true,
  output: { name: "o", schema: { type: "object" }, strict: true },
  maxOutputTokens: 100,
  temperature: 0.5,
  topP: 0.9,
  stop: ["x"],
  seed: 1,
  reasoning: { effort: "low" },
  providerOptions: { p: { a: { b: [1, 2] } } },
};

interface Difference {
  readonly kind?: string;
  readonly model?: { readonly provider: string; readonly modelId: string };
  readonly request?: ModelRequest;
  readonly call?: ModelCallOptions;
  readonly own?: JsonValue;
}

async function keyOf({ kind = "k/1", model = MODEL, request = FULL, call = {}, own }: Difference = {}) {
  const text = requestText({ model, request, call, own });
  return text === undefined ? undefined : requestKey(kind, text);
}

/** Paths to all that is not an object or a list. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

/** A copy in which the value at a path is another. */
function changed(value: unknown, [key, ...rest]: readonly string[], leaf: unknown): unknown {
  if (key === undefined) return leaf;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? changed(item, rest, leaf) : item));
  const copy = { ...(value as Record<string, unknown>) };
  copy[key] = changed(copy[key], rest, leaf);
  return copy;
}

describe("requestKey", () => {
  it("names a hash that any store takes as a key", async () => {
    expect(await keyOf()).toMatch(/^k\/1\/[0-9a-f]{64}$/);
  });

  it("changes with every value of the request", async () => {
    const key = await keyOf();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...leaves(FULL)),
        fc.oneof(fc.string(), fc.integer()),
        async (path, leaf) => {
          const request = changed(FULL, path, leaf) as ModelRequest;
          fc.pre(JSON.stringify(request) !== JSON.stringify(FULL));
          expect(await keyOf({ request })).not.toBe(key);
        },
      ),
    );
  });

  it("changes when a field is missing or added", async () => {
    const key = await keyOf();
    for (const field of Object.keys(FULL)) {
      const { [field as keyof ModelRequest]: _, ...request } = FULL;
      expect(await keyOf({ request: { messages: [], ...request } }), field).not.toBe(key);
    }
    const longer = { ...FULL, messages: [...FULL.messages, userMessage("And Bob.")] };
    expect(await keyOf({ request: longer })).not.toBe(key);
  });

  it.each<[string, Difference]>([
    ["kind", { kind: "k/2" }],
    ["provider", { model: { ...MODEL, provider: "q" } }],
    ["model", { model: { ...MODEL, modelId: "n" } }],
    ["task", { call: { task: "drafting" } }],
    ["locality", { call: { locality: "local" } }],
    ["host's part", { own: 1 }],
  ])("changes with the %s", async (_, difference) => {
    expect(await keyOf(difference)).not.toBe(await keyOf());
  });

  it("does not see the order of fields, undefined ones, or what does not bear on the answer", async () => {
    const turned = { messages: FULL.messages, ...Object.fromEntries(Object.entries(FULL).reverse()) };
    expect(await keyOf({ request: { ...turned, cacheKey: "prefix" } })).toBe(await keyOf());
    const call: ModelCallOptions = {
      scope: { tenant: "acme", runId: "1" },
      headers: { a: "b" },
      timeouts: { totalMs: 1 },
      delivery: "whole",
      guards: [],
      signal: AbortSignal.abort(),
      task: undefined,
    };
    expect(await keyOf({ call })).toBe(await keyOf());
  });

  it("has no name for what is not JSON", async () => {
    expect(await keyOf({ request: { ...FULL, seed: 1n as never } })).toBeUndefined();
  });
});
