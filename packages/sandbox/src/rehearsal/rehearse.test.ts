import { describe, expect, it } from "vitest";
import { EMPTY_ASK } from "../ask.js";
import { postJson } from "../testing/post-json.js";
import { rehearse } from "./rehearse.js";

const TOOL = {
  name: "weather",
  schema: { type: "object", properties: { place: { type: "string" } }, required: ["place"] },
};
const SCHEMA = {
  type: "object",
  properties: { score: { type: "integer", minimum: 1, maximum: 5 } },
  required: ["score"],
};

describe("rehearse", () => {
  it("says that it is simulated, the same way each time", () => {
    const ask = { ...EMPTY_ASK, prompt: "Who are you?" };

    expect(rehearse({ ask }).text).toMatch(/^\[simulated\] .*“Who are you\?”/);
    expect(rehearse({ ask })).toEqual(rehearse({ ask }));
  });

  it("calls a tool that it must call, or that the prompt names, and no other", () => {
    const names = (ask: Partial<typeof EMPTY_ASK>) =>
      rehearse({ ask: { ...EMPTY_ASK, tools: [TOOL], ...ask } }).toolCalls?.map(({ name }) => name);

    expect(names({ toolChoice: "required" })).toEqual(["weather"]);
    expect(names({ toolChoice: { name: "weather" } })).toEqual(["weather"]);
    expect(names({ prompt: "Use weather." })).toEqual(["weather"]);
    expect(names({ prompt: "Hello" })).toBeUndefined();
    expect(names({ toolChoice: "none", prompt: "Use weather." })).toBeUndefined();
    expect(names({ toolChoice: "required", lastRole: "tool" })).toBeUndefined();
  });

  it.each([
    [
      "openai",
      "/chat/completions",
      { response_format: { type: "json_schema", json_schema: { schema: SCHEMA } } },
    ],
    ["openai", "/responses", { text: { format: { type: "json_schema", schema: SCHEMA } } }],
    [
      "gemini",
      "/models/m:generateContent",
      { generationConfig: { responseMimeType: "application/json", responseJsonSchema: SCHEMA } },
    ],
    ["ollama", "/api/chat", { stream: false, format: SCHEMA }],
  ] as const)("answers %s%s with JSON of the schema that was asked for", async (vendor, path, format) => {
    const ask =
      vendor === "gemini"
        ? { contents: [{ role: "user", parts: [{ text: "Rate it." }] }] }
        : { model: "m", input: "Rate it.", messages: [{ role: "user", content: "Rate it." }] };
    const { messages: _, ...forResponses } = { messages: [], ...ask };
    const body = path === "/responses" ? forResponses : ask;

    const { text } = await postJson(vendor, path, { ...body, ...format });

    expect(text).toMatch(/\{\\"score\\":[1-5]\}/);
  });
});
