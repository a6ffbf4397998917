import {
  type Clock,
  createModelStream,
  type FinishEvent,
  type LanguageModel,
  type ModelCallOptions,
  type ModelEvent,
  type ModelStream,
} from "@salesagent/ports";

/** Makes a sound model unsound in one way. */
export type Sabotage = (model: LanguageModel, clock: Clock) => LanguageModel;

/** The same model with another `stream`. */
export function withStream(
  model: LanguageModel,
  stream: (inner: (call: ModelCallOptions) => ModelStream, call: ModelCallOptions) => ModelStream,
): LanguageModel {
  return {
    port: model.port,
    provider: model.provider,
    modelId: model.modelId,
    profile: model.profile,
    stream: (request, call = {}) => stream((changed) => model.stream(request, changed), call),
  };
}

/** What a rewriting double does with the events and with the failure. */
export interface Rewrite {
  readonly event?: (event: ModelEvent, call: ModelCallOptions) => readonly ModelEvent[];
  /** Answers with events to end on, or throws. */
  readonly failure?: (failure: unknown) => readonly ModelEvent[];
}

/** A double that is sound but for what it does with events and failures. */
export function rewriting({ event, failure }: Rewrite): Sabotage {
  return (model) =>
    withStream(model, (inner, call) =>
      createModelStream(async function* ({ signal }) {
        try {
          for await (const given of inner({ ...call, signal })) yield event ? event(given, call) : [given];
        } catch (error) {
          if (!failure) throw error;
          yield failure(error);
        }
      }, call),
    );
}

/** A finish for an answer that had none. */
export const FALSE_FINISH: FinishEvent = {
  type: "finish",
  reason: "stop",
  usage: { inputTokens: 1, outputTokens: 1 },
  timings: { totalMs: 0 },
  attempts: [],
};
