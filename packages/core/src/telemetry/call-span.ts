import {
  AnswerAssembler,
  type CacheHit,
  type FinishEvent,
  type ModelCallOptions,
  type ModelEvent,
  type ModelName,
  type ModelRequest,
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
  readonly #answer: AnswerAssembler | undefined;
  #answering: ModelName | undefined;
  #responseId: string | undefined;
  #takeovers = 0;
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
    if (!content) return;
    this.#answer = new AnswerAssembler();
    // A tool's output may be no JSON, whatever its type says; a trace is no reason to fail.
    tell(() => this.#span.set(inputContent(request)));
  }

  /** Looks at each event of the answer. The last one ends the span. */
  see(event: ModelEvent): void {
    if (this.#answer) tell(() => this.#answer?.push(event));
    switch (event.type) {
      case "restart":
      case "continue":
        this.#takeovers++;
        this.#begun(event);
        break;
      case "start":
        this.#begun(event);
        break;
      case "finish":
        this.#completed(event);
        break;
    }
  }

  /** Ends the span of a call that failed. @param aborted - Whether it was the caller who ended it. */
  failed(error: unknown, aborted: boolean): void {
    if (this.#ended) return;
    this.#span.fail(SalesAgentError.is(error) ? error.code : aborted ? "aborted" : "internal");
    this.#end();
  }

  /** Ends the span of a call that its reader left; does nothing after the end. */
  left(): void {
    if (this.#ended) return;
    this.#span.fail("aborted");
    this.#end();
  }

  #begun({ provider, modelId, requestId }: ModelName & { readonly requestId?: string }): void {
    this.#answering = { provider, modelId };
    this.#responseId = requestId;
  }

  #completed(finish: FinishEvent): void {
    if (this.#ended) return;
    const { reason, timings, attempts, costUsd, cache, decision } = finish;
    if (decision && !cache) this.attempts.decided(decision);
    const firstTokenS = timings.firstTokenMs === undefined ? undefined : timings.firstTokenMs / 1000;
    this.#span.set({
      "gen_ai.response.id": this.#responseId,
      "gen_ai.response.model": this.#answering?.modelId,
      "gen_ai.response.finish_reasons": [finishReasonName(reason)],
      "gen_ai.response.time_to_first_chunk": firstTokenS,
      "salesagent.response.provider": this.#answering?.provider,
      "salesagent.call.attempts": attempts.length,
      "salesagent.call.takeovers": this.#takeovers,
      "salesagent.call.cost_usd": costUsd,
      ...cacheAttributes(cache),
    });
    if (this.#answer) tell(() => this.#setOutput());
    this.#end();
  }

  #setOutput(): void {
    const result = this.#answer?.result();
    if (result) this.#span.set(outputContent(result));
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

function cacheAttributes(cache: CacheHit | undefined): Attributes {
  return {
    "salesagent.cache.hit": cache !== undefined,
    "salesagent.cache.kind": cache?.kind,
    "salesagent.cache.age_ms": cache?.ageMs,
    "salesagent.cache.similarity": cache?.similarity,
  };
}
