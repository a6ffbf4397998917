import { type ModelRequest, SalesAgentError, systemClock, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import {
  delta,
  HELLO,
  jsonReply,
  scriptedFetch,
  sseReply,
  sseText,
} from "../../openai-compatible/src/testing/scripted-fetch.js";
import { type DeepSeekSettings, deepseek } from "./index.js";

async function sentFor(
  fields: Partial<ModelRequest>,
  settings: DeepSeekSettings = {},
  modelId = "deepseek-flash",
) {
  const { fetch, sent } = scriptedFetch(sseReply(HELLO));
  const model = deepseek(modelId, { apiKey: "sk-1", fetch, ...settings });
  const result = await model.stream({ messages: [userMessage("Hi")], ...fields }).result();
  return { result, body: sent[0]?.body ?? {}, url: sent[0]?.url };
}

const foreign = [
  userMessage("Hi"),
  { role: "assistant", parts: [{ type: "tool-call", callId: "c1", name: "f", input: {} }] },
  {
    role: "tool",
    parts: [{ type: "tool-result", callId: "c1", name: "f", output: "ok", failed: false, origin: "tool" }],
  },
] as const;
const [question, , toolAnswer] = foreign;
const own = [
  question,
  {
    role: "assistant",
    parts: [
      { type: "reasoning", text: "I need f." },
      { type: "tool-call", callId: "c1", name: "f", input: {} },
    ],
  },
  toolAnswer,
] as const;

const replayed = async (fields: Partial<ModelRequest>) =>
  ((await sentFor(fields)).body["messages"] as Record<string, unknown>[])[1]?.["reasoning_content"];

describe("deepseek", () => {
  it("gives the reasoning of tool calls back while it thinks, empty where another model wrote them", async () => {
    expect(await replayed({ messages: own })).toBe("I need f.");
    expect(await replayed({ messages: foreign })).toBe("");
  });

  it("gives no reasoning back where thinking is off, or where no tool was called", async () => {
    expect(await replayed({ messages: own, reasoning: { effort: "none" } })).toBeUndefined();
    const off = { deepseek: { thinking: { type: "disabled" } } };
    expect(await replayed({ messages: own, providerOptions: off })).toBeUndefined();
    const spoken = {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "Yo" },
      ],
    } as const;
    expect(await replayed({ messages: [question, spoken, question] })).toBeUndefined();
  });

  it.each([
    ["none", { thinking: { type: "disabled" } }, []],
    ["low", { thinking: { type: "enabled" }, reasoning_effort: "high" }, ["reasoning.effort"]],
    ["high", { thinking: { type: "enabled" }, reasoning_effort: "high" }, []],
    ["max", { thinking: { type: "enabled" }, reasoning_effort: "max" }, []],
  ] as const)("maps the effort %s", async (effort, fields, warned) => {
    const { body, result } = await sentFor({ reasoning: { effort } });
    expect(body).toMatchObject(fields);
    expect(result.warnings.map((warning) => warning.field)).toEqual(warned);
  });

  it("says that sampling has no effect while it thinks", async () => {
    const fields = (result: Awaited<ReturnType<typeof sentFor>>) =>
      result.result.warnings.map((each) => each.field);
    expect(fields(await sentFor({ temperature: 0.2 }))).toEqual(["temperature"]);
    expect(fields(await sentFor({ temperature: 0.2, reasoning: { effort: "none" } }))).toEqual([]);
  });

  it("asks for JSON and puts the schema into the prompt", async () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    const { body, result } = await sentFor({ output: { name: "lead", schema } });
    expect(body["response_format"]).toEqual({ type: "json_object" });
    expect(JSON.stringify(body["messages"])).toContain("json");
    expect(body["messages"]).toContainEqual({
      role: "system",
      content: expect.stringContaining(JSON.stringify(schema)),
    });
    expect(result.warnings.map((warning) => warning.field)).toEqual(["output"]);
  });

  it("sends strict tools to the beta endpoint only", async () => {
    const tools = [{ name: "f", description: "", inputSchema: { type: "object" }, strict: true }];
    expect(JSON.stringify((await sentFor({ tools })).body)).not.toContain("strict");
    const beta = await sentFor({ tools }, { baseUrl: "https://api.deepseek.com/beta/" });
    expect(beta.url).toBe("https://api.deepseek.com/beta/chat/completions");
    expect(JSON.stringify(beta.body)).toContain('"strict":true');
  });

  it.each([
    ["2026-11-21T02:00:00Z", "a Saturday", 0.15, 0.6],
    ["2026-11-20T00:59:59Z", "before the first peak", 0.15, 0.6],
    ["2026-11-20T01:00:00Z", "in the first peak", 0.3, 1.2],
    ["2026-11-20T04:00:00Z", "between the peaks", 0.15, 0.6],
    ["2026-11-20T09:59:59Z", "in the second peak", 0.3, 1.2],
    ["2026-11-20T10:00:00Z", "after the second peak", 0.15, 0.6],
  ])("costs by the hour: %s is %s", async (instant, _, input, output) => {
    const clock = { ...systemClock, now: () => Date.parse(instant) };
    const { result } = await sentFor({}, { clock });
    expect(result.costUsd).toBeCloseTo((9 * input + 2 * output) / 1e6, 12);
  });

  it("says that deepseek-chat is a name of the past", async () => {
    const { result } = await sentFor({}, {}, "deepseek-chat");
    expect(result.warnings).toEqual([{ field: "modelId", message: '"deepseek-chat" is retired.' }]);
    expect(result.costUsd).toBeUndefined();
  });

  it.each([
    [
      "no balance",
      jsonReply(
        { error: { message: "Insufficient Balance", type: "unknown_error", code: "invalid_request_error" } },
        402,
      ),
      "model.quota_exhausted",
    ],
    ["a server that is busy", jsonReply({ error: { message: "busy", code: "x" } }, 503), "model.overloaded"],
    [
      "a server that stopped in the middle",
      sseReply(sseText(delta({ content: "x" }), delta({}, "insufficient_system_resource"))),
      "model.overloaded",
    ],
    [
      "a wrong key",
      jsonReply(
        {
          error: {
            message: "Authentication Fails",
            type: "authentication_error",
            code: "invalid_request_error",
          },
        },
        401,
      ),
      "model.auth",
    ],
  ])("reads %s", async (_, reply, code) => {
    const model = deepseek("deepseek-flash", { apiKey: "sk-1", fetch: scriptedFetch(reply).fetch });
    const failure: unknown = await model
      .stream({ messages: [question] })
      .result()
      .catch((error: unknown) => error);
    expect(SalesAgentError.is(failure) && failure.code).toBe(code);
  });
});
