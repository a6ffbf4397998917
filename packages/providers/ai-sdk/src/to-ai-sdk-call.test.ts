import { type ModelRequest, type ModelWarning, systemMessage, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { SpecificationVersion } from "./ai-sdk-model.js";
import { toAiSdkCall } from "./to-ai-sdk-call.js";

const VERSIONS = ["v2", "v3", "v4"] as const;
const ask: ModelRequest = { messages: [userMessage("Hi")] };

function mapped(request: Partial<ModelRequest>, version: SpecificationVersion = "v4", call = {}) {
  const warnings: ModelWarning[] = [];
  const options = toAiSdkCall({ ...ask, ...request }, call, version, (warning) => warnings.push(warning));
  return { options, warnings };
}

describe("toAiSdkCall", () => {
  it.each(VERSIONS)("says nothing that was not asked for, in %s", (version) => {
    expect(mapped({}, version)).toEqual({
      options: { prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] },
      warnings: [],
    });
  });

  it.each(VERSIONS)("maps settings, output and headers, in %s", (version) => {
    const schema = { type: "object" };
    const { options, warnings } = mapped(
      {
        maxOutputTokens: 100,
        temperature: 0.2,
        topP: 0.9,
        seed: 7,
        stop: ["END"],
        output: { name: "score", schema, strict: true },
        providerOptions: { openai: { user: "u-1" } },
      },
      version,
      { headers: { "x-trace": "t" } },
    );
    expect(options).toMatchObject({
      maxOutputTokens: 100,
      temperature: 0.2,
      topP: 0.9,
      seed: 7,
      stopSequences: ["END"],
      responseFormat: { type: "json", schema, name: "score" },
      providerOptions: { openai: { user: "u-1" } },
      headers: { "x-trace": "t" },
    });
    expect(warnings).toEqual([]);
  });

  const tool = { name: "find", description: "Finds.", inputSchema: { type: "object" }, strict: true };

  it("maps tools, strictness since v3", () => {
    const { strict: _, ...plain } = tool;
    expect(mapped({ tools: [tool] }, "v2").options.tools).toEqual([{ type: "function", ...plain }]);
    expect(mapped({ tools: [tool] }, "v3").options.tools).toEqual([{ type: "function", ...tool }]);
    expect(mapped({ tools: [] }).options).not.toHaveProperty("tools");
  });

  it.each([
    ["auto", { type: "auto" }],
    ["none", { type: "none" }],
    ["required", { type: "required" }],
    [{ tool: "find" }, { type: "tool", toolName: "find" }],
  ] as const)("maps the choice %j", (toolChoice, expected) => {
    expect(mapped({ tools: [tool], toolChoice }).options.toolChoice).toEqual(expected);
  });

  it.each([
    ["none", "none"],
    ["minimal", "minimal"],
    ["low", "low"],
    ["high", "high"],
    ["max", "xhigh"],
  ] as const)("maps the effort %s to %s in v4", (effort, reasoning) => {
    expect(mapped({ reasoning: { effort } })).toMatchObject({ options: { reasoning }, warnings: [] });
  });

  it.each(["v2", "v3"] as const)("warns that %s has no effort", (version) => {
    const { options, warnings } = mapped({ reasoning: { effort: "low" } }, version);
    expect(options).not.toHaveProperty("reasoning");
    expect(warnings.map((warning) => warning.field)).toEqual(["reasoning.effort"]);
  });

  it("warns of what the specification has no field for", () => {
    const { warnings } = mapped({ parallelToolCalls: false, cacheKey: "tenant-1" });
    expect(warnings.map((warning) => warning.field)).toEqual(["parallelToolCalls", "cacheKey"]);
  });
});

describe("the prompt", () => {
  const prompt = (messages: ModelRequest["messages"], version: SpecificationVersion = "v4") =>
    mapped({ messages }, version).options.prompt;

  it("joins the parts of a system message, and keeps its last cache mark", () => {
    const cached = { type: "text", text: "Rules.", origin: "system", cache: "1h" } as const;
    const plain = { type: "text", text: "More.", origin: "developer" } as const;
    expect(prompt([systemMessage("Short."), { role: "system", parts: [cached, plain] }])).toEqual([
      { role: "system", content: "Short." },
      {
        role: "system",
        content: "Rules.\n\nMore.",
        providerOptions: { anthropic: { cacheControl: { type: "ephemeral", ttl: "1h" } } },
      },
    ]);
  });

  it("maps files, tagged in v4", () => {
    const pdf = {
      type: "file",
      mediaType: "application/pdf",
      data: { base64: "JVBE" },
      origin: "user",
    } as const;
    const image = {
      type: "file",
      mediaType: "image/png",
      data: { url: "https://acme.test/a.png" },
      origin: "user",
    } as const;
    const messages = [{ role: "user", parts: [pdf, image] }] as const;
    const url = new URL("https://acme.test/a.png");
    for (const version of ["v2", "v3"] as const) {
      expect(prompt(messages, version)[0]?.content).toEqual([
        { type: "file", mediaType: "application/pdf", data: "JVBE" },
        { type: "file", mediaType: "image/png", data: url },
      ]);
    }
    expect(prompt(messages)[0]?.content).toEqual([
      { type: "file", mediaType: "application/pdf", data: { type: "data", data: "JVBE" } },
      { type: "file", mediaType: "image/png", data: { type: "url", url } },
    ]);
  });

  it("refuses a file's URL that is none", () => {
    const file = { type: "file", mediaType: "image/png", data: { url: "a.png" }, origin: "user" } as const;
    expect(() => prompt([{ role: "user", parts: [file] }])).toThrow(TypeError);
  });

  it("sends an answer back with what its vendor keeps in it, and with nothing of other packages'", () => {
    const kept = { anthropic: { signature: "s" } };
    expect(
      prompt([
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "Hm.", providerData: { "ai-sdk": kept, anthropic: { raw: true } } },
            { type: "text", text: "Hi.", providerData: { openai: { id: "msg_1" } } },
            { type: "tool-call", callId: "c1", name: "find", input: { q: 1 } },
          ],
        },
      ]),
    ).toEqual([
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm.", providerOptions: kept },
          { type: "text", text: "Hi." },
          { type: "tool-call", toolCallId: "c1", toolName: "find", input: { q: 1 } },
        ],
      },
    ]);
  });

  it.each([
    ["found", false, { type: "text", value: "found" }],
    ["broken", true, { type: "error-text", value: "broken" }],
    [{ hits: 2 }, false, { type: "json", value: { hits: 2 } }],
    [null, true, { type: "error-json", value: null }],
  ] as const)("maps the tool result %j, failed %s", (output, failed, expected) => {
    const part = { type: "tool-result", callId: "c1", name: "find", output, failed, origin: "tool" } as const;
    expect(prompt([{ role: "tool", parts: [part] }])).toEqual([
      {
        role: "tool",
        content: [{ type: "tool-result", toolCallId: "c1", toolName: "find", output: expected }],
      },
    ]);
  });
});
