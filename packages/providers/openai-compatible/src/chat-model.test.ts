import { systemClock } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { openaiCompatible } from "./index.js";
import { collect, HELLO, jsonReply, scriptedFetch, sseReply, sseText } from "./testing/scripted-fetch.js";
import { failureOf, KEY, modelWith, request } from "./testing/some-model.js";

describe("a chat completions model", () => {
  it("streams an answer and tells its usage, request id and rate limits", async () => {
    const headers = { "x-request-id": "req_1", "x-ratelimit-remaining-requests": "9" };
    const { fetch } = scriptedFetch(sseReply(HELLO, headers));
    const result = await modelWith({ fetch }).stream(request).result();
    expect(result).toMatchObject({
      text: "Hello there",
      requestId: "req_1",
      finishReason: "stop",
      usage: { inputTokens: 9, outputTokens: 2 },
      rateLimits: [{ kind: "requests", remaining: 9 }],
    });
    expect(result.costUsd).toBeUndefined();
  });

  it("prices an answer by the profile that the host gives", async () => {
    const { fetch } = scriptedFetch(sseReply(HELLO));
    const price = { input: 1, output: 3, asOf: "2026-11-01" };
    const result = await modelWith({ fetch, profile: { price } }).stream(request).result();
    expect(result.costUsd).toBeCloseTo((9 * 1 + 2 * 3) / 1e6, 12);
  });

  it("sends to its base URL with its key, and asks for a stream", async () => {
    const { fetch, sent } = scriptedFetch(
      sseReply(HELLO),
      jsonReply({ choices: [{ message: { content: "x" }, finish_reason: "stop" }] }),
    );
    const model = modelWith({ fetch, baseUrl: "https://acme.test/v1/" });
    await collect(model.stream(request));
    await model.stream(request, { delivery: "whole", headers: { "X-Trace": "t1" } }).result();
    expect(sent.map((one) => one.url)).toEqual(Array(2).fill("https://acme.test/v1/chat/completions"));
    expect(sent.map((one) => one.headers.get("authorization"))).toEqual(Array(2).fill(`Bearer ${KEY}`));
    expect(sent.map((one) => one.headers.get("x-trace"))).toEqual([null, "t1"]);
    expect(sent.map((one) => one.body["stream"])).toEqual([true, undefined]);
  });

  it("sends nothing before it is read", () => {
    const { fetch, sent } = scriptedFetch();
    modelWith({ fetch }).stream(request);
    expect(sent).toHaveLength(0);
  });

  describe("bad input", () => {
    it("is refused by name when the model is made", () => {
      expect(() => openaiCompatible(" ", { provider: "acme", baseUrl: "https://acme.test" })).toThrow(
        new TypeError("acme: the model id is empty"),
      );
      expect(() => modelWith({ provider: "Acme Inc" })).toThrow(/provider must be a lower-case name/);
      for (const baseUrl of ["acme.test/v1", "ftp://acme.test", ""]) {
        expect(() => modelWith({ baseUrl })).toThrow(/baseUrl must be an http or https URL/);
      }
    });

    it.each<[string, () => Response | Promise<Response>, string, RegExp]>([
      [
        "a web page where the stream should be",
        () =>
          new Response("<html><title>Welcome to nginx!</title>", {
            headers: { "content-type": "text/html" },
          }),
        "model.malformed_response",
        /https:\/\/acme\.test\/v1 .*"Welcome to nginx!".*Check `baseUrl`/,
      ],
      [
        "a page that is not found",
        () =>
          new Response("<html><title>404 Not Found</title>", {
            status: 404,
            headers: { "content-type": "text/html" },
          }),
        "model.not_found",
        /Check `baseUrl` \(https:\/\/acme\.test\/v1\)/,
      ],
      [
        "a path that is not there",
        () => jsonReply({ detail: "Not Found" }, 404),
        "model.not_found",
        /Check `baseUrl`/,
      ],
      [
        "an unknown model",
        () => jsonReply({ error: { message: "The model `x` does not exist", code: "model_not_found" } }, 404),
        "model.not_found",
        /Check the model's name/,
      ],
      [
        "a refused connection",
        () =>
          Promise.reject(
            new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) }),
          ),
        "model.unreachable",
        /https:\/\/acme\.test\/v1 \(ECONNREFUSED\).*Check `baseUrl`/,
      ],
      [
        "an error in JSON under status 200",
        () => jsonReply({ error: { message: "no such deployment", code: "model_not_found" } }),
        "model.not_found",
        /no such deployment/,
      ],
      [
        "an empty body",
        () => new Response("", { headers: { "content-type": "application/json" } }),
        "model.malformed_response",
        /empty body/,
      ],
      [
        "quota",
        () =>
          jsonReply(
            { error: { message: "You exceeded your current quota", type: "insufficient_quota" } },
            429,
          ),
        "model.quota_exhausted",
        /Add credit/,
      ],
      [
        "a gateway's time-out",
        () => jsonReply({ error: { message: "The upstream timed out" } }, 504),
        "model.server_error",
        /The upstream timed out/,
      ],
    ])("ends in one clear message: %s", async (_, reply, code, message) => {
      const failure = await failureOf(modelWith({ fetch: scriptedFetch(reply).fetch }));
      expect(failure.code).toBe(code);
      expect(failure.message).toContain("acme/some-model");
      expect(failure.message).toMatch(message);
      expect(failure.message).not.toContain("\n");
    });

    it("tells the status, the vendor's code, the request id and the wait of a refusal", async () => {
      const body = { error: { message: "slow down", type: "requests", code: "rate_limit_exceeded" } };
      const { fetch } = scriptedFetch(
        jsonReply(body, 429, { "x-request-id": "req_9", "retry-after": "2.5" }),
      );
      expect((await failureOf(modelWith({ fetch }))).facts).toEqual({
        provider: "acme",
        modelId: "some-model",
        status: 429,
        vendorCode: "rate_limit_exceeded",
        requestId: "req_9",
        retryAfterMs: 2_500,
      });
    });

    it("keeps the usage that was told before a failure", async () => {
      const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
      const { fetch } = scriptedFetch(
        sseReply(sseText({ choices: [], usage }, { error: { message: "down", code: 502 } })),
      );
      const failure = await failureOf(modelWith({ fetch }));
      expect(failure).toMatchObject({
        code: "model.server_error",
        facts: { status: 200, inBand: true, usage: { inputTokens: 7, outputTokens: 3 } },
      });
    });
  });

  it("begins a call of a retired model with a warning, and names the successor when it is gone", async () => {
    const gone = jsonReply({ error: { message: "no such model", code: "model_not_found" } }, 404);
    const { fetch } = scriptedFetch(sseReply(HELLO), gone);
    const model = modelWith({ fetch, profile: { retired: { on: "2026-08-01", successor: "newer" } } });
    const { warnings } = await model.stream(request).result();
    expect(warnings).toEqual([{ field: "modelId", message: expect.stringMatching(/"some-model".*"newer"/) }]);
    expect(await failureOf(model)).toMatchObject({
      code: "model.not_found",
      message: expect.stringContaining('its successor is "newer"'),
      facts: { successor: "newer" },
    });
  });

  it("takes its time limits from the settings unless a call has its own", async () => {
    const limits: number[] = [];
    const clock = {
      ...systemClock,
      schedule: (delayMs: number, task: () => void) => {
        limits.push(Math.round(delayMs));
        return systemClock.schedule(delayMs, task);
      },
    };
    const { fetch } = scriptedFetch(sseReply(HELLO), sseReply(HELLO));
    const model = modelWith({ fetch, clock, timeouts: { headersMs: 5_000 } });
    await model.stream(request).result();
    await model.stream(request, { timeouts: { headersMs: 7_000 } }).result();
    expect(limits).toContain(5_000);
    expect(limits).toContain(7_000);
  });

  it("takes thoughts out of think tags where told to", async () => {
    const text = sseText(
      ...["<thi", "nk>hm</th", "ink>\n\nYes"].map((content) => ({ choices: [{ delta: { content } }] })),
      { choices: [{ delta: {}, finish_reason: "stop" }] },
    );
    const { fetch } = scriptedFetch(sseReply(text), sseReply(text));
    expect(await modelWith({ fetch, thinkTags: true }).stream(request).result()).toMatchObject({
      reasoning: "hm",
      text: "Yes",
    });
    expect((await modelWith({ fetch }).stream(request).result()).text).toBe("<think>hm</think>\n\nYes");
  });
});
