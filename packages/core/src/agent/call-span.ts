import type { LanguageModel, ModelRequest, ModelResult } from "@salesagent/ports";
import type { Attributes, Span } from "../telemetry/telemetry.js";
import type { RunContext } from "./run-context.js";

/** The span and the measurements of one model call of a run. */
export class CallSpan {
  readonly #context: RunContext;
  readonly #model: LanguageModel;
  readonly #span: Span;

  constructor(context: RunContext, model: LanguageModel, request: ModelRequest) {
    this.#context = context;
    this.#model = model;
    const { telemetry, span } = context.init;
    this.#span = telemetry.startSpan(
      `chat ${model.modelId}`,
      "client",
      requestAttributes(model, request),
      span,
    );
  }

  completed(result: ModelResult): void {
    const { timings, usage } = result;
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

  failed(errorCode: string): void {
    this.#span.fail(errorCode);
  }

  end(): void {
    this.#span.end();
  }
}

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
