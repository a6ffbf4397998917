// Stands in where no key is set, so that a stream can be watched: it writes one text, word by word, and says that it is simulated.
import { setTimeout as sleep } from "node:timers/promises";
import { createModelStream } from "@salesagent/ports";

const text =
  "(Simulated: set OPENAI_API_KEY for a real answer.) Hello! I read about your company and wondered how your sales " +
  "team decides whom to call first. Ours went through the same growth, and spent its mornings on leads that were " +
  "never going to buy. We now score each one with evidence before anybody picks up the phone. Would twenty minutes " +
  "next week be of use to you?";
const price = { input: 0, output: 0, asOf: "2026-01-01" };

/** @param {{ wordMs?: number }} [options] How long a word takes, in milliseconds. */
export function rehearsalModel({ wordMs = 40 } = {}) {
  const named = { provider: "rehearsal", modelId: "simulated" };
  return {
    port: "language-model/1",
    ...named,
    profile: {
      contextTokens: 100_000,
      maxOutputTokens: 1_000,
      abilities: {
        ...{ tools: false, parallelTools: false, structuredOutput: "none", reasoning: false },
        ...{ vision: false, sampling: false, prefill: false },
      },
      price,
      locality: "local",
      source: { asOf: price.asOf, note: "simulated" },
    },
    stream: (_request, call) => createModelStream(({ signal }) => write({ named, signal, wordMs }), call),
  };
}

async function* write({ named, signal, wordMs }) {
  yield [{ type: "start", ...named, warnings: [], rateLimits: [] }];
  for (const word of text.match(/\S+\s*/g)) {
    await sleep(wordMs, undefined, { signal });
    yield [{ type: "text-delta", text: word }];
  }
  const usage = { inputTokens: 0, outputTokens: 0 };
  const attempt = { ...named, outcome: "completed", usage, costUsd: 0, latencyMs: 0 };
  yield [{ type: "finish", reason: "stop", usage, costUsd: 0, timings: { totalMs: 0 }, attempts: [attempt] }];
}
