import {
  createModelStream,
  type LanguageModel,
  type ModelCallOptions,
  type ModelEventSource,
  type ModelRequest,
  type StreamControl,
} from "@salesagent/ports";

type Open = (control: StreamControl) => ModelEventSource;

/**
 * The same model, with another way to answer some of its calls.
 *
 * @param inner - Answers the rest; asks guards itself.
 * @param choose - Gives nothing for the calls that are the inner model's.
 */
export function wrapModel(
  inner: LanguageModel,
  choose: (request: ModelRequest, call: ModelCallOptions) => Open | undefined,
): LanguageModel {
  const { port, provider, modelId } = inner;
  return {
    ...{ port, provider, modelId },
    get profile() {
      return inner.profile;
    },
    guardsAttempts: true,
    stream(request, call = {}) {
      let open: Open | undefined;
      try {
        open = choose(request, call);
      } catch (error) {
        open = () => {
          throw error;
        };
      }
      return open ? createModelStream(open, call) : inner.stream(request, call);
    },
  };
}
