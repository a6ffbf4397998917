import type { JsonObject } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { Vendor } from "../dialect.js";
import { postJson } from "../testing/post-json.js";
import { bodyOf, PATHS } from "../testing/smallest-request.js";
import { createSandboxFetch } from "./sandbox-fetch.js";

const HELLO = [{ role: "user", content: "Hello" }];
const CHAT = "/chat/completions";
const CALL = { id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } };
const CALLED = [...HELLO, { role: "assistant", content: null, tool_calls: [CALL] }];
const ANSWERED = [...CALLED, { role: "tool", tool_call_id: "call_1", content: "rain" }];

describe("what vendors refuse", () => {
  const tool = (parameters: JsonObject) => ({
    tools: [{ type: "function", function: { name: "t", strict: true, parameters } }],
  });
  const cases: [string, Vendor, string, JsonObject, string][] = [
    [
      "max_tokens of a reasoning model",
      "openai",
      CHAT,
      { model: "gpt-5", messages: HELLO, max_tokens: 9 },
      "max_completion_tokens",
    ],
    [
      "temperature of a reasoning model",
      "openai",
      CHAT,
      { model: "o3", messages: HELLO, temperature: 0 },
      "unsupported_value",
    ],
    [
      "a schema that is not strict",
      "openai",
      CHAT,
      { model: "m", messages: HELLO, ...tool({ type: "object", properties: {} }) },
      "additionalProperties",
    ],
    [
      "an optional property in a strict schema",
      "openai",
      CHAT,
      {
        model: "m",
        messages: HELLO,
        ...tool({
          type: "object",
          additionalProperties: false,
          required: [],
          properties: { a: { type: "string" } },
        }),
      },
      "Missing 'a'",
    ],
    ["a call without its result", "openai", CHAT, { model: "m", messages: [...CALLED, ...HELLO] }, "call_1"],
    [
      "a result without its call",
      "groq",
      CHAT,
      { model: "m", messages: [...HELLO, { role: "tool", tool_call_id: "x", content: "" }] },
      "preceeding message",
    ],
    ["no messages", "openai", CHAT, { model: "m", messages: [] }, "empty array"],
    ["no model", "openai", CHAT, { messages: HELLO }, "model parameter"],
    [
      "calls without reasoning_content",
      "deepseek",
      CHAT,
      { model: "m", messages: ANSWERED },
      "reasoning_content in the thinking mode",
    ],
    [
      "a JSON schema",
      "deepseek",
      CHAT,
      { model: "m", messages: HELLO, response_format: { type: "json_schema" } },
      "unavailable now",
    ],
    [
      "JSON that the prompt does not name",
      "deepseek",
      CHAT,
      { model: "m", messages: HELLO, response_format: { type: "json_object" } },
      "the word 'json'",
    ],
    [
      "an unknown name",
      "gemini-compat",
      CHAT,
      { model: "m", messages: HELLO, reasoning: {} },
      'Unknown name \\"reasoning\\"',
    ],
    [
      "a call without its signature",
      "gemini-compat",
      CHAT,
      { model: "gemini-3.6-flash", messages: ANSWERED },
      "thought_signature",
    ],
    [
      "max_tokens",
      "openai",
      "/responses",
      { model: "m", input: "Hello", max_tokens: 9 },
      "Unknown parameter: 'max_tokens'",
    ],
    [
      "an output without its call",
      "openai",
      "/responses",
      { model: "m", input: [{ type: "function_call_output", call_id: "call_1", output: "" }] },
      "No tool call found",
    ],
    [
      "a call without its output",
      "openai",
      "/responses",
      { model: "m", input: [{ type: "function_call", call_id: "call_1", name: "t", arguments: "{}" }] },
      "No tool output found",
    ],
    [
      "a loose tool",
      "openai",
      "/responses",
      {
        model: "m",
        input: "Hello",
        tools: [{ type: "function", name: "t", parameters: { type: "object" } }],
      },
      "additionalProperties",
    ],
    ["temperature", "anthropic", "/v1/messages", { ...bodyOf("anthropic"), temperature: 1 }, "temperature"],
    [
      "no max_tokens",
      "anthropic",
      "/v1/messages",
      { model: "m", messages: HELLO },
      "max_tokens: Field required",
    ],
    [
      "a fixed thinking budget",
      "anthropic",
      "/v1/messages",
      {
        ...bodyOf("anthropic"),
        model: "claude-sonnet-5-5",
        max_tokens: 9000,
        thinking: { type: "enabled", budget_tokens: 2000 },
      },
      "adaptive",
    ],
    [
      "text before a result",
      "anthropic",
      "/v1/messages",
      {
        ...bodyOf("anthropic"),
        messages: [
          ...HELLO,
          { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "t", input: {} }] },
          {
            role: "user",
            content: [
              { type: "text", text: "So:" },
              { type: "tool_result", tool_use_id: "toolu_1", content: "rain" },
            ],
          },
        ],
      },
      "toolu_1",
    ],
    [
      "thinking without a signature",
      "anthropic",
      "/v1/messages",
      {
        ...bodyOf("anthropic"),
        messages: [...HELLO, { role: "assistant", content: [{ type: "thinking", thinking: "Hm." }] }],
      },
      "signature: Field required",
    ],
    [
      "bounds in an output schema",
      "anthropic",
      "/v1/messages",
      {
        ...bodyOf("anthropic"),
        output_config: { format: { type: "json_schema", schema: { type: "integer", minimum: 0 } } },
      },
      "'minimum' is not supported",
    ],
    [
      "a call without its signature",
      "gemini",
      "/models/gemini-3.1-pro-preview:generateContent",
      {
        contents: [
          { role: "model", parts: [{ functionCall: { name: "t", args: {} } }] },
          { role: "user", parts: [{ functionResponse: { name: "t", response: {} } }] },
        ],
      },
      "thought_signature",
    ],
    [
      "fewer responses than calls",
      "gemini",
      "/models/m:generateContent",
      { contents: [{ role: "model", parts: [{ functionCall: { name: "t", args: {} } }] }] },
      "number of function response parts",
    ],
    [
      "JSON Schema in responseSchema",
      "gemini",
      "/models/m:generateContent",
      {
        ...bodyOf("gemini"),
        generationConfig: { responseSchema: { type: "object", additionalProperties: false } },
      },
      "additionalProperties",
    ],
    ["arguments as text", "ollama", "/api/chat", { model: "m", messages: CALLED }, "cannot unmarshal string"],
    ["an empty text to embed", "openai", "/embeddings", { model: "m", input: [""] }, "must not be empty"],
  ];

  it.each(cases)("%s (%s%s)", async (_what, vendor, path, body, message) => {
    const { status, text } = await postJson(vendor, path, body);

    expect(text).toContain(message);
    expect(status).toBe(400);
    expect((await postJson(vendor, path, body, { validate: false })).status).toBe(200);
  });

  it("takes a call that comes back as it was sent", async () => {
    const messages = ANSWERED.map((message) =>
      "tool_calls" in message ? { ...message, reasoning_content: "" } : message,
    );

    expect((await postJson("deepseek", CHAT, { model: "m", messages })).status).toBe(200);
    expect((await postJson("openai", CHAT, { model: "m", messages: ANSWERED })).status).toBe(200);
  });

  it("refuses old sampling parameters by version", async () => {
    const warm = { ...bodyOf("anthropic"), model: "claude-sonnet-4-5", temperature: 0.5 };
    const headers = { "anthropic-version": "2023-06-01" };

    expect((await postJson("anthropic", "/v1/messages", warm, { headers })).status).toBe(200);
    const newer = { ...warm, model: "claude-opus-5" };
    expect((await postJson("anthropic", "/v1/messages", newer, { headers })).status).toBe(400);
  });

  it.each<[Vendor, string, number]>([
    ["openai", CHAT, 404],
    ["openai", "/responses", 400],
    ["anthropic", "/v1/messages", 404],
    ["gemini", "/models/missing-model:generateContent", 404],
    ["ollama", "/api/chat", 404],
  ])("says that a model is missing: %s%s", async (vendor, path, status) => {
    const body: JsonObject = path === "/responses" ? { input: "Hello" } : bodyOf(vendor);
    const model = vendor === "gemini" ? {} : { model: "missing-model" };
    const answer = await postJson(vendor, path, { ...body, ...model });

    expect(answer.status).toBe(status);
    expect(answer.text).toContain("missing-model");
  });

  it.each<[Vendor, number]>([
    ["openai", 401],
    ["anthropic", 401],
    ["gemini", 403],
    ["ollama", 200],
    ["vllm", 200],
  ])("%s without a key", async (vendor, status) => {
    const { status: got } = await postJson(vendor, PATHS[vendor], bodyOf(vendor), {
      headers: { authorization: "" },
    });

    expect(got).toBe(status);
  });

  it("refuses keys that are not accepted, and never repeats one", async () => {
    const answer = await postJson("openai", CHAT, bodyOf("openai"), { acceptsKey: (key) => key === "right" });

    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain("1234567890");
    expect(JSON.stringify(answer.sandbox.requests)).not.toContain("1234567890");
  });

  it("answers a base URL without its version, and a body that is no JSON, as the vendor does", async () => {
    const sandbox = createSandboxFetch();
    const wrong = await sandbox.fetch("http://sandbox.invalid/openai/chat/completions", {
      method: "POST",
      body: "{}",
    });
    const broken = await sandbox.fetch(`${sandbox.url("openai")}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer k" },
      body: '{"model":',
    });

    expect(wrong.status).toBe(404);
    expect(await wrong.text()).toContain("Invalid URL (POST /openai/chat/completions)");
    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain("could not parse the JSON body");
  });
});
