import {
  type Clock,
  createModelStream,
  type LanguageModel,
  type ModelCallOptions,
  type ModelEventSource,
  type ModelRequest,
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
      return createModelStream(() => onlyAttempt({ model, request, call, clock }), call);
    },
  };
}

interface GuardedCall {
  readonly model: LanguageModel;
  readonly request: ModelRequest;
  readonly call: ModelCallOptions;
  readonly clock: Clock;
}

function onlyAttempt(guardedCall: GuardedCall): ModelEventSource {
  const attempt = new Attempt({
    ...guardedCall,
    callStartedMs: guardedCall.clock.elapsed(),
    purpose: "first",
  });
  let begun = false;
  return {
    async next() {
      if (attempt.finish) return { done: true, value: undefined };
      if (!begun) {
        begun = true;
        await attempt.begin();
      }
      return { done: false, value: await attempt.next() };
    },
    async return() {
      await attempt.abandon();
      return { done: true, value: undefined };
    },
  };
}
