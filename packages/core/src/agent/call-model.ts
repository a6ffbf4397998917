import {
  type FinishEvent,
  type LanguageModel,
  type ModelAttempt,
  type ModelErrorFacts,
  type ModelEvent,
  type ModelRequest,
  type ModelResult,
  SalesAgentError,
} from "@salesagent/ports";
import { maxCostUsd } from "../model/attempt-ceiling.js";
import type { Reservation } from "../model/spend-cap.js";
import type { StructuredOutput } from "../model/structured-output.js";
import { checkTranscript } from "../model/transcript.js";
import type { Attributes, Span } from "../telemetry/telemetry.js";
import type { RunContext } from "./run-context.js";
import type { OutputPartialEvent } from "./run-event.js";

/**
 * Makes one model call of a run: checks the transcript, sets the money aside, streams, and puts every attempt on record,
 * failed ones too.
 *
 * @param output - The shape that the answer is read in while it comes.
 * @returns The whole answer.
 * @throws `transcript.invalid`, `budget.exceeded`, or what the model throws.
 */
export async function* callModel(
  context: RunContext,
  model: LanguageModel,
  request: ModelRequest,
  output?: StructuredOutput<unknown>,
): AsyncGenerator<ModelEvent | OutputPartialEvent, ModelResult, void> {
  checkTranscript(request.messages);
  const reservation = reserve(context, model, request);
  const call = new CallRecord(context, model, request);
  try {
    const { signal, init } = context;
    const stream = model.stream(request, { signal, timeouts: init.timeouts, delivery: init.delivery });
    let partial = output?.reader();
    for await (const event of stream) {
      if (event.type === "finish") call.finished(event);
      yield event;
      if (event.type === "restart") partial = output?.reader();
      if (event.type !== "text-delta" || !partial) continue;
      const value = partial.push(event.text);
      if (value !== undefined) yield { type: "output-partial", value };
    }
    const result = await stream.result();
    reservation?.settle(result.costUsd);
    call.completed(result);
    return result;
  } catch (error) {
    call.failed(error);
    throw error;
  } finally {
    call.close(reservation);
  }
}

function reserve(context: RunContext, model: LanguageModel, request: ModelRequest): Reservation | undefined {
  const cap = context.init.spendCap;
  if (!cap) return undefined;
  try {
    return cap.reserve(maxCostUsd(request, model.profile) ?? unknownPrice(cap.limitUsd, model));
  } catch (error) {
    if (SalesAgentError.is(error, "budget.exceeded")) context.emit("budget-exceeded", error.facts);
    throw error;
  }
}

/** A cap can't be held with a model whose price nobody knows. */
function unknownPrice(limitUsd: number, model: LanguageModel): never {
  throw new SalesAgentError("budget.exceeded", {
    message: `The price of ${model.provider}/${model.modelId} is unknown, so the cap of $${limitUsd} can't be held. Give the model a \`profile.price\`.`,
    facts: { budget: "spend-cap", measure: "usd", limit: limitUsd, spent: 0, held: 0 },
    replay: "safe",
  });
}

/** The record and the span of one call, closed once however the call ends. */
class CallRecord {
  readonly #context: RunContext;
  readonly #model: LanguageModel;
  readonly #startedAt: string;
  readonly #startedMs: number;
  readonly #span: Span;
  #noted = false;
  #mayBeBilled = true;
  /** Set when the answer was whole, also where its reader left before he took the result. */
  #finish: FinishEvent | undefined;

  constructor(context: RunContext, model: LanguageModel, request: ModelRequest) {
    this.#context = context;
    this.#model = model;
    this.#startedAt = context.nowIso();
    this.#startedMs = context.clock.elapsed();
    const { telemetry, span } = context.init;
    this.#span = telemetry.startSpan(
      `chat ${model.modelId}`,
      "client",
      requestAttributes(model, request),
      span,
    );
  }

  finished(event: FinishEvent): void {
    this.#finish = event;
  }

  completed(result: ModelResult): void {
    const { timings, usage } = result;
    this.#noteAttempts(result);
    const { telemetry } = this.#context.init;
    const who = whoAttributes(this.#model);
    this.#span.set({
      "gen_ai.response.id": result.requestId,
      "gen_ai.response.model": result.modelId,
      "gen_ai.response.finish_reasons": [result.finishReason],
      "gen_ai.usage.input_tokens": usage.inputTokens,
      "gen_ai.usage.output_tokens": usage.outputTokens,
      "gen_ai.usage.cache_read.input_tokens": usage.cachedInputTokens,
      "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
    });
    telemetry.measure("gen_ai.client.operation.duration", timings.totalMs / 1000, who);
    if (timings.firstTokenMs !== undefined) {
      telemetry.measure("gen_ai.client.operation.time_to_first_chunk", timings.firstTokenMs / 1000, who);
    }
    for (const [type, count] of [
      ["input", usage.inputTokens],
      ["output", usage.outputTokens],
    ] as const) {
      if (count !== undefined)
        telemetry.measure("gen_ai.client.token.usage", count, { ...who, "gen_ai.token.type": type });
    }
  }

  failed(error: unknown): void {
    const aborted = this.#context.signal.aborted;
    const code = SalesAgentError.is(error) ? error.code : aborted ? "aborted" : "internal";
    this.#span.fail(code);
    this.#note(aborted ? "aborted" : "failed", code, modelFacts(error));
    this.#mayBeBilled = aborted || !(SalesAgentError.is(error) && NEVER_BILLED.has(error.code));
  }

  /** Ends the span, notes a call that its reader left, and gives back money that can't have been billed. */
  close(reservation: Reservation | undefined): void {
    if (!this.#noted && this.#finish) this.#noteAttempts(this.#finish);
    if (!this.#noted) this.#note("aborted", "aborted", {});
    if (this.#mayBeBilled) reservation?.settle(this.#finish?.costUsd);
    else reservation?.release();
    this.#span.end();
  }

  #noteAttempts({ attempts, timings }: Pick<FinishEvent, "attempts" | "timings">): void {
    this.#noted = true;
    for (const attempt of attempts) {
      this.#context.noteAttempt(attempt, this.#startedAt, timings.firstTokenMs);
    }
  }

  #note(outcome: "failed" | "aborted", errorCode: string, facts: Partial<ModelErrorFacts>): void {
    this.#noted = true;
    const { provider, modelId } = this.#model;
    const attempt: ModelAttempt = {
      provider,
      modelId,
      outcome,
      errorCode,
      ...(facts.requestId === undefined ? {} : { requestId: facts.requestId }),
      usage: facts.usage ?? {},
      latencyMs: this.#context.clock.elapsed() - this.#startedMs,
    };
    this.#context.noteAttempt(attempt, this.#startedAt);
  }
}

/** What a failed model call tells of itself; nothing for other failures. */
function modelFacts(error: unknown): Partial<ModelErrorFacts> {
  return SalesAgentError.is(error) && "modelId" in error.facts ? error.facts : {};
}

/** Failures that come before a vendor does any work. */
const NEVER_BILLED: ReadonlySet<string> = new Set([
  "model.auth",
  "model.quota_exhausted",
  "model.rate_limited",
  "model.overloaded",
  "model.not_found",
  "model.bad_request",
  "model.context_length",
  "model.unreachable",
]);

function whoAttributes(model: LanguageModel): Attributes {
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": model.provider,
    "gen_ai.request.model": model.modelId,
  };
}

function requestAttributes(model: LanguageModel, request: ModelRequest): Attributes {
  return {
    ...whoAttributes(model),
    "gen_ai.request.max_tokens": request.maxOutputTokens,
    "gen_ai.request.temperature": request.temperature,
    "gen_ai.request.top_p": request.topP,
    "gen_ai.request.seed": request.seed,
    "gen_ai.output.type": request.output ? "json" : "text",
  };
}
