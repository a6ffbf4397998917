import { createModelStream, type LanguageModel, type ModelEvent } from "@salesagent/ports";

const text =
  "(Simulated: give the agent a model for a real answer.) A lead is worth a call when somebody there has the problem " +
  "that you solve, has money for it, and has a reason to solve it now. Ask for the reason first: it is what most often " +
  "is not there.";
const named = { provider: "rehearsal", modelId: "simulated" };
const wordMs = 40;

/** Stands in where no key is set, so that a stream can be watched: it writes one text, word by word. */
export function rehearsalModel(): LanguageModel {
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
      price: { input: 0, output: 0, asOf: "2026-01-01" },
      locality: "local",
      source: { asOf: "2026-01-01", note: "simulated" },
    },
    stream: (_request, call) => createModelStream(({ signal }) => write(signal), call),
  };
}

async function* write(signal: AbortSignal): AsyncGenerator<readonly ModelEvent[], void, void> {
  yield [{ type: "start", ...named, warnings: [], rateLimits: [] }];
  for (const word of text.match(/\S+\s*/g) ?? []) {
    await new Promise((resolve) => setTimeout(resolve, wordMs));
    if (signal.aborted) return;
    yield [{ type: "text-delta", text: word }];
  }
  const usage = { inputTokens: 0, outputTokens: 0 };
  const attempt = { ...named, outcome: "completed", usage, costUsd: 0, latencyMs: 0 } as const;
  yield [{ type: "finish", reason: "stop", usage, costUsd: 0, timings: { totalMs: 0 }, attempts: [attempt] }];
}
