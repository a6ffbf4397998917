import {
  type JsonObject,
  type Message,
  type ModelRequest,
  type ModelWarning,
  systemMessage,
  userMessage,
} from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type ApiVersion, claudeProfile } from "./claude-models.js";
import { toMessagesRequest } from "./to-messages-request.js";

const ask: ModelRequest = { messages: [userMessage("Hello")] };

interface Mapped {
  readonly body: JsonObject;
  readonly outputTool: string | undefined;
  readonly warned: readonly string[];
}

function map(
  request: Partial<ModelRequest>,
  modelId = "claude-sonnet-5-5",
  apiVersion: ApiVersion = "2026-10-21",
): Mapped {
  const warnings: ModelWarning[] = [];
  const target = { modelId, profile: claudeProfile(modelId, apiVersion, undefined), streamed: true };
  const mapped = toMessagesRequest({ ...ask, ...request }, target, (warning) => warnings.push(warning));
  return { ...mapped, warned: warnings.map((warning) => warning.field) };
}

const lookup = {
  name: "lookup",
  description: "Looks up.",
  inputSchema: { type: "object", properties: { domain: { type: "string" } } },
};
const score = {
  name: "score",
  schema: { type: "object", properties: { score: { type: "integer", minimum: 0 } }, required: ["score"] },
};
const anyMap = { name: "map", schema: { type: "object", additionalProperties: { type: "string" } } };

describe("toMessagesRequest", () => {
  it("asks for a limit, since the vendor demands one", () => {
    expect(map({}).body).toEqual({
      model: "claude-sonnet-5-5",
      max_tokens: 32_000,
      messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
      stream: true,
    });
    expect(map({ maxOutputTokens: 500 }).body["max_tokens"]).toBe(500);
  });

  it("puts all results of a turn into one user message behind it, before any text", () => {
    const result = (callId: string, output: JsonObject | string, failed = false) =>
      ({ type: "tool-result", callId, name: "lookup", output, failed, origin: "tool" }) as const;
    const messages: Message[] = [
      systemMessage("Be brief."),
      userMessage("Look"),
      {
        role: "assistant",
        parts: [
          {
            type: "reasoning",
            text: "Hm.",
            providerData: { anthropic: { type: "thinking", signature: "sig" } },
          },
          {
            type: "reasoning",
            text: "",
            providerData: { anthropic: { type: "redacted_thinking", data: "d" } },
          },
          { type: "reasoning", text: "another vendor's" },
          { type: "text", text: "" },
          { type: "tool-call", callId: "a", name: "lookup", input: { domain: "a.example" } },
          { type: "tool-call", callId: "call:b", name: "lookup", input: { domain: "b.example" } },
        ],
      },
      { role: "tool", parts: [result("a", { employees: 5 })] },
      { role: "tool", parts: [result("call:b", "gone", true)] },
      userMessage("Go on"),
    ];
    expect(map({ messages }).body).toMatchObject({
      system: [{ type: "text", text: "Be brief." }],
      messages: [
        { role: "user", content: [{ type: "text", text: "Look" }] },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "Hm.", signature: "sig" },
            { type: "redacted_thinking", data: "d" },
            { type: "tool_use", id: "a", name: "lookup", input: { domain: "a.example" } },
            { type: "tool_use", id: "call_b", name: "lookup", input: { domain: "b.example" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "a", content: '{"employees":5}' },
            { type: "tool_result", tool_use_id: "call_b", content: "gone", is_error: true },
            { type: "text", text: "Go on" },
          ],
        },
      ],
    });
  });

  it("takes images and PDFs, and says what it can't take", () => {
    const file = (mediaType: string, data: { base64: string } | { url: string }): Message => ({
      role: "user",
      parts: [{ type: "file", mediaType, data, origin: "user" }],
    });
    const { body } = map({
      messages: [
        file("image/png", { base64: "aGk=" }),
        file("application/pdf", { url: "https://a.example/a.pdf" }),
      ],
    });
    expect(body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } },
          { type: "document", source: { type: "url", url: "https://a.example/a.pdf" } },
        ],
      },
    ]);
    expect(() => map({ messages: [file("audio/mpeg", { base64: "aGk=" })] })).toThrow(/audio\/mpeg/);
  });

  it.each<[string, Partial<ModelRequest>, JsonObject | undefined]>([
    ["auto", { toolChoice: "auto" }, { type: "auto" }],
    ["none", { toolChoice: "none" }, { type: "none" }],
    ["required", { toolChoice: "required" }, { type: "any" }],
    ["one tool", { toolChoice: { tool: "lookup" } }, { type: "tool", name: "lookup" }],
    ["one at a time", { parallelToolCalls: false }, { type: "auto", disable_parallel_tool_use: true }],
    ["nothing said", {}, undefined],
  ])("maps the choice of tools: %s", (_, request, choice) => {
    const { body } = map({ tools: [lookup], ...request });
    expect(body["tool_choice"]).toEqual(choice);
    expect(body["tools"]).toEqual([
      { name: "lookup", description: "Looks up.", input_schema: lookup.inputSchema },
    ]);
  });

  it("closes the schema of a strict tool", () => {
    const { body } = map({ tools: [{ ...lookup, strict: true }] });
    expect(body["tools"]).toMatchObject([{ strict: true, input_schema: { additionalProperties: false } }]);
  });

  it("has the vendor hold the answer to a schema that it can hold", () => {
    const { body, outputTool, warned } = map({ output: score, reasoning: { effort: "low" } });
    expect(body["output_config"]).toEqual({
      effort: "low",
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: { score: { type: "integer", description: "(minimum: 0)" } },
          required: ["score"],
          additionalProperties: false,
        },
      },
    });
    expect({ outputTool, warned }).toEqual({ outputTool: undefined, warned: [] });
  });

  it.each<[string, Partial<ModelRequest>, JsonObject]>([
    ["alone", {}, { type: "tool", name: "map" }],
    ["beside other tools", { tools: [lookup] }, { type: "any" }],
  ])("forces a tool for a schema that the vendor can't hold, %s, and says so", (_, request, choice) => {
    const { body, outputTool, warned } = map({ output: anyMap, ...request });
    expect(outputTool).toBe("map");
    expect(body["tool_choice"]).toEqual(choice);
    expect(warned).toEqual(["output"]);
  });

  it.each<[string, ApiVersion, JsonObject, string[]]>([
    ["claude-sonnet-5-5", "2026-10-21", {}, ["temperature", "topP"]],
    ["claude-haiku-4-5", "2026-10-21", {}, ["temperature", "topP"]],
    ["claude-sonnet-5-5", "2023-06-01", {}, ["temperature", "topP"]],
    ["claude-haiku-4-5", "2023-06-01", { temperature: 0.2, top_p: 0.9 }, []],
    ["claude-haiku-4-5-20251001", "2023-06-01", { temperature: 0.2, top_p: 0.9 }, []],
  ])("sends sampling settings to %s under %s only where they are taken", (modelId, version, sent, told) => {
    const { body, warned } = map({ temperature: 0.2, topP: 0.9 }, modelId, version);
    expect(body["temperature"]).toBe(sent["temperature"]);
    expect(body["top_p"]).toBe(sent["top_p"]);
    expect(warned).toEqual(told);
  });

  it.each<[string, Partial<ModelRequest>, JsonObject, string[]]>([
    [
      "claude-opus-5-5",
      { reasoning: { effort: "high" } },
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "high" } },
      [],
    ],
    [
      "claude-opus-5-5",
      { reasoning: { effort: "minimal" } },
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
      ["reasoning.effort"],
    ],
    ["claude-opus-5-5", { reasoning: { effort: "none" } }, { thinking: { type: "disabled" } }, []],
    [
      "claude-fable-5-1",
      { reasoning: { effort: "none" } },
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
      ["reasoning.effort"],
    ],
    [
      "claude-haiku-4-5",
      { reasoning: { effort: "medium" } },
      { thinking: { type: "enabled", budget_tokens: 10_240 } },
      [],
    ],
    [
      "claude-haiku-4-5",
      { reasoning: { effort: "max" }, maxOutputTokens: 8_000 },
      { thinking: { type: "enabled", budget_tokens: 6_000 } },
      [],
    ],
    ["claude-haiku-4-5", { reasoning: { effort: "low" }, maxOutputTokens: 1_000 }, {}, ["reasoning"]],
    [
      "claude-opus-5-5",
      { reasoning: { effort: "high" }, tools: [lookup], toolChoice: "required" },
      { output_config: { effort: "high" } },
      ["reasoning"],
    ],
    ["claude-opus-5-5", {}, {}, []],
  ])("tells %s how to think: %j", (modelId, request, wire, told) => {
    const { body, warned } = map(request, modelId);
    expect({ thinking: body["thinking"], output_config: body["output_config"] }).toEqual({
      thinking: wire["thinking"],
      output_config: wire["output_config"],
    });
    expect(warned).toEqual(told);
  });

  it("says that it takes no seed", () => {
    expect(map({ seed: 7 }).warned).toEqual(["seed"]);
  });

  it("lets the host's own fields win, and joins what must be joined", () => {
    const { body } = map({
      tools: [lookup],
      reasoning: { effort: "low" },
      providerOptions: {
        anthropic: {
          max_tokens: 7,
          output_config: { effort: "xhigh" },
          tools: [{ type: "web_search_20260318", name: "web_search" }],
        },
        openai: { ignored: true },
      },
    });
    expect(body).toMatchObject({
      max_tokens: 7,
      output_config: { effort: "xhigh" },
      tools: [{ name: "lookup" }, { name: "web_search" }],
    });
    expect(body["ignored"]).toBeUndefined();
  });
});
