import type { Flavor } from "../dialect.js";
import { HEX, seededId } from "../seeded-id.js";

/** Headers of a response by this vendor: the request's id, and rate limits where they are told. */
export function chatHeaders(flavor: Flavor, seed: string): Record<string, string> {
  return HEADERS[flavor]?.(seed) ?? {};
}

const openaiLimits = (requests: string, tokens: string): Record<string, string> => ({
  "x-ratelimit-limit-requests": "10000",
  "x-ratelimit-limit-tokens": "200000",
  "x-ratelimit-remaining-requests": "9999",
  "x-ratelimit-remaining-tokens": "199560",
  "x-ratelimit-reset-requests": requests,
  "x-ratelimit-reset-tokens": tokens,
});

const HEADERS: Partial<Record<Flavor, (seed: string) => Record<string, string>>> = {
  openai: (seed) => ({
    "x-request-id": `req_${seededId(seed, 32, HEX)}`,
    "openai-version": "2020-10-01",
    "openai-organization": "simulated",
    "openai-processing-ms": "12",
    ...openaiLimits("8.64s", "132ms"),
  }),
  cerebras: (seed) => ({
    "inference-id": `chatcmpl-${seededId(seed, 29)}`,
    "x-ratelimit-limit-requests-day": "1000000000",
    "x-ratelimit-remaining-requests-day": "999999999",
    "x-ratelimit-reset-requests-day": "33011.382867097855",
    "x-ratelimit-limit-tokens-minute": "1000000",
    "x-ratelimit-remaining-tokens-minute": "999560",
    "x-ratelimit-reset-tokens-minute": "11.382867097854614",
  }),
  groq: (seed) => ({ "x-request-id": `req_${seededId(seed, 26)}`, ...openaiLimits("1m26.4s", "7.66s") }),
  vllm: (seed) => ({ "x-request-id": seededId(seed, 32, HEX) }),
  xai: (seed) => ({ "x-request-id": seededId(seed, 32, HEX) }),
};
