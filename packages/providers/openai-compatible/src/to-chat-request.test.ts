import {
  type JsonObject,
  type ModelRequest,
  type ModelWarning,
  SalesAgentError,
  userMessage,
} from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { ChatDialect } from "./chat-dialect.js";
import { toChatRequest } from "./to-chat-request.js";

const abilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: true,
  vision: true,
  sampling: true,
  prefill: false,
} as const;
const profile = { abilities, locality: "cloud", source: { asOf: "2026-11-21" } } as const;
const dialect: ChatDialect = {
  provider: "acme",
  baseUrl: "https://acme.test/v1",
  keyVariables: [],
  keyRequired: false,
  profiles: { unknown: profile, models: {} },
  maxTokensField: "max_tokens",
};

const hi = [userMessage("Hi")];
const closed = {
  type: "object",
  properties: { a: { type: "string" } },
  required: ["a"],
  additionalProperties: false,
};

function map(
  request: ModelRequest,
  {
    own = {},
    able = {},
    streamed = false,
  }: { own?: Partial<ChatDialect>; able?: object; streamed?: boolean } = {},
): { body: JsonObject; warned: string[] } {
  const warnings: ModelWarning[] = [];
  const target = {
    request,
    modelId: "m",
    profile: { ...profile, abilities: { ...abilities, ...able } },
    streamed,
  };
  const body = toChatRequest(target, { ...dialect, ...own }, (warning) => warnings.push(warning));
  return { body, warned: warnings.map((warning) => warning.field) };
}

describe("toChatRequest", () => {
  it.each<[string, Partial<ModelRequest>, JsonObject]>([
    ["nothing more", {}, {}],
    ["an output limit", { maxOutputTokens: 50 }, { max_tokens: 50 }],
    ["sampling", { temperature: 0, topP: 0.5 }, { temperature: 0, top_p: 0.5 }],
    ["stop and seed", { stop: ["\n"], seed: 7 }, { stop: ["\n"], seed: 7 }],
    ["an effort", { reasoning: { effort: "low" } }, { reasoning_effort: "low" }],
    [
      "tools",
      {
        tools: [{ name: "f", description: "does f", inputSchema: closed, strict: true }],
        toolChoice: { tool: "f" },
        parallelToolCalls: false,
      },
      {
        tools: [
          {
            type: "function",
            function: { name: "f", description: "does f", parameters: closed, strict: true },
          },
        ],
        tool_choice: { type: "function", function: { name: "f" } },
        parallel_tool_calls: false,
      },
    ],
    ["no tools", { tools: [], toolChoice: "auto" }, {}],
    [
      "a schema",
      { output: { name: "lead", schema: closed } },
      {
        response_format: { type: "json_schema", json_schema: { name: "lead", schema: closed, strict: true } },
      },
    ],
    [
      "the vendor's own options, which win",
      { seed: 1, providerOptions: { acme: { seed: 2, x: true }, other: { y: 1 } } },
      { seed: 2, x: true },
    ],
  ])("maps %s", (_, fields, expected) => {
    const { body, warned } = map({ messages: hi, ...fields });
    expect(body).toEqual({ model: "m", messages: [{ role: "user", content: "Hi" }], ...expected });
    expect(warned).toEqual([]);
  });

  it("asks for a stream, with usage where the dialect says so", () => {
    expect(map({ messages: hi }, { streamed: true }).body).toMatchObject({ stream: true });
    const own = { streamOptions: { include_usage: true } };
    expect(map({ messages: hi }, { streamed: true, own }).body["stream_options"]).toEqual(own.streamOptions);
    expect(map({ messages: hi }, { own }).body["stream_options"]).toBeUndefined();
  });

  it("follows the dialect in names and defaults", () => {
    const own = {
      maxTokensField: "max_completion_tokens",
      defaultMaxTokens: () => 99,
      cacheKeyField: "prompt_cache_key",
      strictTools: false,
    } as const;
    const tool = { name: "f", description: "", inputSchema: closed, strict: true };
    const { body } = map({ messages: hi, cacheKey: "k", tools: [tool] }, { own });
    expect(body).toMatchObject({ max_completion_tokens: 99, prompt_cache_key: "k" });
    expect(JSON.stringify(body["tools"])).not.toContain("strict");
    expect(map({ messages: hi, cacheKey: "k" }).body).not.toHaveProperty("prompt_cache_key");
  });

  it("sends a schema that is not strict without the promise, and says so", () => {
    const { body, warned } = map({ messages: hi, output: { name: "x", schema: { type: "object" } } });
    expect(body["response_format"]).toMatchObject({ json_schema: { strict: false } });
    expect(warned).toEqual(["output"]);
  });

  it.each([
    ["json", { response_format: { type: "json_object" } }],
    ["none", {}],
  ])(
    "puts the schema into the prompt where the vendor enforces %s, and says so",
    (structuredOutput, format) => {
      const request = { messages: hi, output: { name: "lead", schema: closed } };
      const { body, warned } = map(request, { able: { structuredOutput } });
      const [system, user] = body["messages"] as JsonObject[];
      expect(system?.["role"]).toBe("system");
      expect(system?.["content"]).toContain(JSON.stringify(closed));
      expect(system?.["content"]).toMatch(/\bjson\b/);
      expect(user).toEqual({ role: "user", content: "Hi" });
      expect(body["response_format"]).toEqual(
        "response_format" in format ? format.response_format : undefined,
      );
      expect(warned).toEqual(["output"]);
    },
  );

  it("leaves out what the model does not take, and says so", () => {
    const request = { messages: hi, temperature: 1, topP: 1, reasoning: { effort: "high" } } as const;
    const { body, warned } = map(request, { able: { sampling: false, reasoning: false } });
    expect(Object.keys(body)).toEqual(["model", "messages"]);
    expect(warned).toEqual(["temperature", "top_p", "reasoning"]);
    expect(map({ ...request, reasoning: { effort: "none" } }, { able: { reasoning: false } }).warned).toEqual(
      [],
    );
  });

  it("maps a transcript with tools, files and reasoning", () => {
    const { body } = map({
      messages: [
        {
          role: "system",
          parts: ["A", "B"].map((text) => ({ type: "text", text, origin: "system" }) as const),
        },
        {
          role: "user",
          parts: [
            { type: "text", text: "Look", origin: "user" },
            { type: "file", mediaType: "image/png", data: { base64: "aWs=" }, origin: "user" },
            { type: "file", mediaType: "image/png", data: { url: "https://x.test/a.png" }, origin: "user" },
            { type: "file", mediaType: "application/pdf", data: { base64: "cGRm" }, origin: "user" },
          ],
        },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "hm" },
            {
              type: "tool-call",
              callId: "c1",
              name: "f",
              input: { n: 1 },
              providerData: { acme: { extra_content: { sig: "s" } }, other: { z: 1 } },
            },
          ],
        },
        {
          role: "tool",
          parts: [
            {
              type: "tool-result",
              callId: "c1",
              name: "f",
              output: { ok: true },
              failed: false,
              origin: "tool",
            },
          ],
        },
        { role: "assistant", parts: [{ type: "text", text: "Done" }] },
      ],
    });
    expect(body["messages"]).toEqual([
      { role: "system", content: "A\n\nB" },
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,aWs=" } },
          { type: "image_url", image_url: { url: "https://x.test/a.png" } },
          {
            type: "file",
            file: { filename: "document.pdf", file_data: "data:application/pdf;base64,cGRm" },
          },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: "c1",
            type: "function",
            function: { name: "f", arguments: '{"n":1}' },
            extra_content: { sig: "s" },
          },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: '{"ok":true}' },
      { role: "assistant", content: "Done" },
    ]);
  });

  it("refuses a file of a kind that the format can't hold", () => {
    const parts = [{ type: "file", mediaType: "audio/wav", data: { base64: "" }, origin: "user" }] as const;
    expect(() => map({ messages: [{ role: "user", parts }] })).toThrow(SalesAgentError);
  });
});
