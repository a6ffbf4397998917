import {
  type ModelCallOptions,
  type ModelName,
  type ModelRequest,
  type ModelResult,
  SalesAgentError,
} from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { AttemptSpans } from "./attempt-spans.js";
import { inputContent, outputContent } from "./message-content.js";
import { finishReasonName, scopeAttributes } from "./model-attributes.js";
import { safeTelemetry } from "./safe-telemetry.js";
import { type Attributes, noTelemetry, type Span, type Telemetry } from "./telemetry.js";

/** What one call of a model is. */
export interface CallSpanOptions {
  readonly model: ModelName;
  readonly request: ModelRequest;
  readonly call: ModelCallOptions;
  /** Made by the same telemetry; without one, whatever is active around the call. */
  readonly parent?: Span | undefined;
  /** Puts what the model is told and what it answers into the span. @defaultValue false */
  readonly content?: boolean | undefined;
}

/**
 * The `internal` span of one call of a model, above those of its attempts: how the whole call ended, which model answered, what
 * it cost, whether a cache had the answer. Tokens are told by the attempts alone, so that sums over spans come out right.
 */
export class CallSpan {
  /** Pass it as the last guard of the call. */
  readonly attempts: AttemptSpans;
  readonly #span: Span;
  readonly #content: boolean;
  #ended = false;

  constructor(telemetry: Telemetry, { model, request, call, parent, content = false }: CallSpanOptions) {
    const safe = safeTelemetry(telemetry);
    const { scope = {}, task, delivery } = call;
    const attributes = {
      "salesagent.call.provider": model.provider,
      "salesagent.call.model": model.modelId,
      "salesagent.task": task,
      ...scopeAttributes(scope),
    };
    this.#span = safe.startSpan(`model_call ${model.modelId}`, "internal", attributes, parent);
    this.attempts = new AttemptSpans(safe, { parent: this.#span, streamed: delivery !== "whole" });
    this.#content = content;
    // A tool's output may be no JSON, whatever its type says; a trace is no reason to fail.
    if (content) tell(() => this.#span.set(inputContent(request)));
  }

  /** Ends the span of a call that has its answer. */
  completed(result: ModelResult): void {
    if (this.#ended) return;
    const { decision, cache } = result;
    if (decision && !cache) this.attempts.decided(decision);
    this.#span.set(resultAttributes(result));
    if (this.#content) tell(() => this.#span.set(outputContent(result)));
    this.#end();
  }

  /**
   * Ends the span of a call that failed, or that its reader left; does nothing after the end.
   *
   * @param aborted - Whether it was the caller who ended it.
   */
  failed(error: unknown, aborted: boolean): void {
    if (this.#ended) return;
    this.#span.fail(SalesAgentError.is(error) ? error.code : aborted ? "aborted" : "internal");
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#span.end();
  }
}

/**
 * Begins the span of one call of a model.
 *
 * @returns Nothing where nobody listens.
 */
export function startCallSpan(telemetry: Telemetry, options: CallSpanOptions): CallSpan | undefined {
  return telemetry === noTelemetry ? undefined : new CallSpan(telemetry, options);
}

function resultAttributes(result: ModelResult): Attributes {
  const { provider, modelId, requestId, finishReason, timings, attempts, costUsd, cache } = result;
  const { firstTokenMs } = timings;
  return {
    "gen_ai.response.id": requestId,
    "gen_ai.response.model": modelId,
    "gen_ai.response.finish_reasons": [finishReasonName(finishReason)],
    "gen_ai.response.time_to_first_chunk": firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
    "salesagent.response.provider": provider,
    "salesagent.call.attempts": attempts.length,
    "salesagent.call.cost_usd": costUsd,
    "salesagent.cache.hit": cache !== undefined,
    "salesagent.cache.kind": cache?.kind,
    "salesagent.cache.age_ms": cache?.ageMs,
    "salesagent.cache.similarity": cache?.similarity,
  };
}
