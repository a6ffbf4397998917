import type { DialectFormat } from "../wire/dialect-format.js";
import { frameSseError } from "../wire/frame-error.js";
import { namedSseEvent, sseComment } from "../wire/wire-event.js";
import { anthropicError, anthropicFailureBody, anthropicStatus, requestIdOf } from "./anthropic-failure.js";
import { anthropicWhole } from "./anthropic-message.js";
import { anthropicStream, PING } from "./anthropic-stream.js";

/** Anthropic messages. */
export const anthropicFormat: DialectFormat = {
  streamContentType: () => "text/event-stream; charset=utf-8",
  tokensPerEvent: 1,
  retryInHeaders: true,
  stream: anthropicStream,
  whole: anthropicWhole,
  failure: (failure, { seed }) => ({
    status: anthropicStatus(failure),
    body: anthropicFailureBody(failure, seed),
    headers: {},
  }),
  inBandError(failure, shape, { seed }) {
    if (shape !== "vendor") return [frameSseError(shape, anthropicError(failure))];
    return [namedSseEvent("token", "error", anthropicFailureBody(failure, seed))];
  },
  endsAfterError: () => false,
  keepAlive: (kind, text) => (kind === "ping" ? PING : sseComment(text)),
  rawEvent: (text) => ({ kind: "token", text: `event: content_block_delta\ndata: ${text}\n\n` }),
  headers: (seed, _context, nowMs) => ({
    "request-id": requestIdOf(seed),
    "anthropic-organization-id": "simulated",
    ...limitHeaders("requests", 20_000, 19_999, nowMs),
    ...limitHeaders("input-tokens", 4_000_000, 4_000_000, nowMs),
    ...limitHeaders("output-tokens", 800_000, 800_000, nowMs),
    // seen on successes: no reason to wait
    "retry-after": "25",
  }),
};

function limitHeaders(kind: string, limit: number, remaining: number, nowMs: number): Record<string, string> {
  return {
    [`anthropic-ratelimit-${kind}-limit`]: String(limit),
    [`anthropic-ratelimit-${kind}-remaining`]: String(remaining),
    [`anthropic-ratelimit-${kind}-reset`]: new Date(nowMs + 1000).toISOString().replace(/\.\d+Z$/, "Z"),
  };
}
