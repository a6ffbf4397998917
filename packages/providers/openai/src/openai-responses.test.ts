import { type ModelRequest, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { jsonReply, scriptedFetch, sseReply } from "../../openai-compatible/src/testing/scripted-fetch.js";
import { type OpenAiSettings, openai } from "./index.js";

const messages = [userMessage("Hi")];
const completed = { type: "response.completed", response: { status: "completed", output: [] } };
const DONE = `event: response.completed\ndata: ${JSON.stringify(completed)}\n\n`;
const closed = { type: "object", properties: {}, required: [], additionalProperties: false };

async function sentFor(fields: Partial<ModelRequest>, settings: OpenAiSettings, modelId = "gpt-5.4-mini") {
  const { fetch, sent } = scriptedFetch(sseReply(DONE));
  const model = openai(modelId, { apiKey: "sk-1", fetch, ...settings });
  const result = await model.stream({ messages, ...fields }).result();
  return { result, body: sent[0]?.body ?? {} };
}

describe("openai at responses", () => {
  const settings = { api: "responses" } as const;

  it("stores nothing and asks for reasoning that can be sent back", async () => {
    const { body } = await sentFor(
      { reasoning: { effort: "low" } },
      { ...settings, reasoningSummary: "auto" },
    );
    expect(body).toEqual({
      model: "gpt-5.4-mini",
      input: [{ role: "user", content: [{ type: "input_text", text: "Hi" }] }],
      store: false,
      stream: true,
      stream_options: { include_obfuscation: false },
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "low", summary: "auto" },
    });
  });

  it("asks a model that does not reason for nothing of the kind", async () => {
    const { body, result } = await sentFor({ reasoning: { effort: "low" } }, settings, "gpt-4.1");
    expect(body).not.toHaveProperty("include");
    expect(body).not.toHaveProperty("reasoning");
    expect(result.warnings.map((warning) => warning.field)).toEqual(["reasoning"]);
  });

  it("maps tools, output, limits and the vendor's own options", async () => {
    const { body, result } = await sentFor(
      {
        tools: [{ name: "f", description: "does f", inputSchema: closed }],
        toolChoice: { tool: "f" },
        parallelToolCalls: false,
        output: { name: "lead", schema: closed },
        maxOutputTokens: 10,
        cacheKey: "k",
        stop: ["x"],
        seed: 1,
        providerOptions: { openai: { verbosity: "low" } },
      },
      settings,
    );
    expect(body).toMatchObject({
      tools: [{ type: "function", name: "f", description: "does f", parameters: closed, strict: false }],
      tool_choice: { type: "function", name: "f" },
      parallel_tool_calls: false,
      text: { format: { type: "json_schema", name: "lead", schema: closed, strict: true } },
      max_output_tokens: 10,
      prompt_cache_key: "k",
      verbosity: "low",
    });
    expect(result.warnings.map((warning) => warning.field)).toEqual(["stop", "seed"]);
  });

  it("maps a transcript, with the reasoning that is OpenAI's own and no other", async () => {
    const item = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "e" };
    const { body } = await sentFor(
      {
        messages: [
          { role: "system", parts: [{ type: "text", text: "Be kind", origin: "system" }] },
          {
            role: "user",
            parts: [
              { type: "text", text: "Look", origin: "user" },
              { type: "file", mediaType: "image/png", data: { url: "https://x.test/a.png" }, origin: "user" },
              { type: "file", mediaType: "application/pdf", data: { base64: "cGRm" }, origin: "user" },
            ],
          },
          {
            role: "assistant",
            parts: [
              { type: "reasoning", text: "foreign" },
              { type: "reasoning", text: "", providerData: { openai: item } },
              { type: "text", text: "Wait", providerData: { openai: { phase: "commentary" } } },
              { type: "tool-call", callId: "c1", name: "f", input: { n: 1 } },
            ],
          },
          {
            role: "tool",
            parts: [
              { type: "tool-result", callId: "c1", name: "f", output: [1], failed: false, origin: "tool" },
            ],
          },
        ],
      },
      settings,
    );
    expect(body["input"]).toEqual([
      { role: "system", content: "Be kind" },
      {
        role: "user",
        content: [
          { type: "input_text", text: "Look" },
          { type: "input_image", detail: "auto", image_url: "https://x.test/a.png" },
          { type: "input_file", filename: "document.pdf", file_data: "data:application/pdf;base64,cGRm" },
        ],
      },
      item,
      { role: "assistant", content: "Wait", phase: "commentary" },
      { type: "function_call", call_id: "c1", name: "f", arguments: '{"n":1}' },
      { type: "function_call_output", call_id: "c1", output: "[1]" },
    ]);
  });

  it("answers whole where asked to", async () => {
    const output = [{ type: "message", content: [{ type: "output_text", text: "Hi" }] }];
    const { fetch, sent } = scriptedFetch(jsonReply({ status: "completed", output }));
    const model = openai("gpt-5.4-mini", { ...settings, apiKey: "sk-1", fetch });
    expect((await model.stream({ messages }, { delivery: "whole" }).result()).text).toBe("Hi");
    expect(sent[0]?.body).not.toHaveProperty("stream");
  });
});
