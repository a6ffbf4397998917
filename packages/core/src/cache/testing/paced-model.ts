import {
  type AttemptGuard,
  createModelStream,
  type LanguageModel,
  type ModelAttempt,
  type ModelEvent,
} from "@salesagent/ports";
import { scriptedModel } from "../../scripted-model/index.js";

export const PIECES = ["one ", "two ", "three ", "four"];

/** Lets all that is due run. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A model that gives a piece each time it is let. */
export function pacedModel(pieces: readonly string[] = PIECES, error?: unknown) {
  const { profile } = scriptedModel([]);
  const calls: { signal: AbortSignal; ended: boolean }[] = [];
  let waiting: (() => void)[] = [];
  const model: LanguageModel = {
    port: "language-model/1",
    provider: "paced",
    modelId: "m",
    profile,
    stream: (_, call = {}) =>
      createModelStream(({ signal }) => {
        const record = { signal, ended: false };
        calls.push(record);
        return play(record);
      }, call),
  };
  async function* play(record: (typeof calls)[number]): AsyncGenerator<readonly ModelEvent[], void, void> {
    try {
      yield [{ type: "start", provider: "paced", modelId: "m", warnings: [], rateLimits: [] }];
      for (const text of pieces) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        if (record.signal.aborted) return;
        yield [{ type: "text-delta", text }];
      }
      if (error !== undefined) throw error;
      const usage = { inputTokens: 1, outputTokens: 1 };
      const attempt = {
        provider: "paced",
        modelId: "m",
        outcome: "completed",
        usage,
        costUsd: 1,
        latencyMs: 1,
      } as const;
      yield [
        { type: "finish", reason: "stop", usage, costUsd: 1, timings: { totalMs: 1 }, attempts: [attempt] },
      ];
    } finally {
      record.ended = true;
    }
  }
  /** Lets one piece of each call go. */
  const step = async () => {
    const due = waiting;
    waiting = [];
    for (const go of due) go();
    await turn();
  };
  return { model, calls, step };
}

/** Brings paced calls to their end. */
export async function finish<T>(step: () => Promise<void>, work: Promise<T>): Promise<T> {
  let over = false;
  const note = () => {
    over = true;
  };
  work.then(note, note);
  while (!over) await step();
  return work;
}

/** Guards that let everything through, and note it. */
export function ledger() {
  const begun: string[] = [];
  const ended: ModelAttempt[] = [];
  const guardOf = (name: string): AttemptGuard => ({
    begin() {
      begun.push(name);
      return { end: (attempt) => void ended.push(attempt) };
    },
  });
  return { begun, ended, guardOf };
}
