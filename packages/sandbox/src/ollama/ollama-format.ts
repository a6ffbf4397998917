import type { JsonObject } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import { type Failure, USUAL_STATUS } from "../failure.js";
import type { FailureReason } from "../fault.js";
import { seededId } from "../seeded-id.js";
import type { DialectFormat } from "../wire/dialect-format.js";
import { jsonBody, ndjsonLine, type WireEvent } from "../wire/wire-event.js";

/** Ollama's native chat: one JSON object a line. */
export const ollamaFormat: DialectFormat = {
  streamContentType: () => "application/x-ndjson",
  tokensPerEvent: 1,
  retryInHeaders: true,
  stream: ollamaStream,
  whole: (answer) => [
    jsonBody({
      ...head(answer),
      message: {
        ...messageOf(answer.textPieces.join("")),
        ...(answer.reasoningPieces.length > 0 ? { thinking: answer.reasoningPieces.join("") } : {}),
        ...(answer.toolCalls.length > 0
          ? { tool_calls: answer.toolCalls.map((_, at) => toolCall(answer, at)) }
          : {}),
      },
      ...doneKeys(answer),
    }),
  ],
  failure: (failure) => ({
    status: failure.status ?? STATUSES[failure.reason] ?? USUAL_STATUS[failure.reason],
    body: { error: messageFor(failure) },
    headers: {},
  }),
  inBandError: (failure) => [ndjsonLine("token", { error: messageFor(failure) })],
  endsAfterError: () => false,
  keepAlive: () => undefined,
  rawEvent: (text) => ({ kind: "token", text: `${text}\n` }),
  headers: () => ({}),
};

function ollamaStream(answer: Answer): WireEvent[] {
  const line = (message: JsonObject) => ndjsonLine("token", { ...head(answer), message, done: false });
  return [
    ...answer.reasoningPieces.map((thinking) => line({ ...messageOf(""), thinking })),
    ...[...answer.textPieces, ...answer.refusalPieces].map((piece) => line(messageOf(piece))),
    ...answer.toolCalls.map((_, at) => line({ ...messageOf(""), tool_calls: [toolCall(answer, at)] })),
    ndjsonLine("end", { ...head(answer), message: messageOf(""), ...doneKeys(answer) }),
  ];
}

function head(answer: Answer): JsonObject {
  return { model: answer.model, created_at: new Date(answer.createdSeconds * 1000).toISOString() };
}

function messageOf(content: string): JsonObject {
  return { role: "assistant", content };
}

/** A call is whole, with its arguments as an object. */
function toolCall(answer: Answer, at: number): JsonObject {
  const call = answer.toolCalls[at];
  const id =
    call?.id ?? `call_${seededId(`${answer.seed}.${at}`, 8, "abcdefghijklmnopqrstuvwxyz0123456789")}`;
  return { id, function: { index: at, name: call?.name ?? "", arguments: call?.argumentsObject ?? {} } };
}

/** The end mark; durations are nanoseconds. A count of zero is left out, and calls end with `stop`. */
function doneKeys({ finish, usage, quirks }: Answer): JsonObject {
  return {
    done: true,
    done_reason: quirks.finishReason ?? (finish === "length" ? "length" : "stop"),
    total_duration: 174_560_334,
    load_duration: 101_397_084,
    ...(usage.inputTokens > 0 ? { prompt_eval_count: usage.inputTokens } : {}),
    prompt_eval_duration: 13_074_791,
    ...(usage.outputTokens > 0 ? { eval_count: usage.outputTokens } : {}),
    eval_duration: 52_479_709,
  };
}

const STATUSES: Partial<Record<FailureReason, number>> = {
  overloaded: 503,
  "too-large": 400,
  unprocessable: 400,
};

const MESSAGES: Readonly<Record<FailureReason, string>> = {
  auth: "unauthorized",
  billing: "payment required",
  forbidden: "forbidden",
  "not-found": "model not found",
  "too-large": "request too large",
  "bad-request": "invalid request",
  unprocessable: "invalid request",
  "rate-limit": "too many requests",
  quota: "you have reached your usage limit",
  server: "llama runner process has terminated: exit status 2",
  "bad-gateway": "bad gateway",
  unavailable: "server busy, please try again. maximum pending requests exceeded",
  "gateway-timeout": "timed out waiting for llama runner to start",
  overloaded: "server busy, please try again. maximum pending requests exceeded",
  "context-length": "the input length exceeds the context length",
  "content-filter": "the request was refused",
};

function messageFor({ reason, message, model }: Failure): string {
  if (message !== undefined) return message;
  return reason === "not-found" && model ? `model '${model}' not found` : MESSAGES[reason];
}
