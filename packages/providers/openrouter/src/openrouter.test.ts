import { type JsonObject, type ModelRequest, SalesAgentError, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import {
  delta,
  HELLO,
  jsonReply,
  scriptedFetch,
  sseReply,
  sseText,
} from "../../openai-compatible/src/testing/scripted-fetch.js";
import { type OpenRouterSettings, openrouter } from "./index.js";

const messages = [userMessage("Hi")];
const output = {
  name: "x",
  schema: { type: "object", properties: {}, required: [], additionalProperties: false },
};

function modelWith(reply: Response, settings: OpenRouterSettings = {}) {
  const { fetch, sent } = scriptedFetch(reply);
  return { model: openrouter("openai/gpt-oss-120b", { apiKey: "sk-or-1", fetch, ...settings }), sent };
}

async function sentFor(fields: Partial<ModelRequest>, settings: OpenRouterSettings = {}) {
  const { model, sent } = modelWith(sseReply(HELLO, { "x-generation-id": "gen-1" }), settings);
  const result = await model.stream({ messages, ...fields }).result();
  return { result, body: sent[0]?.body ?? {}, headers: sent[0]?.headers };
}

describe("openrouter", () => {
  it("names the app where told to, and tells the generation's id", async () => {
    const named = await sentFor({}, { appUrl: "https://acme.test", appTitle: "Acme" });
    expect(named.headers?.get("http-referer")).toBe("https://acme.test");
    expect(named.headers?.get("x-openrouter-title")).toBe("Acme");
    expect(named.result.requestId).toBe("gen-1");
    expect((await sentFor({})).headers?.has("http-referer")).toBe(false);
  });

  it.each<[string, Partial<ModelRequest>, OpenRouterSettings, JsonObject | undefined]>([
    ["nothing", {}, {}, undefined],
    ["a schema", { output }, {}, { require_parameters: true }],
    ["a schema and routing", { output }, { routing: { zdr: true } }, { require_parameters: true, zdr: true }],
    [
      "a schema and the call's own routing",
      { output, providerOptions: { openrouter: { provider: { order: ["Groq"] } } } },
      { routing: { zdr: true } },
      { require_parameters: true, zdr: true, order: ["Groq"] },
    ],
    [
      "a call that insists",
      { output, providerOptions: { openrouter: { provider: { require_parameters: false } } } },
      {},
      { require_parameters: false },
    ],
  ])("routes for %s", async (_, fields, settings, provider) => {
    expect((await sentFor(fields, settings)).body["provider"]).toEqual(provider);
  });

  it("sends fallback models and the effort of reasoning", async () => {
    const { body } = await sentFor({ reasoning: { effort: "minimal" } }, { fallbackModels: ["a/b", "c/d"] });
    expect(body).toMatchObject({ models: ["a/b", "c/d"], reasoning: { effort: "minimal" } });
  });

  it("prefers the cost that it is told to the price list", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12, cost: 0.0123 };
    const told = modelWith(sseReply(sseText(delta({ content: "x" }, "stop"), { choices: [], usage })));
    expect((await told.model.stream({ messages }).result()).costUsd).toBe(0.0123);
    expect((await sentFor({})).result.costUsd).toBeCloseTo((9 * 0.039 + 2 * 0.18) / 1e6, 9);
  });

  it("emits one finish when the reason comes twice and usage stands on the second", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 2, cost: 0.5 };
    const { model } = modelWith(
      sseReply(
        sseText(delta({ content: "x" }), delta({ content: "" }, "stop"), { ...delta({}, "stop"), usage }),
      ),
    );
    const types: string[] = [];
    for await (const event of model.stream({ messages })) types.push(event.type);
    expect(types).toEqual(["start", "text-delta", "finish"]);
  });

  it("shows reasoning once and sends its details back unchanged", async () => {
    const detail = { type: "reasoning.text", index: 0, format: "anthropic-claude-v1" };
    const call = { index: 0, id: "c1", function: { name: "f", arguments: "{}" } };
    const { model } = modelWith(
      sseReply(
        sseText(
          delta({ reasoning: "I ", reasoning_details: [{ ...detail, text: "I " }] }),
          delta({ reasoning: "see", reasoning_details: [{ ...detail, text: "see" }] }),
          delta({ reasoning_details: [{ ...detail, signature: "c2ln" }] }),
          delta({ tool_calls: [call] }),
          delta({ reasoning_details: [{ type: "reasoning.encrypted", index: 1, data: "ZW5j", id: "c1" }] }),
          delta({}, "tool_calls"),
        ),
      ),
    );
    const first = await model.stream({ messages }).result();
    expect(first.reasoning).toBe("I see");
    const parts = [...first.message.parts, { type: "reasoning", text: "of another model" }] as const;
    const { body } = await sentFor({ messages: [...messages, { role: "assistant", parts }] });
    expect((body["messages"] as JsonObject[])[1]).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
      reasoning_details: [
        { ...detail, text: "I see", signature: "c2ln" },
        { type: "reasoning.encrypted", index: 1, data: "ZW5j", id: "c1" },
      ],
    });
  });

  it("sends no details of another vendor back", async () => {
    const parts = [
      { type: "reasoning", text: "hm", providerData: { anthropic: { signature: "s" } } },
      { type: "text", text: "Yo" },
    ] as const;
    const { body } = await sentFor({ messages: [...messages, { role: "assistant", parts }, ...messages] });
    expect((body["messages"] as JsonObject[])[1]).toEqual({ role: "assistant", content: "Yo" });
  });

  it.each<[string, JsonObject, number, string]>([
    [
      "an upstream's rate limit",
      {
        code: 429,
        message: "Provider returned error",
        metadata: { provider_name: "Google", raw: "temporarily rate-limited upstream" },
      },
      429,
      "model.rate_limited",
    ],
    [
      "moderation",
      {
        code: 403,
        message: "flagged",
        metadata: { reasons: ["violence"], flagged_input: "…", provider_name: "x", model_slug: "y" },
      },
      403,
      "model.content_filtered",
    ],
    [
      "a key that may not",
      { code: 403, message: "no", metadata: { error_type: "permission_denied" } },
      403,
      "model.auth",
    ],
    ["no credit", { code: 402, message: "Insufficient credits" }, 402, "model.quota_exhausted"],
    [
      "a budget of requests under way",
      { code: 402, message: "in flight", metadata: { limit_source: "openrouter_in_flight_budget" } },
      402,
      "model.rate_limited",
    ],
    [
      "an overlong input",
      { code: 400, message: "x", metadata: { error_type: "context_length_exceeded" } },
      400,
      "model.context_length",
    ],
    [
      "an upstream without capacity",
      { code: 503, message: "x", metadata: { error_type: "provider_overloaded" } },
      503,
      "model.overloaded",
    ],
    [
      "an unmapped error",
      { code: 429, message: "x", metadata: { error_type: "unmapped" } },
      429,
      "model.rate_limited",
    ],
    [
      "a refusal",
      { code: 400, message: "x", metadata: { error_type: "refusal" } },
      400,
      "model.content_filtered",
    ],
  ])("reads %s, as a status and inside the stream", async (_, error, status, code) => {
    for (const reply of [jsonReply({ error }, status), sseReply(sseText({ error })), jsonReply({ error })]) {
      const failure: unknown = await modelWith(reply)
        .model.stream({ messages })
        .result()
        .catch((thrown: unknown) => thrown);
      expect(SalesAgentError.is(failure) && failure.code).toBe(code);
    }
  });

  it("tells the upstream's own words", async () => {
    const error = { code: 429, message: "Provider returned error", metadata: { raw: "free tier is full" } };
    await expect(modelWith(jsonReply({ error }, 429)).model.stream({ messages }).result()).rejects.toThrow(
      /Provider returned error: free tier is full/,
    );
  });
});
