import { type ModelRequest, SalesAgentError, systemClock, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import {
  HELLO,
  jsonReply,
  scriptedFetch,
  sseReply,
} from "../../openai-compatible/src/testing/scripted-fetch.js";
import { runpod, type VllmSettings, vllm } from "./index.js";

const messages = [userMessage("Hi")];
const MODEL = "Qwen/Qwen3-8B";
const baseUrl = "http://gpu.test:8000/v1";

async function sentFor(fields: Partial<ModelRequest>, settings: Partial<VllmSettings> = {}) {
  const { fetch, sent } = scriptedFetch(sseReply(HELLO));
  const model = vllm(MODEL, { baseUrl, fetch, env: {}, ...settings });
  const result = await model.stream({ messages, ...fields }).result();
  return { result, body: sent[0]?.body ?? {}, headers: sent[0]?.headers };
}

async function failureOf(reply: Response) {
  const model = vllm(MODEL, { baseUrl, fetch: scriptedFetch(reply).fetch, env: {} });
  return model
    .stream({ messages })
    .result()
    .catch((error: unknown) => error);
}

describe("vllm", () => {
  it("needs no key, and sends the one that it is given", async () => {
    expect((await sentFor({})).headers?.has("authorization")).toBe(false);
    expect((await sentFor({}, { apiKey: "token-1" })).headers?.get("authorization")).toBe("Bearer token-1");
    const env = { VLLM_API_KEY: "token-2", OPENAI_API_KEY: "sk-openai" };
    expect((await sentFor({}, { env })).headers?.get("authorization")).toBe("Bearer token-2");
  });

  it("keeps prompts on machines of the host's choosing, at a cost that is unknown", async () => {
    expect(vllm(MODEL, { baseUrl }).profile.locality).toBe("local");
    expect(runpod(MODEL, { endpointId: "abc" }).profile.locality).toBe("cloud");
    expect((await sentFor({})).result.costUsd).toBeUndefined();
  });

  it.each([
    ["none", { chat_template_kwargs: { enable_thinking: false } }],
    ["low", { chat_template_kwargs: { enable_thinking: true }, reasoning_effort: "low" }],
    ["max", { chat_template_kwargs: { enable_thinking: true }, reasoning_effort: "high" }],
  ] as const)("maps the effort %s", async (effort, fields) => {
    expect((await sentFor({ reasoning: { effort } })).body).toMatchObject(fields);
  });

  it("asks for usage and sends a schema", async () => {
    const schema = { type: "object", properties: {}, required: [], additionalProperties: false };
    const { body } = await sentFor({ output: { name: "x", schema } });
    expect(body).toMatchObject({
      stream_options: { include_usage: true },
      response_format: { type: "json_schema", json_schema: { name: "x", schema, strict: true } },
    });
  });

  it.each([
    [
      "a status as the code",
      jsonReply({ error: { message: "bad", type: "BadRequestError", param: null, code: 400 } }, 400),
      "model.bad_request",
    ],
    [
      "an unknown model",
      jsonReply(
        { error: { message: "The model `x` does not exist.", type: "NotFoundError", code: 404 } },
        404,
      ),
      "model.not_found",
    ],
    [
      "an older server's flat body",
      jsonReply(
        { object: "error", message: "The model `x` does not exist.", type: "NotFoundError", code: 404 },
        404,
      ),
      "model.not_found",
    ],
    [
      "an overlong input",
      jsonReply(
        {
          error: {
            message: "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens",
            type: "BadRequestError",
            code: 400,
          },
        },
        400,
      ),
      "model.context_length",
    ],
    [
      "an error in the stream, behind which the stream ends well",
      sseReply('data: {"error":{"message":"bad","type":"BadRequestError","code":400}}\n\ndata: [DONE]\n\n'),
      "model.bad_request",
    ],
    [
      "a server error in the stream",
      sseReply(
        'data: {"error":{"message":"died","type":"InternalServerError","code":500}}\n\ndata: [DONE]\n\n',
      ),
      "model.server_error",
    ],
    [
      "an item of RunPod's worker as JSON",
      jsonReply({ error: { message: "vLLM returned HTTP 400: bad", type: "worker_error", code: null } }),
      "model.bad_request",
    ],
    [
      "an item of RunPod's worker in the stream",
      sseReply('{"error":{"message":"vLLM returned HTTP 503: starting","type":"worker_error","code":null}}'),
      "model.overloaded",
    ],
    [
      "an overlong input told by RunPod's worker",
      sseReply(
        'data: {"error":{"message":"vLLM returned HTTP 400: maximum context length is 10 tokens","type":"worker_error","code":null}}\n\n',
      ),
      "model.context_length",
    ],
  ])("reads %s", async (_, reply, code) => {
    const failure = await failureOf(reply);
    expect(SalesAgentError.is(failure) && failure.code).toBe(code);
  });

  it("never adds the two names of reasoning", async () => {
    const { fetch } = scriptedFetch(
      sseReply(
        'data: {"choices":[{"index":0,"delta":{"reasoning":"hm","reasoning_content":"hm"}}]}\n\ndata: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n',
      ),
    );
    const { reasoning } = await vllm(MODEL, { baseUrl, fetch, env: {} }).stream({ messages }).result();
    expect(reasoning).toBe("hm");
  });
});

describe("runpod", () => {
  it("sends to the endpoint's own route with its key", async () => {
    const { fetch, sent } = scriptedFetch(sseReply(HELLO));
    await runpod(MODEL, { endpointId: "abc123", fetch, env: { RUNPOD_API_KEY: "rp-1" } })
      .stream({ messages })
      .result();
    expect(sent[0]?.url).toBe("https://api.runpod.ai/v2/abc123/openai/v1/chat/completions");
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer rp-1");
  });

  it("refuses an id that is none, and a call without a key", async () => {
    expect(() => runpod(MODEL, { endpointId: "https://api.runpod.ai/v2/abc" })).toThrow(/endpointId/);
    await expect(runpod(MODEL, { endpointId: "abc", env: {} }).stream({ messages }).result()).rejects.toThrow(
      "No API key for runpod: pass `apiKey` or set RUNPOD_API_KEY.",
    );
  });

  it.each([
    ["RunPod", (settings: object) => runpod(MODEL, { endpointId: "abc", apiKey: "k", ...settings }), 600_000],
    ["vLLM", (settings: object) => vllm(MODEL, { baseUrl, ...settings }), 300_000],
  ])("waits for a cold start at %s, unless told otherwise", async (_, make, limitMs) => {
    const limits = new Set<number>();
    const clock = {
      ...systemClock,
      schedule: (delayMs: number, task: () => void) => {
        limits.add(Math.round(delayMs / 1000) * 1000);
        return systemClock.schedule(delayMs, task);
      },
    };
    const { fetch } = scriptedFetch(sseReply(HELLO), sseReply(HELLO));
    await make({ fetch, clock }).stream({ messages }).result();
    expect(limits).toContain(limitMs);
    limits.clear();
    const timeouts = { headersMs: 9_000, firstTokenMs: 9_000 };
    await make({ fetch, clock, timeouts }).stream({ messages }).result();
    expect(limits).not.toContain(limitMs);
    expect(limits).toContain(9_000);
  });
});
