import type { JsonObject } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { Flavor } from "../dialect.js";
import { arrayOf, objectOf } from "../json-access.js";
import { renderReply } from "../render-reply.js";
import type { Reply } from "../reply.js";

const REPLY: Reply = {
  text: "Hi there",
  reasoning: "Hm.",
  toolCalls: [{ name: "weather", arguments: { place: "Bern" } }, { name: "clock" }],
  usage: { inputTokens: 30, cachedTokens: 8, outputTokens: 20, reasoningTokens: 5, costUsd: 0.25 },
};
const ASKED = { stream_options: { include_usage: true } };

function chunksOf(vendor: Flavor, reply: Reply = REPLY, body: JsonObject = ASKED): JsonObject[] {
  return renderReply("openai-chat", reply, { vendor, body })
    .text.split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice("data: ".length)) as JsonObject);
}

const choiceOf = (chunk: JsonObject) => objectOf(arrayOf(chunk["choices"])[0]);
const deltasOf = (chunks: readonly JsonObject[]) => chunks.map((chunk) => objectOf(choiceOf(chunk)["delta"]));
const callsOf = (chunks: readonly JsonObject[]) =>
  deltasOf(chunks).flatMap((delta) => arrayOf(delta["tool_calls"]).map(objectOf));
const finishesOf = (chunks: readonly JsonObject[]) =>
  chunks.flatMap((chunk) => choiceOf(chunk)["finish_reason"] ?? []);
const withUsage = (chunks: readonly JsonObject[]) =>
  chunks.flatMap((chunk, at) => (chunk["usage"] ? [at - chunks.length] : []));

describe("chat completions, by vendor", () => {
  it("openai sends usage in a last chunk without choices, when asked, and calls in fragments", () => {
    const chunks = chunksOf("openai");

    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 30, completion_tokens: 20 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunksOf("openai", REPLY, {}).every((chunk) => !("usage" in chunk))).toBe(true);
    const first = callsOf(chunks)[0];
    expect(first).toMatchObject({
      index: 0,
      id: expect.stringMatching(/^call_/),
      function: { arguments: "" },
    });
    const rest = callsOf(chunks).slice(1, 4);
    expect(rest.every((call) => !("id" in call))).toBe(true);
    expect(deltasOf(chunks).some((delta) => "reasoning" in delta)).toBe(false);
  });

  it("openai pads chunks unless told not to, and opens with the call when there is no text", () => {
    const quiet = { stream_options: { include_obfuscation: false } };

    expect(chunksOf("openai").every((chunk) => "obfuscation" in chunk)).toBe(true);
    expect(chunksOf("openai", REPLY, quiet).some((chunk) => "obfuscation" in chunk)).toBe(false);
    expect(deltasOf(chunksOf("openai", { toolCalls: [{ name: "clock" }] }))[0]).toMatchObject({
      role: "assistant",
      content: null,
      tool_calls: [{ function: { name: "clock" } }],
    });
  });

  it("cerebras sends whole calls with short ids, and usage with the finish unasked", () => {
    const chunks = chunksOf("cerebras", REPLY, {});

    expect(callsOf(chunks)).toMatchObject([
      { id: expect.stringMatching(/^[0-9a-f]{9}$/), index: 0, function: { arguments: '{"place":"Bern"}' } },
      { index: 1, function: { name: "clock", arguments: "{}" } },
    ]);
    expect(withUsage(chunks)).toEqual([-1]);
    expect(chunks.at(-1)).toMatchObject({
      time_info: { queue_time: 0.003 },
      choices: [{ finish_reason: "tool_calls" }],
    });
    expect("finish_reason" in choiceOf(chunks[0] ?? {})).toBe(false);
    expect(deltasOf(chunks)).toContainEqual({ reasoning: "Hm." });
  });

  it("deepseek reasons under its own key and counts hits and misses", () => {
    const chunks = chunksOf("deepseek", REPLY, {});

    expect(deltasOf(chunks)[0]).toEqual({ role: "assistant", content: null, reasoning_content: "" });
    expect(deltasOf(chunks)).toContainEqual({ content: null, reasoning_content: "Hm." });
    expect(callsOf(chunks)[0]).toMatchObject({ id: expect.stringMatching(/^call_00_/) });
    expect(chunks.at(-1)).toMatchObject({
      usage: { prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 22 },
      choices: [{ delta: { content: "", reasoning_content: null } }],
    });
    expect(renderReply("openai-chat", REPLY, { vendor: "deepseek" }).text).toMatch(/^: keep-alive\n\n/);
  });

  it("openrouter tells reasoning twice, signs it apart, and tells the cost", () => {
    const chunks = chunksOf("openrouter", REPLY, {});
    const deltas = deltasOf(chunks.filter((chunk) => arrayOf(chunk["choices"]).length > 0));

    expect(renderReply("openai-chat", REPLY, { vendor: "openrouter" }).text).toMatch(
      /^: OPENROUTER PROCESSING\n\n/,
    );
    expect(deltas.every((delta) => delta["role"] === "assistant")).toBe(true);
    expect(deltas).toContainEqual(
      expect.objectContaining({
        reasoning: "Hm.",
        reasoning_details: [expect.objectContaining({ text: "Hm." })],
      }),
    );
    expect(deltas).toContainEqual(
      expect.objectContaining({ reasoning_details: [expect.objectContaining({ signature: "simulated" })] }),
    );
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { cost: 0.25 } });
    expect(chunks.at(-2)).toMatchObject({
      choices: [{ finish_reason: "tool_calls", native_finish_reason: "tool_use" }],
    });
  });

  it("vllm gives all calls index 0, and usage on every chunk when asked", () => {
    const indexes = callsOf(chunksOf("vllm")).map(({ index }) => index);
    const continuous = { stream_options: { include_usage: true, continuous_usage_stats: true } };

    expect(new Set(indexes)).toEqual(new Set([0]));
    expect(chunksOf("vllm", REPLY, continuous).every((chunk) => "usage" in chunk)).toBe(true);
    expect(chunksOf("vllm")[0]).toHaveProperty("prompt_token_ids", null);
  });

  it("gemini's compatible endpoint sends empty ids, stop with calls, signatures, and leaves thoughts out", () => {
    const chunks = chunksOf("gemini-compat");

    expect(callsOf(chunks).map(({ id }) => id)).toEqual(["", ""]);
    expect(callsOf(chunks)[0]).toHaveProperty("extra_content.google.thought_signature");
    expect(finishesOf(chunks)).toEqual(["stop"]);
    expect(chunks.at(-1)).toMatchObject({
      usage: { prompt_tokens: 30, completion_tokens: 15, total_tokens: 50 },
    });
    const whole = JSON.parse(
      renderReply("openai-chat", REPLY, { vendor: "gemini-compat", stream: false }).text,
    );
    expect(whole.choices[0].finish_reason).toBe("tool_calls");
  });

  it("ollama's compatible endpoint sends whole calls, and counts when asked", () => {
    const chunks = chunksOf("ollama-compat");

    expect(callsOf(chunks)[0]).toMatchObject({ id: expect.stringMatching(/^call_[a-z0-9]{8}$/), index: 0 });
    expect(chunks[0]).toMatchObject({ id: expect.stringMatching(/^chatcmpl-\d{3}$/) });
    expect(withUsage(chunks)).toEqual([-1]);
    expect(withUsage(chunksOf("ollama-compat", REPLY, {}))).toEqual([]);
  });

  it("groq, xai and mistral keep their habits", () => {
    expect(chunksOf("groq").at(-1)).toMatchObject({
      x_groq: { usage: { prompt_tokens: 30 } },
      usage: { total_tokens: 50 },
    });
    expect(chunksOf("xai").at(-1)).toMatchObject({
      choices: [],
      usage: { completion_tokens: 15, total_tokens: 50, cost_in_usd_ticks: 2_500_000_000 },
    });
    expect("index" in (callsOf(chunksOf("mistral"))[0] ?? {})).toBe(false);
    expect(deltasOf(chunksOf("mistral"))).toContainEqual({
      content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm." }] }],
    });
  });

  it("snowflake never tells a finish reason", () => {
    const whole = JSON.parse(renderReply("openai-chat", REPLY, { vendor: "snowflake", stream: false }).text);

    expect(finishesOf(chunksOf("snowflake"))).toEqual([]);
    expect(whole.choices[0].finish_reason).toBe("");
  });

  it.each([
    ["before-finish", [-2]],
    ["with-finish", [-1]],
    ["repeat-finish", [-1]],
    ["after-finish", [-1]],
    ["never", []],
  ] as const)("puts usage %s when a quirk says so", (usageAt, places) => {
    const chunks = chunksOf("openrouter", { text: "Hi", quirks: { usageAt } }, {});

    expect(withUsage(chunks)).toEqual(places);
    expect(finishesOf(chunks)).toHaveLength(usageAt === "repeat-finish" ? 2 : 1);
  });

  it("follows quirks of calls and finish", () => {
    const quirks = { toolIndex: "from-one", toolCalls: "whole", finishReason: null } as const;
    const chunks = chunksOf("openai", { toolCalls: [{ name: "a" }, { name: "b" }], quirks });

    expect(callsOf(chunks).map(({ index }) => index)).toEqual([1, 2]);
    expect(finishesOf(chunks)).toEqual([]);
  });
});
