import { type AttemptGuard, type Clock, type LanguageModel, systemClock } from "@salesagent/ports";
import { guarded } from "./guarded.js";

/** The same model, with a guard that is asked before each attempt, after those of the call. Never twice for one attempt. */
export function withGuard(
  model: LanguageModel,
  guard: AttemptGuard,
  clock: Clock = systemClock,
): LanguageModel {
  const inner = guarded(model, clock);
  const { port, provider, modelId, profile } = model;
  return {
    ...{ port, provider, modelId, profile },
    guardsAttempts: true,
    stream(request, call = {}) {
      const { guards = [] } = call;
      return inner.stream(request, guards.includes(guard) ? call : { ...call, guards: [...guards, guard] });
    },
  };
}
