import { inspect } from "node:util";
import { type JsonObject, SalesAgentError, userMessage } from "@salesagent/ports";
import { priceNanoUsd } from "@salesagent/ports/money";
import { describe, expect, it } from "vitest";
import { jsonReply, scriptedFetch } from "../../openai-compatible/src/testing/scripted-fetch.js";
import { gemini, geminiEmbeddings, geminiProfiles } from "./index.js";

const KEY = "AIza-planted-4f7a91";
const ask = { messages: [userMessage("Hello")] };
const answer = {
  candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }],
  usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 100, totalTokenCount: 1_100 },
};
const sse = () =>
  new Response(`data: ${JSON.stringify(answer)}\r\n\r\n`, {
    headers: { "content-type": "text/event-stream" },
  });

async function failureOf(promise: Promise<unknown>): Promise<SalesAgentError> {
  try {
    await promise;
  } catch (error) {
    if (SalesAgentError.is(error)) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

const quota = (quotaId: string) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaId }],
});
const retryInfo = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.4s" };
const exhausted = "You exceeded your current quota, please check your plan and billing details.";

describe("gemini", () => {
  it("asks its own paths, with the key in a header and never in the address", async () => {
    const { fetch, sent } = scriptedFetch(sse, jsonReply(answer));
    const model = gemini("gemini-3.8-flash", { apiKey: KEY, fetch });
    expect((await model.stream(ask).result()).text).toBe("Hi");
    expect((await model.stream(ask, { delivery: "whole" }).result()).text).toBe("Hi");
    expect(sent.map((request) => request.url)).toEqual([
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse",
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:generateContent",
    ]);
    for (const { headers } of sent) expect(headers.get("x-goog-api-key")).toBe(KEY);
  });

  it.each<[string, JsonObject, number, string, JsonObject]>([
    [
      "a minute's quota",
      {
        message: exhausted,
        status: "RESOURCE_EXHAUSTED",
        details: [quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), retryInfo],
      },
      429,
      "model.rate_limited",
      { retryAfterMs: 34_400 },
    ],
    [
      "a day's quota",
      {
        message: exhausted,
        status: "RESOURCE_EXHAUSTED",
        details: [quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), retryInfo],
      },
      429,
      "model.quota_exhausted",
      {},
    ],
    [
      "a limit without details",
      { message: "Resource has been exhausted", status: "RESOURCE_EXHAUSTED" },
      429,
      "model.rate_limited",
      {},
    ],
    [
      "a wrong key",
      { message: "API key not valid. Please pass a valid API key.", status: "INVALID_ARGUMENT" },
      400,
      "model.auth",
      {},
    ],
    ["a key without rights", { message: "denied", status: "PERMISSION_DENIED" }, 403, "model.auth", {}],
    [
      "a region",
      { message: "User location is not supported", status: "FAILED_PRECONDITION" },
      400,
      "model.bad_request",
      {},
    ],
    [
      "an unknown model",
      { message: "models/x is not found", status: "NOT_FOUND" },
      404,
      "model.not_found",
      {},
    ],
    [
      "a long prompt",
      {
        message: "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
        status: "INVALID_ARGUMENT",
      },
      400,
      "model.context_length",
      {},
    ],
    [
      "overload",
      { message: "The model is overloaded. Please try again later.", status: "UNAVAILABLE" },
      503,
      "model.overloaded",
      {},
    ],
    ["a slow answer", { message: "Deadline", status: "DEADLINE_EXCEEDED" }, 504, "model.server_error", {}],
  ])("maps %s", async (_, error, status, code, facts) => {
    const { fetch } = scriptedFetch(jsonReply({ error: { code: status, ...error } }, status));
    const failure = await failureOf(gemini("gemini-3.8-flash", { apiKey: KEY, fetch }).stream(ask).result());
    expect(failure.code).toBe(code);
    expect(failure.facts).toMatchObject({ status, vendorCode: error["status"], ...facts });
  });

  it("tells a blocked prompt as filtered content", async () => {
    const { fetch } = scriptedFetch(jsonReply({ promptFeedback: { blockReason: "SAFETY" } }));
    const stream = gemini("gemini-3.8-flash", { apiKey: KEY, fetch }).stream(ask, { delivery: "whole" });
    expect(await failureOf(stream.result())).toMatchObject({
      code: "model.content_filtered",
      facts: { vendorCode: "SAFETY", inBand: true },
    });
  });

  it("never shows the key, whatever fails", async () => {
    const echo = jsonReply(
      { error: { code: 400, message: `API key not valid: ${KEY}`, status: "INVALID_ARGUMENT" } },
      400,
    );
    const refused = () => Promise.reject(new TypeError(`fetch failed for ${KEY}`));
    for (const reply of [echo, refused]) {
      const model = gemini("gemini-3.8-flash", { apiKey: KEY, fetch: scriptedFetch(reply).fetch });
      const failure = await failureOf(model.stream(ask).result());
      expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain(KEY);
      expect(inspect(model, { depth: 20, showHidden: true })).not.toContain(KEY);
    }
  });

  it("reads its own variables in their order, and says what is missing without one", async () => {
    const { fetch, sent } = scriptedFetch(sse);
    await gemini("gemini-3.8-flash", { fetch, env: { GOOGLE_API_KEY: KEY } })
      .stream(ask)
      .result();
    expect(sent[0]?.headers.get("x-goog-api-key")).toBe(KEY);
    const failure = await failureOf(gemini("gemini-3.8-flash", { fetch, env: {} }).stream(ask).result());
    expect(failure.message).toContain("GEMINI_API_KEY");
  });

  it.each([
    ["gemini-3.8-flash", "2026-12-31T23:59:59Z", 1_000_000, 0.75 + 3.75],
    ["gemini-3.8-flash", "2027-01-01T00:00:00Z", 1_000_000, 1.5 + 7.5],
    ["gemini-2.5-pro", "2026-11-01T00:00:00Z", 200_000, 0.25 + 10],
    ["gemini-2.5-pro", "2026-11-01T00:00:00Z", 200_001, 0.5000025 + 15],
  ])("prices %s on %s for %d tokens", (modelId, day, inputTokens, usd) => {
    const { price } = geminiProfiles.models[modelId] ?? {};
    const nanoUsd = price && priceNanoUsd(price, { inputTokens, outputTokens: 1_000_000 }, Date.parse(day));
    expect(nanoUsd).toBe(Math.round(usd * 1e9));
  });
});

describe("geminiEmbeddings", () => {
  const reply = (...vectors: readonly number[][]) =>
    jsonReply({ embeddings: vectors.map((values) => ({ values })) });

  it("embeds in batches, in order, with vectors of length 1", async () => {
    const { fetch, sent } = scriptedFetch(reply([3, 4], [0, 2]), reply([1, 0]));
    const model = geminiEmbeddings("gemini-embedding-2", {
      apiKey: KEY,
      fetch,
      maxInputs: 2,
      taskType: "RETRIEVAL_QUERY",
    });
    const { vectors, costUsd } = await model.embed(["a", "b", "c"], { dimensions: 2 });
    expect(vectors.map((vector) => [...vector].map((value) => value.toFixed(2)))).toEqual([
      ["0.60", "0.80"],
      ["0.00", "1.00"],
      ["1.00", "0.00"],
    ]);
    expect(costUsd).toBeUndefined();
    expect(sent[0]?.url).toMatch(/\/v1beta\/models\/gemini-embedding-2:batchEmbedContents$/);
    expect(sent[0]?.body).toEqual({
      requests: ["a", "b"].map((text) => ({
        model: "models/gemini-embedding-2",
        content: { parts: [{ text }] },
        taskType: "RETRIEVAL_QUERY",
        outputDimensionality: 2,
      })),
    });
  });

  it("fails when a vector is missing, and when the vendor refuses", async () => {
    const { fetch } = scriptedFetch(
      reply([1, 0]),
      jsonReply({ error: { code: 404, message: "no", status: "NOT_FOUND" } }, 404),
    );
    const model = geminiEmbeddings("gemini-embedding-2", { apiKey: KEY, fetch });
    expect((await failureOf(model.embed(["a", "b"]))).code).toBe("model.malformed_response");
    expect((await failureOf(model.embed(["a"]))).code).toBe("model.not_found");
    await expect(model.embed(["a", ""])).rejects.toThrow("inputs[1]");
  });
});
