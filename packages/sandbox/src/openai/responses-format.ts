import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import { HEX, seededId } from "../seeded-id.js";
import type { DialectFormat } from "../wire/dialect-format.js";
import { frameSseError } from "../wire/frame-error.js";
import { jsonBody, namedSseEvent, sseComment, type WireEvent } from "../wire/wire-event.js";
import { flavorOf } from "./chat-format.js";
import { chatHeaders } from "./chat-headers.js";
import { nameFailure, openaiErrorObject } from "./openai-failure.js";
import { type ResponseEvent, responseItems } from "./responses-items.js";

/** OpenAI responses: typed events with numbers, and no `[DONE]`. */
export const responsesFormat: DialectFormat = {
  streamContentType: () => "text/event-stream; charset=utf-8",
  tokensPerEvent: 1,
  retryInHeaders: true,
  stream: (answer, { body }) => responsesStream(answer, body),
  whole: (answer, { body }) => {
    const output = responseItems(answer, body).map(({ item }) => item);
    return [jsonBody(finishedResponse(answer, output))];
  },
  failure(failure, context) {
    // an unknown model is a 400 here, where chat completions say 404
    const missing = failure.reason === "not-found" && failure.model !== undefined && failure.model !== "";
    const named = nameFailure(flavorOf(context), failure);
    const status = missing && failure.status === undefined ? 400 : named.status;
    const error = { ...openaiErrorObject(named), ...(missing ? { param: "model" } : {}) };
    return { status, body: { error }, headers: {} };
  },
  inBandError(failure, shape, context) {
    const error = openaiErrorObject(nameFailure(flavorOf(context), failure));
    if (shape !== "vendor") return [frameSseError(shape, error)];
    const failed = {
      ...responseHead({ seed: context.seed, createdSeconds: 0, model: String(context.body["model"] ?? "") }),
      status: "failed",
      error: { code: error["code"] ?? "server_error", message: error["message"] ?? "" },
      output: [],
      usage: null,
    };
    return [
      namedSseEvent("token", "error", { type: "error", sequence_number: 1000, error }),
      namedSseEvent("token", "response.failed", {
        type: "response.failed",
        sequence_number: 1001,
        response: failed,
      }),
    ];
  },
  endsAfterError: () => false,
  keepAlive: (_kind, text) => sseComment(text),
  rawEvent: (text) => ({ kind: "token", text: `event: response.output_text.delta\ndata: ${text}\n\n` }),
  headers: (seed, context) => chatHeaders(flavorOf(context), seed),
};

function responsesStream(answer: Answer, body: JsonObject): WireEvent[] {
  const items = responseItems(answer, body);
  const begun = { ...responseHead(answer), status: "in_progress", output: [], usage: null };
  const finished = finishedResponse(
    answer,
    items.map(({ item }) => item),
  );
  const events: (ResponseEvent & { readonly kind: WireEvent["kind"] })[] = [
    { kind: "head", type: "response.created", data: { response: begun } },
    { kind: "head", type: "response.in_progress", data: { response: begun } },
    ...items.flatMap(({ events: own }) => own.map((event) => ({ ...event, kind: kindOf(event.type) }))),
    { kind: "end", type: `response.${String(finished["status"])}`, data: { response: finished } },
  ];
  return events.map(({ kind, type, data }, number) =>
    namedSseEvent(kind, type, { type, sequence_number: number, ...data }),
  );
}

const kindOf = (type: string): WireEvent["kind"] => (type.endsWith(".added") ? "head" : "token");

function responseHead({
  seed,
  createdSeconds,
  model,
}: Pick<Answer, "seed" | "createdSeconds" | "model">): JsonObject {
  return {
    id: `resp_${seededId(seed, 48, HEX)}`,
    object: "response",
    created_at: createdSeconds,
    model,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: { simulated: "true" },
    parallel_tool_calls: true,
    service_tier: "default",
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
  };
}

function finishedResponse(answer: Answer, output: readonly JsonValue[]): JsonObject {
  const { usage } = answer;
  const cut = INCOMPLETE[answer.finish];
  const failed = answer.finish === "error";
  return {
    ...responseHead(answer),
    status: failed ? "failed" : cut === undefined ? "completed" : "incomplete",
    ...(cut === undefined ? {} : { incomplete_details: { reason: cut } }),
    ...(failed ? { error: { code: "server_error", message: "The model failed to answer." } } : {}),
    output,
    usage: {
      input_tokens: usage.inputTokens,
      input_tokens_details: { cached_tokens: usage.cachedTokens },
      output_tokens: usage.outputTokens,
      output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  };
}

const INCOMPLETE: Partial<Record<Answer["finish"], string>> = {
  length: "max_output_tokens",
  "content-filter": "content_filter",
};
