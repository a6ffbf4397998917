import type { CallOptions } from "../call-options.js";
import { SalesAgentError } from "../error.js";
import { type EventSource, EventStream, type StreamControl } from "../event-stream.js";
import { AnswerAssembler } from "./answer-assembler.js";
import type { ModelStream } from "./language-model.js";
import type { ModelEvent } from "./model-event.js";
import type { ModelResult } from "./model-result.js";

/** Makes the events of one answer, in batches: a batch is what one read of the wire brings. */
export type ModelEventSource = EventSource<ModelEvent>;

/**
 * Makes a {@link ModelStream} from a source of events.
 *
 * @param open - Called once, at the first read.
 */
export function createModelStream(
  open: (control: StreamControl) => ModelEventSource,
  call: CallOptions = {},
): ModelStream {
  const assembler = new AnswerAssembler();
  return new EventStream<ModelEvent, ModelResult>(
    open,
    {
      push(event) {
        assembler.push(event);
        return event.type === "finish" ? new LateResult(assembler) : undefined;
      },
      cut: () => cutError(assembler),
    },
    call.signal,
  );
}

/** A result that is put together when it is asked for: who reads the events only has no use for it. */
class LateResult {
  readonly #assembler: AnswerAssembler;
  #result: ModelResult | undefined;

  constructor(assembler: AnswerAssembler) {
    this.#assembler = assembler;
  }

  get result(): ModelResult {
    this.#result ??= this.#assembler.result();
    return this.#result;
  }
}

function cutError({ begin }: AnswerAssembler): SalesAgentError<"model.stream_cut"> {
  const provider = begin?.provider ?? "unknown";
  const modelId = begin?.modelId ?? "unknown";
  return new SalesAgentError("model.stream_cut", {
    message: `The answer of ${provider}/${modelId} ended before it was finished. Call again, or fail over to another model.`,
    facts: { provider, modelId, ...(begin?.requestId === undefined ? {} : { requestId: begin.requestId }) },
    replay: "safe",
  });
}
