import { type ErrorCode, type ErrorFacts, SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { classifyModelFailure } from "./classify-model-failure.js";

const facts = { provider: "acme", modelId: "one" };
const failure = <C extends ErrorCode>(code: C, its: ErrorFacts[C]) =>
  new SalesAgentError(code, { message: code, facts: its, replay: "safe" });

describe("classifyModelFailure", () => {
  it.each([
    failure("model.bad_request", facts),
    failure("model.context_length", facts),
    failure("model.content_filtered", facts),
    failure("model.malformed_tool_call", { ...facts, tool: "lookup", argumentsText: "{" }),
    failure("model.rate_limited", facts),
    failure("model.rate_limited", { ...facts, retryAfterMs: 0 }),
    failure("tool.failed", { tool: "lookup" }),
    failure("transcript.invalid", { issues: [] }),
    new DOMException("", "AbortError"),
  ])("takes nothing from %s", (error) => {
    expect(classifyModelFailure(error)).toEqual({ kind: "ignore" });
  });

  it.each([
    failure("model.server_error", facts),
    failure("model.unreachable", facts),
    failure("model.timed_out", { ...facts, phase: "stall", limitMs: 1 }),
    failure("model.stream_cut", facts),
    failure("model.malformed_response", facts),
    failure("model.overloaded", facts),
    new TypeError("fetch failed"),
    new DOMException("", "TimeoutError"),
    "a text",
    undefined,
  ])("counts %s", (error) => {
    expect(classifyModelFailure(error)).toEqual({ kind: "failure" });
  });

  it.each([
    [failure("model.quota_exhausted", facts), 300_000],
    [failure("model.auth", facts), 300_000],
    [failure("model.overloaded", { ...facts, retryAfterMs: 4_000 }), 4_000],
    [failure("model.rate_limited", { ...facts, retryAfterMs: 90_000 }), 90_000],
  ])("opens at once with %s", (error, forMs) => {
    expect(classifyModelFailure(error)).toEqual({ kind: "open", forMs });
  });

  it("opens for as long as the host says where the key is refused", () => {
    expect(classifyModelFailure(failure("model.auth", facts), { quotaResetMs: 5 })).toEqual({
      kind: "open",
      forMs: 5,
    });
  });
});
