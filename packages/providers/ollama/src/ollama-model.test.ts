import { inspect } from "node:util";
import { SalesAgentError, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { jsonReply, scriptedFetch } from "../../openai-compatible/src/testing/scripted-fetch.js";
import { ollama, ollamaEmbeddings } from "./index.js";

const KEY = "ollama-planted-4f7a91";
const ask = { messages: [userMessage("Hello")] };
const done = {
  message: { content: "Hi" },
  done: true,
  done_reason: "stop",
  prompt_eval_count: 9,
  eval_count: 2,
};
const ndjson = () =>
  new Response(JSON.stringify(done), { headers: { "content-type": "application/x-ndjson" } });

async function failureOf(promise: Promise<unknown>): Promise<SalesAgentError> {
  try {
    await promise;
  } catch (error) {
    if (SalesAgentError.is(error)) return error;
    throw error;
  }
  throw new Error("expected a failure");
}

const refused = () =>
  Promise.reject(
    new TypeError("fetch failed", {
      cause: new AggregateError([Object.assign(new Error("connect"), { code: "ECONNREFUSED" })]),
    }),
  );

describe("ollama", () => {
  it("asks this machine, without a key, and costs nothing", async () => {
    const { fetch, sent } = scriptedFetch(ndjson);
    const model = ollama("qwen3:8b", { fetch, env: { OLLAMA_API_KEY: KEY } });
    const { text, costUsd, usage } = await model.stream(ask).result();
    expect({ text, costUsd, usage }).toEqual({
      text: "Hi",
      costUsd: 0,
      usage: { inputTokens: 9, outputTokens: 2 },
    });
    expect(sent[0]?.url).toBe("http://localhost:11434/api/chat");
    expect(sent[0]?.headers.get("authorization")).toBeNull();
    expect(model.profile).toMatchObject({ locality: "local", price: { input: 0, output: 0 } });
  });

  it("asks the vendor's cloud with its key, at a cost that it does not know", async () => {
    const { fetch, sent } = scriptedFetch(ndjson);
    const model = ollama("gpt-oss:120b", {
      fetch,
      env: { OLLAMA_HOST: "https://ollama.com", OLLAMA_API_KEY: KEY },
    });
    const { costUsd } = await model.stream(ask).result();
    expect(costUsd).toBeUndefined();
    expect(sent[0]?.url).toBe("https://ollama.com/api/chat");
    expect(sent[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
    expect(model.profile.locality).toBe("cloud");
    const keyless = ollama("gpt-oss:120b", { baseUrl: "https://ollama.com", env: {} });
    expect(await failureOf(keyless.stream(ask).result())).toMatchObject({ code: "model.auth" });
  });

  it("knows a cloud model behind a local server", () => {
    const { profile } = ollama("gpt-oss:120b-cloud", { env: {} });
    expect(profile.locality).toBe("cloud");
    expect(profile.price).toBeUndefined();
  });

  it("gives a key that was passed to any server", async () => {
    const { fetch, sent } = scriptedFetch(ndjson);
    await ollama("qwen3", { fetch, apiKey: KEY, baseUrl: "https://proxy.example/ollama" })
      .stream(ask)
      .result();
    expect(sent[0]?.url).toBe("https://proxy.example/ollama/api/chat");
    expect(sent[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
  });

  it("says how to start a server that is not there", async () => {
    const { fetch } = scriptedFetch(refused);
    const failure = await failureOf(ollama("qwen3", { fetch, env: {} }).stream(ask).result());
    expect(failure).toMatchObject({ code: "model.unreachable", facts: { cause: "ECONNREFUSED" } });
    expect(failure.message).toMatch(/http:\/\/localhost:11434.*ollama serve.*OLLAMA_HOST/);
  });

  it.each([
    ["model 'qwen3' not found", 404, "model.not_found", /ollama pull qwen3/],
    ["server busy, please try again. maximum pending requests exceeded", 503, "model.overloaded", /busy/],
    ["the input length exceeds the context length", 400, "model.context_length", /contextTokens/],
    ['"qwen3" does not support tools', 400, "model.bad_request", /does not support tools/],
    ["unauthorized", 401, "model.auth", /key/],
    ["you have reached your weekly usage limit", 429, "model.quota_exhausted", /credit/],
    ["too many requests", 429, "model.rate_limited", /rate/],
    ["llama runner process has terminated", 500, "model.server_error", /terminated/],
  ])("maps %j (%d)", async (error, status, code, said) => {
    const { fetch } = scriptedFetch(jsonReply({ error }, status));
    const failure = await failureOf(ollama("qwen3", { fetch, env: {} }).stream(ask).result());
    expect(failure).toMatchObject({ code, facts: { status } });
    expect(failure.message).toMatch(said);
  });

  it("reads the words of an error line too, which has no status", async () => {
    const body = `${JSON.stringify({ message: { content: "Hi" }, done: false })}\n{"error":"server busy, please try again"}\n`;
    const { fetch } = scriptedFetch(
      new Response(body, { headers: { "content-type": "application/x-ndjson" } }),
    );
    const failure = await failureOf(ollama("qwen3", { fetch, env: {} }).stream(ask).result());
    expect(failure).toMatchObject({ code: "model.overloaded", facts: { inBand: true } });
  });

  it("tells a wrong variable by the call, and a wrong setting at once", async () => {
    const model = ollama("qwen3", { env: { OLLAMA_HOST: "gpu box" } });
    expect(model.profile.locality).toBe("local");
    expect(await failureOf(model.stream(ask).result())).toMatchObject({ code: "config.invalid" });
    expect(() => ollama("qwen3", { baseUrl: "ftp://x" })).toThrow(TypeError);
    expect(() => ollama("qwen3", { contextTokens: 0 })).toThrow("contextTokens");
    expect(() => ollama("")).toThrow(TypeError);
  });

  it("warns at the end when the server cut the prompt", async () => {
    const cut = { ...done, prompt_eval_count: 4_096 };
    const { fetch } = scriptedFetch(jsonReply(cut));
    const request = { messages: [userMessage("word ".repeat(8_000))] };
    const { warnings } = await ollama("qwen3", { fetch, env: {} })
      .stream(request, { delivery: "whole" })
      .result();
    expect(warnings.map((warning) => warning.field)).toEqual(["messages"]);
  });

  it("tells its window to those who choose a model", () => {
    expect(ollama("qwen3", { contextTokens: 16_384, env: {} }).profile.contextTokens).toBe(16_384);
  });

  it("never shows the key, whatever fails", async () => {
    for (const reply of [jsonReply({ error: `unauthorized ${KEY}` }, 401), refused]) {
      const model = ollama("qwen3", { apiKey: KEY, fetch: scriptedFetch(reply).fetch, env: {} });
      const failure = await failureOf(model.stream(ask).result());
      expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain(KEY);
      expect(inspect(model, { depth: 20, showHidden: true })).not.toContain(KEY);
    }
  });
});

describe("ollamaEmbeddings", () => {
  it("embeds in batches, in order, at no cost", async () => {
    const { fetch, sent } = scriptedFetch(
      jsonReply({
        embeddings: [
          [1, 2],
          [3, 4],
        ],
        prompt_eval_count: 5,
      }),
      jsonReply({ embeddings: [[5, 6]], prompt_eval_count: 2 }),
    );
    const model = ollamaEmbeddings("nomic-embed-text", { fetch, maxInputs: 2, keepAlive: "1m", env: {} });
    const { vectors, usage, costUsd } = await model.embed(["a", "b", "c"], { dimensions: 2 });
    expect(vectors.map((vector) => [...vector])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect({ usage, costUsd }).toEqual({ usage: { inputTokens: 7, outputTokens: 0 }, costUsd: 0 });
    expect(sent[0]?.url).toBe("http://localhost:11434/api/embed");
    expect(sent[0]?.body).toEqual({
      model: "nomic-embed-text",
      input: ["a", "b"],
      truncate: false,
      dimensions: 2,
      keep_alive: "1m",
    });
  });

  it("fails when a vector is missing, and says how to get a model", async () => {
    const { fetch } = scriptedFetch(
      jsonReply({ embeddings: [[1]] }),
      jsonReply({ error: "model 'x' not found" }, 404),
    );
    const model = ollamaEmbeddings("x", { fetch, env: {} });
    expect((await failureOf(model.embed(["a", "b"]))).code).toBe("model.malformed_response");
    expect((await failureOf(model.embed(["a"]))).message).toContain("ollama pull x");
  });
});
