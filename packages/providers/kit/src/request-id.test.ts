import { type ModelProfile, SalesAgentError, systemClock } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { AnswerDecoder } from "./answer-decoder.js";
import { exchangeStream } from "./exchange.js";

const KEY = "sk-planted-4f7a91";

const profile: ModelProfile = {
  abilities: {
    tools: false,
    parallelTools: false,
    structuredOutput: "none",
    reasoning: false,
    vision: false,
    sampling: false,
    prefill: false,
  },
  locality: "cloud",
  source: { asOf: "2026-11-21" },
};

/** A format in which every byte is text, and the end of the body the end of the answer. */
const decoder: AnswerDecoder = {
  push(bytes, events) {
    events.push({ type: "text-delta", text: new TextDecoder().decode(bytes) });
    return false;
  },
  end: () => ({ reason: "stop", usage: {} }),
  usage: () => ({}),
};

const streamOf = (response: Response) =>
  exchangeStream({
    provider: "toy",
    modelId: "toy-1",
    profile,
    baseUrl: "https://toy.example/v1",
    clock: systemClock,
    requestIdHeader: "x-request-id",
    prepare: () => ({
      send: async () => response,
      decoder,
      mediaTypes: ["text/plain"],
      warnings: [],
      secrets: [KEY],
    }),
  });

const failureOf = (response: Response) =>
  streamOf(response)
    .result()
    .catch((error: unknown) => error);

describe("the id of a request", () => {
  const headers = { "x-request-id": `req_7 for ${KEY}` };

  it("is told without the key that a server repeats in it", async () => {
    const result = await streamOf(new Response("Hello", { headers })).result();
    expect(result.requestId).toBe("req_7 for [secret]");
    expect(result.text).toBe("Hello");
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it.each([
    ["is refused", () => new Response("no", { status: 500, headers })],
    [
      "answers in another format",
      () => new Response("<html>", { headers: { ...headers, "content-type": "text/html" } }),
    ],
  ])("is told without the key when the request %s", async (_what, reply) => {
    const failure = await failureOf(reply());
    expect(failure).toMatchObject({ facts: { requestId: "req_7 for [secret]" } });
    expect(SalesAgentError.is(failure) && JSON.stringify(failure.toJSON())).not.toContain(KEY);
  });

  it.each([{}, { "x-request-id": "" }])("is absent where the server gives none", async (given) => {
    const result = await streamOf(
      new Response("Hello", { headers: new Headers(Object.entries(given)) }),
    ).result();
    expect(result).not.toHaveProperty("requestId");
  });
});
