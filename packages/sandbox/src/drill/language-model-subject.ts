import { type LanguageModel, type ModelTimeouts, userMessage } from "@salesagent/ports";
import type { DrillSetup } from "./drill-setup.js";
import type { DrillCall, DrillSubject } from "./drill-subject.js";

/** Makes the model to drill, such as a router over both vendors. Called anew for each scenario. */
export type ModelFactory = (setup: DrillSetup) => LanguageModel | Promise<LanguageModel>;

/**
 * A subject from anything that is a `LanguageModel`: a host's own router, wrappers and all. The drill's time limits go
 * with each call; the rest of {@link DrillSetup} is for the factory to use.
 */
export function languageModelSubject(name: string, build: ModelFactory): DrillSubject {
  return {
    name,
    async open(setup) {
      const model = await build(setup);
      const { headersMs, firstTokenMs, stallMs } = setup.limits;
      return {
        call: ({ prompt, signal }) => modelCall(model, prompt, signal, { headersMs, firstTokenMs, stallMs }),
        close: async () => {
          if (isDisposable(model)) await model[Symbol.asyncDispose]();
        },
      };
    },
  };
}

function modelCall(
  model: LanguageModel,
  prompt: string,
  signal: AbortSignal,
  timeouts: ModelTimeouts,
): DrillCall {
  const stream = model.stream({ messages: [userMessage(prompt)] }, { signal, timeouts });
  return {
    events: stream,
    async outcome() {
      const { text, provider, modelId, usage, costUsd, attempts } = await stream.result();
      return { text, provider, modelId, usage, costUsd, attempts };
    },
  };
}

function isDisposable(model: object): model is AsyncDisposable {
  return Symbol.asyncDispose in model;
}
