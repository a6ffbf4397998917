import {
  type JsonObject,
  type Message,
  type ModelRequest,
  type ModelWarning,
  systemMessage,
  userMessage,
} from "@salesagent/ports";
import { resolveProfile } from "@salesagent/provider-kit";
import { describe, expect, it } from "vitest";
import { geminiProfiles } from "./gemini-models.js";
import { toGeminiRequest } from "./to-gemini-request.js";

const ask: ModelRequest = { messages: [userMessage("Hello")] };
const lookup = {
  name: "lookup",
  description: "Looks up.",
  inputSchema: { $schema: "x", type: "object", properties: { kind: { const: "company" } } },
};
const score = { name: "score", schema: { type: "object", properties: { score: { type: "integer" } } } };

function map(request: Partial<ModelRequest>, modelId = "gemini-3.8-flash") {
  const warnings: ModelWarning[] = [];
  const profile = resolveProfile(geminiProfiles, modelId);
  const body = toGeminiRequest({ ...ask, ...request }, { modelId, profile }, (warning) =>
    warnings.push(warning),
  );
  return { body, warned: warnings.map((warning) => warning.field) };
}

const config = (request: Partial<ModelRequest>, modelId?: string) =>
  map(request, modelId).body["generationConfig"];

describe("toGeminiRequest", () => {
  it("sends the least for a plain request", () => {
    expect(map({}).body).toEqual({ contents: [{ role: "user", parts: [{ text: "Hello" }] }] });
  });

  it("maps the settings of the answer", () => {
    const settings = { temperature: 0.2, topP: 0.9, maxOutputTokens: 100, stop: ["END"], seed: 7 };
    expect(config(settings)).toEqual({
      temperature: 0.2,
      topP: 0.9,
      maxOutputTokens: 100,
      stopSequences: ["END"],
      seed: 7,
    });
  });

  it("sends every part back with its own signature, and results with the vendor's own ids", () => {
    const result = (callId: string, output: JsonObject | string, failed = false) =>
      ({ type: "tool-result", callId, name: "lookup", output, failed, origin: "tool" }) as const;
    const messages: Message[] = [
      systemMessage("Be brief."),
      userMessage("Look"),
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "another vendor's" },
          {
            type: "reasoning",
            text: "Hm.",
            providerData: { gemini: { thoughtSignature: "s0", signedChars: 3 } },
          },
          {
            type: "text",
            text: "Look.",
            providerData: { gemini: { thoughtSignature: "s1", signedChars: 0 } },
          },
          {
            type: "text",
            text: "unsigned signed",
            providerData: { gemini: { thoughtSignature: "s2", signedChars: 6 } },
          },
          {
            type: "tool-call",
            callId: "fc_1",
            name: "lookup",
            input: { domain: "a" },
            providerData: { gemini: { id: "fc_1", thoughtSignature: "s3" } },
          },
          { type: "tool-call", callId: "made", name: "lookup", input: { domain: "b" } },
        ],
      },
      { role: "tool", parts: [result("fc_1", { employees: 5 })] },
      { role: "tool", parts: [result("made", "gone", true)] },
      userMessage("Go on"),
    ];
    expect(map({ messages }).body).toEqual({
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        { role: "user", parts: [{ text: "Look" }] },
        {
          role: "model",
          parts: [
            { text: "Hm.", thought: true, thoughtSignature: "s0" },
            { text: "Look." },
            { text: "", thoughtSignature: "s1" },
            { text: "unsigned " },
            { text: "signed", thoughtSignature: "s2" },
            { functionCall: { id: "fc_1", name: "lookup", args: { domain: "a" } }, thoughtSignature: "s3" },
            { functionCall: { name: "lookup", args: { domain: "b" } } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { id: "fc_1", name: "lookup", response: { employees: 5 } } },
            { functionResponse: { name: "lookup", response: { error: "gone" } } },
          ],
        },
        { role: "user", parts: [{ text: "Go on" }] },
      ],
    });
  });

  it.each([
    ["gemini-3.8-flash", "skip_thought_signature_validator"],
    ["gemini-2.5-flash", undefined],
  ])("gives the first of another vendor's calls the signature that %s demands", (modelId, signature) => {
    const messages: Message[] = [
      userMessage("Look"),
      {
        role: "assistant",
        parts: [
          { type: "tool-call", callId: "a", name: "lookup", input: {} },
          { type: "tool-call", callId: "b", name: "lookup", input: {} },
        ],
      },
    ];
    const contents = map({ messages }, modelId).body["contents"] as readonly JsonObject[];
    const parts = contents[1]?.["parts"] as readonly JsonObject[];
    expect(parts.map((part) => part["thoughtSignature"])).toEqual([signature, undefined]);
  });

  it("takes files as bytes and as addresses", () => {
    const messages: Message[] = [
      {
        role: "user",
        parts: [
          { type: "file", mediaType: "image/png", data: { base64: "aGk=" }, origin: "user" },
          {
            type: "file",
            mediaType: "application/pdf",
            data: { url: "https://a.example/a.pdf" },
            origin: "user",
          },
        ],
      },
    ];
    expect(map({ messages }).body["contents"]).toEqual([
      {
        role: "user",
        parts: [
          { inlineData: { mimeType: "image/png", data: "aGk=" } },
          { fileData: { mimeType: "application/pdf", fileUri: "https://a.example/a.pdf" } },
        ],
      },
    ]);
  });

  it.each<[string, Partial<ModelRequest>, JsonObject | undefined]>([
    ["nothing said", {}, undefined],
    ["auto", { toolChoice: "auto" }, { mode: "AUTO" }],
    ["none", { toolChoice: "none" }, { mode: "NONE" }],
    ["required", { toolChoice: "required" }, { mode: "ANY" }],
    ["one tool", { toolChoice: { tool: "lookup" } }, { mode: "ANY", allowedFunctionNames: ["lookup"] }],
    ["a strict tool", { tools: [{ ...lookup, strict: true }] }, { mode: "VALIDATED" }],
  ])("maps the choice of tools: %s", (_, request, calling) => {
    const { body } = map({ tools: [lookup], ...request });
    expect(body["toolConfig"]).toEqual(calling && { functionCallingConfig: calling });
    expect(body["tools"]).toEqual([
      {
        functionDeclarations: [
          {
            name: "lookup",
            description: "Looks up.",
            parametersJsonSchema: { type: "object", properties: { kind: { enum: ["company"] } } },
          },
        ],
      },
    ]);
  });

  it("has the vendor hold the answer to a schema, beside tools where the model can", () => {
    const wire = { responseMimeType: "application/json", responseJsonSchema: score.schema };
    expect(config({ output: score })).toEqual(wire);
    expect(config({ output: score, tools: [lookup] })).toEqual(wire);
    const old = map({ output: score, tools: [lookup] }, "gemini-2.5-flash");
    expect(old.body["generationConfig"]).toBeUndefined();
    expect(JSON.stringify(old.body["systemInstruction"])).toContain("JSON Schema");
    expect(old.warned).toEqual(["output"]);
  });

  it.each<[string, NonNullable<ModelRequest["reasoning"]>["effort"], JsonObject, number]>([
    ["gemini-3.8-flash", "high", { thinkingLevel: "HIGH", includeThoughts: true }, 0],
    ["gemini-3.8-flash", "none", { thinkingLevel: "MINIMAL", includeThoughts: true }, 1],
    ["gemini-3.8-flash", "max", { thinkingLevel: "HIGH", includeThoughts: true }, 1],
    ["gemini-3.1-pro-preview", "minimal", { thinkingLevel: "LOW", includeThoughts: true }, 1],
    ["gemini-2.5-flash", "none", { thinkingBudget: 0 }, 0],
    ["gemini-2.5-flash", "low", { thinkingBudget: 2_048, includeThoughts: true }, 0],
    ["gemini-2.5-pro", "none", { thinkingBudget: 512, includeThoughts: true }, 1],
  ])("tells %s to think with effort %s", (modelId, effort, thinkingConfig, warnings) => {
    const { body, warned } = map({ reasoning: { effort } }, modelId);
    expect(body["generationConfig"]).toEqual({ thinkingConfig });
    expect(warned).toHaveLength(warnings);
  });

  it("says that it can't be kept to one call", () => {
    expect(map({ tools: [lookup], parallelToolCalls: false }).warned).toEqual(["parallelToolCalls"]);
  });

  it("lets the host's own fields win, and joins what must be joined", () => {
    const own = {
      generationConfig: { topK: 40, temperature: 1 },
      safetySettings: [],
      tools: [{ googleSearch: {} }],
    };
    const { body } = map({ temperature: 0.2, seed: 7, tools: [lookup], providerOptions: { gemini: own } });
    expect(body).toMatchObject({
      generationConfig: { temperature: 1, seed: 7, topK: 40 },
      safetySettings: [],
      tools: [{ functionDeclarations: [{ name: "lookup" }] }, { googleSearch: {} }],
    });
  });
});
