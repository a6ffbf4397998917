import {
  type JsonObject,
  type Message,
  type ModelRequest,
  type ModelWarning,
  systemMessage,
  userMessage,
} from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { ollamaProfile } from "./ollama-models.js";
import { type OllamaTarget, promptCharsOf, toOllamaRequest } from "./to-ollama-request.js";

const ask: ModelRequest = { messages: [userMessage("Hello")] };
const lookup = { name: "lookup", description: "Looks up.", inputSchema: { type: "object" } };
const now = { name: "now", description: "The time.", inputSchema: { type: "object" } };
const wireTool = (name: string, description: string) => ({
  type: "function",
  function: { name, description, parameters: { type: "object" } },
});

function map(request: Partial<ModelRequest>, modelId = "qwen3:8b", target: Partial<OllamaTarget> = {}) {
  const warnings: ModelWarning[] = [];
  const profile = ollamaProfile(modelId, false, undefined, undefined);
  const body = toOllamaRequest(
    { ...ask, ...request },
    {
      modelId,
      profile,
      streamed: true,
      contextTokens: undefined,
      keepAlive: undefined,
      overflow: "error",
      ...target,
    },
    (warning) => warnings.push(warning),
  );
  return { body, warned: warnings.map((warning) => warning.field) };
}

describe("toOllamaRequest", () => {
  it("asks the server not to cut, and to stream or not in so many words", () => {
    const plain = { model: "qwen3:8b", messages: [{ role: "user", content: "Hello" }] };
    expect(map({}).body).toEqual({ ...plain, stream: true, truncate: false, shift: false });
    expect(map({}, "qwen3:8b", { streamed: false, overflow: "cut" }).body).toEqual({
      ...plain,
      stream: false,
    });
  });

  it("puts the settings into options", () => {
    const request = { temperature: 0.2, topP: 0.9, maxOutputTokens: 100, stop: ["END"], seed: 7 };
    const { body } = map(request, "qwen3:8b", { contextTokens: 16_384, keepAlive: "10m" });
    expect(body["options"]).toEqual({
      num_ctx: 16_384,
      num_predict: 100,
      temperature: 0.2,
      top_p: 0.9,
      seed: 7,
      stop: ["END"],
    });
    expect(body["keep_alive"]).toBe("10m");
  });

  it("sends a transcript with arguments as objects and results by name", () => {
    const messages: Message[] = [
      systemMessage("Be brief."),
      {
        role: "user",
        parts: [
          { type: "text", text: "Look", origin: "user" },
          { type: "file", mediaType: "image/png", data: { base64: "aGk=" }, origin: "user" },
        ],
      },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "signed", providerData: { anthropic: { signature: "s" } } },
          { type: "reasoning", text: "Hm." },
          { type: "text", text: "Look." },
          { type: "tool-call", callId: "a", name: "lookup", input: { domain: "a.example" } },
        ],
      },
      {
        role: "tool",
        parts: [
          {
            type: "tool-result",
            callId: "a",
            name: "lookup",
            output: { employees: 5 },
            failed: false,
            origin: "tool",
          },
        ],
      },
    ];
    expect(map({ messages }).body["messages"]).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Look", images: ["aGk="] },
      {
        role: "assistant",
        content: "Look.",
        thinking: "Hm.",
        tool_calls: [{ id: "a", function: { index: 0, name: "lookup", arguments: { domain: "a.example" } } }],
      },
      { role: "tool", content: '{"employees":5}', tool_name: "lookup", tool_call_id: "a" },
    ]);
  });

  it.each<[string, { base64: string } | { url: string }, RegExp]>([
    ["application/pdf", { base64: "aGk=" }, /application\/pdf/],
    ["image/png", { url: "https://a.example/a.png" }, /by its URL/],
  ])("says that it can't take %s", (mediaType, data, said) => {
    const messages: Message[] = [
      { role: "user", parts: [{ type: "file", mediaType, data, origin: "user" }] },
    ];
    expect(() => map({ messages })).toThrow(said);
  });

  it.each<[string, Partial<ModelRequest>, JsonObject[] | undefined, string[]]>([
    ["nothing said", {}, [wireTool("lookup", "Looks up."), wireTool("now", "The time.")], []],
    ["none", { toolChoice: "none" }, undefined, []],
    [
      "required",
      { toolChoice: "required" },
      [wireTool("lookup", "Looks up."), wireTool("now", "The time.")],
      ["toolChoice"],
    ],
    ["one tool", { toolChoice: { tool: "now" } }, [wireTool("now", "The time.")], ["toolChoice"]],
    [
      "one at a time",
      { parallelToolCalls: false },
      [wireTool("lookup", "Looks up."), wireTool("now", "The time.")],
      ["parallelToolCalls"],
    ],
  ])("maps the choice of tools: %s", (_, request, tools, told) => {
    const { body, warned } = map({ tools: [lookup, now], ...request });
    expect(body["tools"]).toEqual(tools);
    expect(warned).toEqual(told);
  });

  it("says when a model takes no tools", () => {
    const { body, warned } = map({ tools: [lookup] }, "llava");
    expect(body["tools"]).toBeUndefined();
    expect(warned).toEqual(["tools"]);
  });

  it.each<[string, NonNullable<ModelRequest["reasoning"]>["effort"], boolean | string | undefined, string[]]>(
    [
      ["gpt-oss:20b", "medium", "medium", []],
      ["gpt-oss:20b", "none", "low", ["reasoning.effort"]],
      ["gpt-oss:120b-cloud", "max", "high", ["reasoning.effort"]],
      ["qwen3:8b", "none", false, []],
      ["library/qwen3:8b-q4_K_M", "high", true, ["reasoning.effort"]],
      ["llama3.2", "high", undefined, ["reasoning"]],
      ["llama3.2", "none", undefined, []],
    ],
  )("tells %s to think with effort %s", (modelId, effort, think, told) => {
    const { body, warned } = map({ reasoning: { effort } }, modelId);
    expect(body["think"]).toBe(think);
    expect(warned).toEqual(told);
  });

  it("holds the answer to a schema", () => {
    const schema = { type: "object", properties: { score: { type: "integer" } } };
    expect(map({ output: { name: "score", schema } }).body["format"]).toEqual(schema);
  });

  it("lets the host's own fields win, and joins options", () => {
    const ollama = { options: { top_k: 40, temperature: 1 }, keep_alive: -1 };
    expect(map({ temperature: 0.2, seed: 7, providerOptions: { ollama } }).body).toMatchObject({
      options: { temperature: 1, seed: 7, top_k: 40 },
      keep_alive: -1,
    });
  });

  it("counts the characters that become tokens, images left out", () => {
    const { body } = map({
      messages: [
        {
          role: "user",
          parts: [
            { type: "text", text: "12345", origin: "user" },
            { type: "file", mediaType: "image/png", data: { base64: "a".repeat(900) }, origin: "user" },
          ],
        },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "123" },
            { type: "text", text: "12" },
          ],
        },
      ],
    });
    expect(promptCharsOf(body)).toBe(10);
  });
});
