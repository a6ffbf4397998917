import { type ErrorFacts, type ModelErrorFacts, SalesAgentError, type Usage } from "@salesagent/ports";
import { retryAfterMs, toldWaitMs } from "@salesagent/ports/http";
import { classifyFailure, type ModelFailureCode } from "./classify-failure.js";
import { readRequestId } from "./request-id.js";
import { excerpt, scrub } from "./secrets.js";
import { findWireFailure, type WireFailure, type WireFailureInit } from "./wire-failure.js";

/** What is known of a call when it fails. */
export interface FailedCall {
  readonly provider: string;
  readonly modelId: string;
  readonly baseUrl: string;
  readonly requestId?: string | undefined;
  /** Name of the header that holds the request's id, for responses that were refused before it was read. */
  readonly requestIdHeader?: string | undefined;
  readonly status?: number | undefined;
  readonly usage?: Usage | undefined;
  /** What a retired model was replaced by. */
  readonly successor?: string | undefined;
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** A vendor's own reading of a failure; nothing leaves it to the common one. */
  readonly classify?: ((failure: WireFailureInit) => ModelFailureCode | undefined) | undefined;
  /** What to do about a failure, where the common advice does not fit. */
  readonly advise?: ((code: ModelFailureCode) => string | undefined) | undefined;
  /** The response had begun. */
  readonly begun: boolean;
}

/** Maps whatever ended a call to the error family. Errors of the family pass through. */
export function toModelError(error: unknown, call: FailedCall): SalesAgentError {
  if (SalesAgentError.is(error)) return error;
  const failure = findWireFailure(error);
  if (failure) return fromWireFailure(failure, call);
  const network = networkCode(error);
  if (network === undefined && error instanceof RangeError) {
    return make(
      "model.malformed_response",
      `${name(call)} sent an answer that can't be read: ${error.message}`,
      call,
      {},
    );
  }
  return call.begun ? cutError(call, network) : unreachableError(call, network, error);
}

function fromWireFailure(failure: WireFailure, call: FailedCall): SalesAgentError {
  const { init } = failure;
  const words = init.vendorMessage === undefined ? "" : `: ${excerpt(init.vendorMessage, call.secrets)}`;
  if (init.kind === "cut") return cutError(call, undefined);
  if (init.kind === "malformed") {
    const text = init.vendorMessage;
    return make("model.malformed_response", malformedMessage(call, words), call, {
      ...(text === undefined ? {} : { excerpt: excerpt(text, call.secrets) }),
    });
  }
  if (init.kind === "tool-call" && init.toolCall) {
    const tool = excerpt(init.toolCall.tool, call.secrets, 64);
    const argumentsText = scrub(init.toolCall.argumentsText, call.secrets);
    const message = `${name(call)} called the tool "${tool}" with arguments that are not JSON. Ask again, or use a stronger model.`;
    return make("model.malformed_tool_call", message, call, { tool, argumentsText });
  }
  const code = call.classify?.(init) ?? commonCode(init);
  return make(
    code,
    `${name(call)} ${MEANING[code]}${words}${words.endsWith(".") ? "" : "."}${advice(code, call, init)}`,
    call,
    {
      ...vendorFacts(init, call),
      ...(code === "model.not_found" && call.successor !== undefined ? { successor: call.successor } : {}),
    },
  );
}

function commonCode(init: WireFailureInit): ModelFailureCode {
  return classifyFailure({
    status: init.status,
    vendorCode: init.vendorCode,
    vendorMessage: init.vendorMessage,
    emptyBody: init.kind === "status" && init.vendorMessage === undefined,
  });
}

function vendorFacts(init: WireFailureInit, call: FailedCall): Partial<ModelErrorFacts> {
  // Limits that are used up say how long a refusal for them lasts; other failures have nothing to do with them.
  const readWait = init.status === 429 ? toldWaitMs : retryAfterMs;
  const waitMs = init.retryAfterMs ?? (init.headers ? readWait(init.headers, call.nowMs) : undefined);
  return {
    ...requestIdOf(init, call),
    ...(init.status === undefined || init.kind === "in-band" ? {} : { status: init.status }),
    ...(init.vendorCode === undefined ? {} : { vendorCode: excerpt(init.vendorCode, call.secrets) }),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(init.kind === "in-band" ? { inBand: true } : {}),
  };
}

function requestIdOf({ headers }: WireFailureInit, call: FailedCall): Pick<ModelErrorFacts, "requestId"> {
  const requestId = headers && readRequestId(headers, call.requestIdHeader, call.secrets);
  return requestId === undefined ? {} : { requestId };
}

const MEANING: Readonly<Record<ModelFailureCode, string>> = {
  "model.auth": "refused the API key",
  "model.quota_exhausted": "has no quota or credit left for this key",
  "model.rate_limited": "is limiting the rate of requests",
  "model.overloaded": "is overloaded",
  "model.server_error": "failed on its side",
  "model.not_found": "has no such model for this key",
  "model.bad_request": "refused the request",
  "model.context_length": "can't take an input of this length",
  "model.content_filtered": "refused the content",
  "model.unreachable": "could not be reached",
  "model.timed_out": "did not answer in time",
  "model.stream_cut": "broke off",
  "model.malformed_response": "sent an answer that can't be read",
  "model.malformed_tool_call": "sent a tool call that can't be read",
  "model.output_truncated": "stopped before its answer was whole",
  "model.output_invalid": "sent an answer of the wrong shape",
};

function advice(code: ModelFailureCode, call: FailedCall, init: WireFailureInit): string {
  const own = call.advise?.(code);
  if (own !== undefined) return ` ${own}`;
  if (code === "model.auth") return " Check the key and what it may use.";
  if (code === "model.quota_exhausted") return " Add credit or use another provider; waiting does not help.";
  if (code === "model.context_length") return " Send less, or use a model with a larger context.";
  if (code !== "model.not_found") return "";
  if (call.successor !== undefined) return ` It was retired; its successor is "${call.successor}".`;
  // A vendor that has no such model says so in a code of its own; a server that has no such path does not.
  return init.vendorCode === undefined
    ? ` Check \`baseUrl\` (${safeUrl(call.baseUrl)}) and the model's name.`
    : " Check the model's name.";
}

/** The words of an answer that had begun may be about a prospect, so they stay out of the message. */
function malformedMessage(call: FailedCall, words: string): string {
  const what = `${name(call)} at ${safeUrl(call.baseUrl)} sent something that is not in its format`;
  if (call.begun) return `${what} in the middle of its answer. Call again, or fail over to another model.`;
  return `${what}${words} Check \`baseUrl\`: a proxy or a web page may stand there.`;
}

function cutError(call: FailedCall, network: string | undefined): SalesAgentError {
  const why = network === undefined ? "" : ` (${network})`;
  return make(
    "model.stream_cut",
    `The answer of ${name(call)} broke off before its end${why}. Call again, or fail over to another model.`,
    call,
    {},
  );
}

function unreachableError(call: FailedCall, network: string | undefined, error: unknown): SalesAgentError {
  const said = error instanceof Error ? excerpt(error.message, call.secrets) : "unknown failure";
  const advised =
    call.advise?.("model.unreachable") ?? "Check `baseUrl`, the network, and that the server runs.";
  return make(
    "model.unreachable",
    `${name(call)} could not be reached at ${safeUrl(call.baseUrl)} (${network ?? said}). ${advised}`,
    call,
    network === undefined ? {} : { cause: network },
  );
}

function make<C extends ModelFailureCode>(
  code: C,
  message: string,
  call: FailedCall,
  facts: Omit<ErrorFacts[C], "provider" | "modelId">,
): SalesAgentError {
  const usage = call.usage && Object.keys(call.usage).length > 0 ? { usage: call.usage } : {};
  return new SalesAgentError<ModelFailureCode>(code, {
    message,
    facts: {
      provider: call.provider,
      modelId: call.modelId,
      ...(call.status === undefined ? {} : { status: call.status }),
      ...(call.requestId === undefined ? {} : { requestId: call.requestId }),
      ...usage,
      ...facts,
    } as ErrorFacts[C],
    replay: "safe",
  }) as SalesAgentError;
}

function name(call: FailedCall): string {
  return `${call.provider}/${call.modelId}`;
}

/** Without user, password and query, which may hold secrets. */
function safeUrl(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return `${origin}${pathname}`;
  } catch {
    return "the configured URL";
  }
}

/** The system's or undici's code in a chain of causes, such as `ECONNREFUSED`. */
function networkCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; depth++) {
    const { code } = current as { code?: unknown };
    if (typeof code === "string") return code;
    if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0];
    else current = current.cause;
  }
  return undefined;
}
