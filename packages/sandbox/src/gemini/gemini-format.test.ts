import type { JsonObject } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { renderReply } from "../render-reply.js";
import type { Reply } from "../reply.js";
import { createSandboxFetch } from "../server/sandbox-fetch.js";

const REPLY: Reply = {
  text: "Hi there",
  reasoning: "Hm.",
  toolCalls: [
    { name: "weather", arguments: { place: "Bern", days: [1], deep: { wet: true } } },
    { name: "clock" },
  ],
  usage: { inputTokens: 30, outputTokens: 20, reasoningTokens: 5 },
};
const eventsOf = (reply: Reply, body: JsonObject = {}): JsonObject[] =>
  renderReply("gemini", reply, { body })
    .text.split("\r\n\r\n")
    .filter((event) => event !== "")
    .map((event) => JSON.parse(event.slice("data: ".length)) as JsonObject);
const partsOf = (events: readonly JsonObject[]) =>
  events.map(
    (event) =>
      (event as { candidates?: [{ content: { parts?: JsonObject[] } }] }).candidates?.[0].content.parts?.[0],
  );

describe("Gemini's format", () => {
  it("sends thoughts, text, whole calls of which the first is signed, and STOP in an event of its own", () => {
    const events = eventsOf(REPLY);

    expect(partsOf(events)).toEqual([
      { text: "Hm.", thought: true },
      { text: "Hi there" },
      {
        functionCall: { name: "weather", args: { place: "Bern", days: [1], deep: { wet: true } } },
        thoughtSignature: expect.any(String),
      },
      { functionCall: { name: "clock", args: {} } },
      { text: "" },
    ]);
    expect(events.map((event) => JSON.stringify(event).includes('"finishReason"'))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(events.at(-1)).toMatchObject({
      candidates: [{ finishReason: "STOP" }],
      usageMetadata: {
        promptTokenCount: 30,
        candidatesTokenCount: 15,
        thoughtsTokenCount: 5,
        totalTokenCount: 50,
      },
    });
  });

  it("streams arguments piece by piece when that is asked for", () => {
    const body = { toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } } };
    const [first, ...rest] = partsOf(eventsOf({ toolCalls: REPLY.toolCalls?.slice(0, 1) ?? [] }, body));

    expect(first).toMatchObject({ functionCall: { name: "weather", willContinue: true } });
    expect(rest).toEqual([
      {
        functionCall: {
          partialArgs: [{ jsonPath: "$.place", stringValue: "Bern", willContinue: true }],
          willContinue: true,
        },
      },
      { functionCall: { partialArgs: [{ jsonPath: "$.place", stringValue: "" }], willContinue: true } },
      { functionCall: { partialArgs: [{ jsonPath: "$.days[0]", numberValue: 1 }], willContinue: true } },
      { functionCall: { partialArgs: [{ jsonPath: "$.deep.wet", boolValue: true }], willContinue: true } },
      { functionCall: {} },
      { text: "" },
    ]);
  });

  it("has no parts when thoughts took every token, and no candidates when the prompt is blocked", () => {
    expect(eventsOf({ finish: "length" })[0]).toMatchObject({
      candidates: [{ content: { role: "model" }, finishReason: "MAX_TOKENS" }],
    });
    const [blocked] = eventsOf({ refusal: "No." });
    expect(blocked).toMatchObject({ promptFeedback: { blockReason: "SAFETY", blockReasonMessage: "No." } });
    expect(blocked).not.toHaveProperty("candidates");
  });

  it("sends one JSON array without alt=sse", async () => {
    const sandbox = createSandboxFetch({ script: REPLY });
    const response = await sandbox.fetch(`${sandbox.url("gemini")}/models/m:streamGenerateContent`, {
      method: "POST",
      headers: { "x-goog-api-key": "k" },
      body: '{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}',
    });

    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toHaveLength(5);
  });

  it("embeds one text and many", async () => {
    const sandbox = createSandboxFetch();
    const post = async (call: string, body: object) => {
      const url = `${sandbox.url("gemini")}/models/gemini-embedding-001:${call}?key=k`;
      return (await sandbox.fetch(url, { method: "POST", body: JSON.stringify(body) })).json();
    };
    const content = { parts: [{ text: "a" }] };

    expect(await post("embedContent", { content })).toMatchObject({
      embedding: { values: { length: 3072 } },
    });
    expect(
      await post("batchEmbedContents", { requests: [{ content, outputDimensionality: 8 }, { content }] }),
    ).toMatchObject({
      embeddings: [{ values: { length: 8 } }, { values: { length: 8 } }],
    });
  });
});
