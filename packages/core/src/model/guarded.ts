import {
  type Clock,
  createModelStream,
  type LanguageModel,
  type ModelCallOptions,
  type ModelEvent,
  type ModelRequest,
  type StreamControl,
  systemClock,
} from "@salesagent/ports";
import { Attempt } from "./attempt.js";

/**
 * A model that asks the `guards` of each call: itself where it does so already, else the same model with one guarded attempt a
 * call.
 */
export function guarded(model: LanguageModel, clock: Clock = systemClock): LanguageModel {
  if (model.guardsAttempts) return model;
  const { port, provider, modelId, profile } = model;
  return {
    ...{ port, provider, modelId, profile },
    guardsAttempts: true,
    stream(request, call = {}) {
      if (!call.guards?.length) return model.stream(request, call);
      return createModelStream((control) => onlyAttempt({ model, request, call, clock }, control), call);
    },
  };
}

interface GuardedCall {
  readonly model: LanguageModel;
  readonly request: ModelRequest;
  readonly call: ModelCallOptions;
  readonly clock: Clock;
}

async function* onlyAttempt(
  { model, request, call, clock }: GuardedCall,
  { signal }: StreamControl,
): AsyncGenerator<readonly ModelEvent[], void, void> {
  const callStartedMs = clock.elapsed();
  const attempt = new Attempt({
    ...{ model, request, clock, callStartedMs },
    call: { ...call, signal },
    purpose: "first",
  });
  try {
    await attempt.begin();
    while (!attempt.finish) yield await attempt.next();
  } finally {
    if (!attempt.finish) await attempt.abandon(new DOMException("The reader left.", "AbortError"));
  }
}
