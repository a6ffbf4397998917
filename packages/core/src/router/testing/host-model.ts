import type { AttemptGuard, LanguageModel, ModelAttempt, ModelEvent, ModelStream } from "@salesagent/ports";
import { namedModel } from "./named-model.js";

/** A model as a host may write it by hand: its events come as they are, unchecked. */
export function hostModel(modelId: string, open: () => AsyncIterable<unknown>): LanguageModel {
  const stream = (): ModelStream => ({
    [Symbol.asyncIterator]: () => open()[Symbol.asyncIterator]() as AsyncIterator<ModelEvent, void, void>,
    result: () => Promise.reject(new Error("nobody asks a part of a routed call for its result")),
  });
  return { ...named(modelId), stream };
}

/** A model that can't even be asked. */
export function brokenModel(modelId: string, failure: unknown): LanguageModel {
  return {
    ...named(modelId),
    stream() {
      throw failure;
    },
  };
}

function named(modelId: string): Omit<LanguageModel, "stream"> {
  const { port, profile } = namedModel(modelId, {});
  return { port, provider: "host", modelId, profile };
}

/** A guard that notes which attempts began, and how each ended. */
export function notingGuard() {
  const begun: string[] = [];
  const ended: ModelAttempt[] = [];
  const guard: AttemptGuard = {
    begin({ modelId }) {
      begun.push(modelId);
      return { end: (attempt) => void ended.push(attempt) };
    },
  };
  return { guard, begun, ended };
}

/** Lets promises settle, but neither timers nor sockets. */
export async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await null;
}
