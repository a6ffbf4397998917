import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { retryAfterOf } from "./retry-after.js";

const limited = (retryAfterMs?: number) =>
  new SalesAgentError("service.rate_limited", {
    message: "too many",
    facts: { service: "crm", ...(retryAfterMs !== undefined && { retryAfterMs }) },
    replay: "safe",
  });

const waiting = new SalesAgentError("call.wait_too_long", {
  message: "the budget has no room for 40 s",
  facts: { name: "acme/crm", waitMs: 40_000, capMs: 30_000 },
  replay: "safe",
});

describe("retryAfterOf", () => {
  it("reads how long the service asks to wait, and how long a wait would have been that was refused", () => {
    expect(retryAfterOf(limited(5_000))).toBe(5_000);
    expect(retryAfterOf(waiting)).toBe(40_000);
  });

  it("reads nothing where nothing sensible is told", () => {
    for (const error of [limited(), limited(-1), new Error("retryAfterMs"), { facts: { retryAfterMs: 1 } }])
      expect(retryAfterOf(error)).toBeUndefined();
  });
});
