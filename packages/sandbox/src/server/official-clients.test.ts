import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import type { Reply } from "../reply.js";
import { createSandboxFetch, type SandboxFetch } from "./sandbox-fetch.js";

const REPLY: Reply = {
  text: "Grüße 🏖️, simulated",
  reasoning: "Weighing it.",
  toolCalls: [
    { name: "weather", arguments: { place: "Île-de-France", days: [1, 2] } },
    { name: "clock", arguments: {} },
  ],
  usage: { inputTokens: 100, cachedTokens: 60, cacheWriteTokens: 10, outputTokens: 40, reasoningTokens: 5 },
};
const MESSAGES = [{ role: "user" as const, content: "Hello" }];

const openaiAt = (sandbox: SandboxFetch) =>
  new OpenAI({
    apiKey: "sk-test-1234567890",
    baseURL: sandbox.url("openai"),
    fetch: sandbox.fetch,
    maxRetries: 0,
  });
const anthropicAt = (sandbox: SandboxFetch) =>
  new Anthropic({
    apiKey: "sk-test-1234567890",
    baseURL: sandbox.url("anthropic"),
    fetch: sandbox.fetch,
    maxRetries: 0,
  });

describe("the official openai client", () => {
  it("assembles calls and usage from a stream of chat completions", async () => {
    const client = openaiAt(createSandboxFetch({ script: REPLY }));

    const completion = await client.chat.completions
      .stream({ model: "m", messages: MESSAGES, stream_options: { include_usage: true } })
      .finalChatCompletion();

    expect(completion.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: REPLY.text,
        tool_calls: [
          { function: { name: "weather", arguments: '{"place":"Île-de-France","days":[1,2]}' } },
          { function: { name: "clock", arguments: "{}" } },
        ],
      },
    });
    expect(completion.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 40, total_tokens: 140 });
    expect(completion.system_fingerprint).toBe("fp_simulated");
  });

  it("reads a whole chat completion", async () => {
    const client = openaiAt(createSandboxFetch({ script: { ...REPLY, finish: "length" } }));

    const completion = await client.chat.completions.create({ model: "m", messages: MESSAGES });

    expect(completion.choices[0]).toMatchObject({
      finish_reason: "length",
      message: { content: REPLY.text },
    });
    expect(completion.usage?.prompt_tokens_details?.cached_tokens).toBe(60);
  });

  it("assembles a streamed response of the Responses API", async () => {
    const client = openaiAt(createSandboxFetch({ script: REPLY }));

    const response = await client.responses.stream({ model: "m", input: "Hello" }).finalResponse();

    expect(response.status).toBe("completed");
    expect(response.output_text).toBe(REPLY.text);
    expect(response.output.map(({ type }) => type)).toEqual([
      "reasoning",
      "message",
      "function_call",
      "function_call",
    ]);
    expect(response.usage).toMatchObject({ input_tokens: 100, output_tokens: 40 });
  });

  it("reads a whole response, a refusal and an incomplete one", async () => {
    const client = openaiAt(
      createSandboxFetch({ script: [REPLY, { refusal: "No." }, { text: "Half", finish: "length" }] }),
    );
    const ask = () => client.responses.create({ model: "m", input: "Hello" });

    expect((await ask()).output_text).toBe(REPLY.text);
    expect((await ask()).output[0]).toMatchObject({ content: [{ type: "refusal", refusal: "No." }] });
    expect(await ask()).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
  });

  it("decodes embeddings, which lie closer for texts that share words", async () => {
    const client = openaiAt(createSandboxFetch());
    const input = ["a bakery in Berlin", "a bakery in Bern", "quarterly tax law"];

    const { data } = await client.embeddings.create({
      model: "text-embedding-3-small",
      input,
      dimensions: 256,
    });
    const dot = (a: number, b: number) =>
      data[a]?.embedding.reduce((sum, value, at) => sum + value * (data[b]?.embedding[at] ?? 0), 0) ?? 0;

    expect(data.map(({ embedding }) => embedding.length)).toEqual([256, 256, 256]);
    expect(dot(0, 0)).toBeCloseTo(1, 5);
    expect(dot(0, 1)).toBeGreaterThan(dot(0, 2));
  });

  it("lists models, and misses the missing one", async () => {
    const client = openaiAt(createSandboxFetch());

    expect((await client.models.list()).data).toHaveLength(1);
    await expect(client.models.retrieve("missing-model")).rejects.toMatchObject({ status: 404 });
  });

  it("meets a vendor's own error", async () => {
    const client = openaiAt(
      createSandboxFetch({ script: { fault: { type: "status", reason: "rate-limit" } } }),
    );

    await expect(client.chat.completions.create({ model: "m", messages: MESSAGES })).rejects.toMatchObject({
      status: 429,
      code: "rate_limit_exceeded",
      requestID: expect.stringMatching(/^req_/),
    });
  });
});

describe("the official Anthropic client", () => {
  const request = { model: "m", max_tokens: 100, messages: MESSAGES };

  it("assembles a stream into a message", async () => {
    const message = await anthropicAt(createSandboxFetch({ script: REPLY }))
      .messages.stream(request)
      .finalMessage();

    expect(message.content).toMatchObject([
      { type: "thinking", thinking: "Weighing it.", signature: expect.stringContaining("simulated") },
      { type: "text", text: REPLY.text },
      { type: "tool_use", name: "weather", input: { place: "Île-de-France", days: [1, 2] } },
      { type: "tool_use", name: "clock", input: {} },
    ]);
    expect(message).toMatchObject({
      stop_reason: "tool_use",
      usage: {
        input_tokens: 30,
        cache_read_input_tokens: 60,
        cache_creation_input_tokens: 10,
        output_tokens: 40,
      },
    });
  });

  it("reads a whole message, and a refusal that says why", async () => {
    const client = anthropicAt(createSandboxFetch({ script: [REPLY, { refusal: "Not that." }] }));

    expect(await client.messages.create(request)).toMatchObject({ stop_reason: "tool_use" });
    expect(await client.messages.create(request)).toMatchObject({
      stop_reason: "refusal",
      stop_details: { explanation: "Not that." },
    });
  });

  it("meets an error in the middle of a stream", async () => {
    const fault = { type: "in-band-error", reason: "overloaded", afterEvents: 3 } as const;
    const stream = anthropicAt(createSandboxFetch({ script: { ...REPLY, fault } })).messages.stream(request);

    await expect(stream.finalMessage()).rejects.toThrow("Overloaded");
  });
});
