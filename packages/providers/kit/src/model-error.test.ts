import { inspect } from "node:util";
import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type FailedCall, toModelError } from "./model-error.js";
import { WireFailure } from "./wire-failure.js";

const KEY = "sk-planted-0123456789";
const call: FailedCall = {
  provider: "acme",
  modelId: "one",
  baseUrl: `https://user:${KEY}@api.acme.test/v1?key=${KEY}`,
  secrets: [KEY],
  nowMs: Date.UTC(2026, 10, 21),
  begun: false,
};
const facts = { provider: "acme", modelId: "one" };

const network = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(`connect ${code}`), { code }) });

describe("toModelError", () => {
  it("lets errors of the family through as they are", () => {
    const error = new SalesAgentError("model.auth", { message: "no key", facts, replay: "safe" });
    expect(toModelError(error, call)).toBe(error);
  });

  it.each(["ECONNREFUSED", "ENOTFOUND", "ECONNRESET", "UND_ERR_SOCKET", "CERT_HAS_EXPIRED"])(
    "takes %s for unreachable before the answer, and for a cut within it",
    (code) => {
      const before = toModelError(network(code), call);
      expect(before).toMatchObject({ code: "model.unreachable", facts: { ...facts, cause: code } });
      expect(before.message).toContain(`https://api.acme.test/v1 (${code})`);
      expect(before.message).toContain("Check `baseUrl`");
      expect(toModelError(network(code), { ...call, begun: true }).code).toBe("model.stream_cut");
    },
  );

  it("finds the code of a host that was tried at several addresses", () => {
    const tried = new AggregateError([Object.assign(new Error("::1"), { code: "ECONNREFUSED" })]);
    const error = toModelError(new TypeError("fetch failed", { cause: tried }), call);
    expect(error).toMatchObject({ code: "model.unreachable", facts: { cause: "ECONNREFUSED" } });
  });

  it("finds a wire failure that an SDK has wrapped", () => {
    const failure = new WireFailure({ kind: "status", status: 429, vendorMessage: "slow down" });
    const wrapped = new Error("Connection error.", { cause: new Error("inner", { cause: failure }) });
    expect(toModelError(wrapped, call)).toMatchObject({
      code: "model.rate_limited",
      facts: { status: 429 },
    });
  });

  it("tells the status, the code, the request id and the wait of a refusal", () => {
    const failure = new WireFailure({
      kind: "status",
      status: 429,
      vendorCode: "rate_limit_exceeded",
      vendorMessage: "Rate limit reached",
      headers: new Headers({ "retry-after": "2", "x-request-id": "req-7" }),
    });
    const error = toModelError(failure, { ...call, requestIdHeader: "x-request-id" });
    expect(error.facts).toEqual({
      ...facts,
      status: 429,
      vendorCode: "rate_limit_exceeded",
      requestId: "req-7",
      retryAfterMs: 2_000,
    });
    expect(error.message).toBe("acme/one is limiting the rate of requests: Rate limit reached.");
    expect(error.replay).toBe("safe");
  });

  it("takes the wait of a 429 from the limit that is used up, where nothing else tells it", () => {
    const headers = new Headers({ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m2s" });
    const failed = (status: number) =>
      toModelError(new WireFailure({ kind: "status", status, vendorMessage: "No.", headers }), call);

    expect(failed(429)).toMatchObject({ code: "model.rate_limited", facts: { retryAfterMs: 62_000 } });
    expect(failed(500).facts).not.toHaveProperty("retryAfterMs");
  });

  it("prefers a wait that the body tells", () => {
    const headers = new Headers({ "retry-after": "2" });
    const failure = new WireFailure({ kind: "status", status: 429, retryAfterMs: 34_400, headers });
    expect(toModelError(failure, call)).toMatchObject({ facts: { retryAfterMs: 34_400 } });
  });

  it("keeps the status of the response for an error inside it, with the tokens it may bill", () => {
    const failure = new WireFailure({ kind: "in-band", status: 503, vendorCode: "overloaded_error" });
    const usage = { inputTokens: 10 };
    const error = toModelError(failure, { ...call, begun: true, status: 200, requestId: "req-9", usage });
    expect(error.code).toBe("model.overloaded");
    expect(error.facts).toEqual({
      ...facts,
      status: 200,
      vendorCode: "overloaded_error",
      requestId: "req-9",
      inBand: true,
      usage,
    });
  });

  it("names the successor of a retired model", () => {
    const failure = new WireFailure({ kind: "status", status: 404, vendorCode: "model_not_found" });
    const error = toModelError(failure, { ...call, successor: "two" });
    expect(error).toMatchObject({ code: "model.not_found", facts: { successor: "two" } });
    expect(error.message).toContain('its successor is "two"');
  });

  it("doubts the base URL when a server says not found without a word", () => {
    const failure = new WireFailure({ kind: "status", status: 404 });
    expect(toModelError(failure, call).message).toContain("Check `baseUrl` (https://api.acme.test/v1)");
  });

  it("asks the adapter first what a failure is and what to do", () => {
    const failure = new WireFailure({ kind: "status", status: 403, vendorMessage: "flagged" });
    const error = toModelError(failure, {
      ...call,
      classify: () => "model.content_filtered",
      advise: (code) => (code === "model.content_filtered" ? "Say it more kindly." : undefined),
    });
    expect(error.code).toBe("model.content_filtered");
    expect(error.message).toMatch(/Say it more kindly\.$/);
  });

  it("keeps the raw arguments of a tool call that is not JSON", () => {
    const toolCall = { tool: "find", argumentsText: '{"a":' };
    const error = toModelError(new WireFailure({ kind: "tool-call", toolCall }), call);
    expect(error).toMatchObject({ code: "model.malformed_tool_call", facts: toolCall });
    expect(error.message).toContain('"find"');
    expect(error.message).not.toContain('{"a":');
  });

  it("takes an oversized event for a malformed answer", () => {
    const error = toModelError(new RangeError("An event is longer than 16 characters."), {
      ...call,
      begun: true,
    });
    expect(error.code).toBe("model.malformed_response");
  });

  it("keeps what a model said out of the message of a broken answer", () => {
    const failure = new WireFailure({ kind: "malformed", vendorMessage: '{"delta":"Ada Lovelace, ada@' });
    expect(toModelError(failure, { ...call, begun: true }).message).not.toContain("Ada");
  });

  it.each<[string, unknown]>([
    ["a refusal", new WireFailure({ kind: "status", status: 401, vendorMessage: `Bad key ${KEY}` })],
    ["a vendor's code", new WireFailure({ kind: "status", status: 400, vendorCode: `x ${KEY}` })],
    ["a web page", new WireFailure({ kind: "malformed", vendorMessage: `<p>${KEY}</p>` })],
    [
      "a tool call",
      new WireFailure({ kind: "tool-call", toolCall: { tool: `t${KEY}`, argumentsText: `{${KEY}` } }),
    ],
    ["a network failure", new TypeError(`fetch to ${KEY} failed`)],
    ["something thrown that is no error", `thrown ${KEY}`],
  ])("never tells the key of %s", (_, error) => {
    const told = toModelError(error, call);
    const printed = inspect(told, { depth: Number.POSITIVE_INFINITY, showHidden: true });
    expect(printed + JSON.stringify(told) + (told.stack ?? "")).not.toContain(KEY);
  });
});
