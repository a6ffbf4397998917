/** A model without a wire: its answer is there at once, one event a batch. What a call of it costs is the stream's own cost. */
import { createModelStream } from "@salesagent/ports";

export const TOKENS = 500;

const abilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: true,
  vision: false,
  sampling: true,
  prefill: false,
};
const profile = {
  contextTokens: 128_000,
  maxOutputTokens: 8_192,
  abilities,
  price: { input: 1, output: 1, asOf: "2026-01-01" },
  locality: "cloud",
  source: { asOf: "2026-01-01" },
};
const usage = { inputTokens: 10, outputTokens: TOKENS };

export function plainModel(modelId) {
  const start = [{ type: "start", provider: "bench", modelId, warnings: [], rateLimits: [] }];
  const attempt = { provider: "bench", modelId, outcome: "completed", usage, costUsd: 0.00051, latencyMs: 1 };
  const end = { reason: "stop", usage, costUsd: 0.00051, timings: { totalMs: 1, firstTokenMs: 1 } };
  return {
    port: "language-model/1",
    provider: "bench",
    modelId,
    profile,
    stream(_request, call = {}) {
      const last = call.delivery === "whole" ? 1 : TOKENS;
      return createModelStream(
        () => answer(start, last, { type: "finish", ...end, attempts: [attempt] }),
        call,
      );
    },
  };
}

function answer(start, last, finish) {
  let at = -1;
  return {
    async next() {
      at += 1;
      if (at === 0) return { done: false, value: start };
      if (at <= last) return { done: false, value: [{ type: "text-delta", text: " word" }] };
      return { done: false, value: [finish] };
    },
    async return() {
      return { done: true, value: undefined };
    },
  };
}
