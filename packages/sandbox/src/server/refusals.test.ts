import type { JsonObject } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { FLAVORS, type Vendor } from "../dialect.js";
import type { FailureReason } from "../fault.js";
import { postJson } from "../testing/post-json.js";
import { bodyOf, PATHS } from "../testing/smallest-request.js";

async function refusal(vendor: Vendor, reason: FailureReason, retryAfterSeconds?: number) {
  const retryAfter = retryAfterSeconds === undefined ? {} : { retryAfter: { seconds: retryAfterSeconds } };
  const fault = { type: "status", reason, ...retryAfter } as const;
  const { status, text, headers } = await postJson(vendor, PATHS[vendor], bodyOf(vendor), {
    script: { fault },
  });
  return { status, headers, body: JSON.parse(text) as JsonObject };
}

describe("bodies of refusals", () => {
  it.each<[Vendor, FailureReason, number, object]>([
    ["openai", "quota", 429, { error: { type: "insufficient_quota", code: "insufficient_quota" } }],
    ["openai", "context-length", 400, { error: { code: "context_length_exceeded" } }],
    [
      "cerebras",
      "rate-limit",
      429,
      { type: "too_many_requests_error", param: "quota", code: "request_quota_exceeded" },
    ],
    ["deepseek", "billing", 402, { error: { message: "Insufficient Balance" } }],
    [
      "openrouter",
      "rate-limit",
      429,
      { error: { code: 429, message: "Provider returned error", metadata: { provider_name: "Simulated" } } },
    ],
    ["vllm", "context-length", 400, { error: { type: "BadRequestError", code: 400 } }],
    ["ollama-compat", "not-found", 404, { error: { type: "not_found_error", code: null } }],
    ["gemini-compat", "rate-limit", 429, [{ error: { code: 429, status: "RESOURCE_EXHAUSTED" } }]],
    ["xai", "rate-limit", 429, { error: expect.any(String) }],
    ["mistral", "unprocessable", 422, { detail: [{ loc: ["body", "messages"] }] }],
    [
      "anthropic",
      "overloaded",
      529,
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    ],
    ["anthropic", "quota", 429, { error: { details: { error_code: "enforced_spend_limit_reached" } } }],
    ["gemini", "unavailable", 503, { error: { status: "UNAVAILABLE" } }],
    ["ollama", "overloaded", 503, { error: expect.stringContaining("server busy") }],
  ])("%s tells %s", async (vendor, reason, status, body) => {
    expect(await refusal(vendor, reason)).toMatchObject({ status, body });
  });

  it("tells Gemini's wait in the body and others' in a header", async () => {
    const gemini = await refusal("gemini", "rate-limit", 34.4);
    const openai = await refusal("openai", "rate-limit", 34.4);

    expect(gemini.headers.get("retry-after")).toBeNull();
    expect(JSON.stringify(gemini.body)).toContain('"retryDelay":"34.4s"');
    expect(openai.headers.get("retry-after")).toBe("34.4");
  });

  it("sends Anthropic's retry-after with successes, and with refusals only when asked", async () => {
    const success = await postJson("anthropic", "/v1/messages", bodyOf("anthropic"));
    const { headers } = await refusal("anthropic", "rate-limit");

    expect(success.headers.get("retry-after")).toBe("25");
    expect(headers.get("retry-after")).toBeNull();
  });

  it("answers a bad gateway with a page", async () => {
    const fault = { type: "status", status: 502 } as const;
    const { status, text } = await postJson("openai", PATHS.openai, bodyOf("openai"), { script: { fault } });

    expect(status).toBe(502);
    expect(text).toContain("<h1>502 Bad Gateway</h1>");
  });

  it.each([...FLAVORS, "anthropic", "gemini", "ollama"] as const)(
    "%s marks what is simulated",
    async (vendor) => {
      const { status, headers } = await postJson(vendor, PATHS[vendor], bodyOf(vendor));

      expect(status).toBe(200);
      expect(headers.get("x-salesagent-sandbox")).toBe("simulated");
    },
  );
});
