import type { JsonValue } from "@salesagent/ports";
import {
  type ErrorBody,
  isJsonObject,
  type ModelFailureCode,
  parseJson,
  readErrorBody,
  WireFailure,
  type WireFailureInit,
} from "@salesagent/provider-kit";

/** What the AI SDK's own error classes mean, by their names, which survive two installed copies. */
const BY_NAME: Readonly<Record<string, ModelFailureCode>> = {
  AI_LoadAPIKeyError: "model.auth",
  AI_NoSuchModelError: "model.not_found",
  AI_UnsupportedFunctionalityError: "model.bad_request",
  AI_InvalidPromptError: "model.bad_request",
  AI_InvalidArgumentError: "model.bad_request",
  AI_LoadSettingError: "model.bad_request",
};

const MALFORMED = new Set([
  "AI_JSONParseError",
  "AI_TypeValidationError",
  "AI_InvalidResponseDataError",
  "AI_EmptyResponseBodyError",
  "AI_NoContentGeneratedError",
]);

/** The code that an error of the AI SDK's own has, apart from any status. */
export function classifyAiSdkFailure({ vendorCode = "" }: WireFailureInit): ModelFailureCode | undefined {
  return Object.hasOwn(BY_NAME, vendorCode) ? BY_NAME[vendorCode] : undefined;
}

/**
 * Reads what an AI SDK model throws. An `APICallError` is told by its fields, since hosts may have two copies of the
 * SDK; it holds the whole request, so none of it is kept as a cause.
 *
 * @returns The failure in the vendor's words, or the error itself where the AI SDK has not shaped it.
 */
export function readAiSdkError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "AI_APICallError" || "statusCode" in error) return readApiCallError(error);
  if (MALFORMED.has(error.name)) return new WireFailure({ kind: "malformed", vendorMessage: error.name });
  if (Object.hasOwn(BY_NAME, error.name)) {
    return new WireFailure({ kind: "status", vendorCode: error.name, vendorMessage: error.message });
  }
  return error;
}

/** Reads what an `error` part of a stream carries: an error, the vendor's own object, or a text. */
export function readAiSdkErrorPart(error: unknown): unknown {
  if (error instanceof Error) return readAiSdkError(error);
  const value = typeof error === "string" ? (parseJson(error) ?? error) : (error as JsonValue | undefined);
  return new WireFailure({ kind: "in-band", ...wordsOf(value) });
}

function readApiCallError(error: Error): unknown {
  const fields = error as { statusCode?: unknown; responseHeaders?: unknown; responseBody?: unknown };
  const status = typeof fields.statusCode === "number" ? fields.statusCode : undefined;
  // Without a status there was no answer: what the transport threw says why.
  if (status === undefined) return error.cause ?? error;
  const body = typeof fields.responseBody === "string" ? fields.responseBody : "";
  const json = parseJson(body);
  const said = readErrorBody(json);
  const headers = toHeaders(fields.responseHeaders);
  if (status >= 400) {
    const words = body === "" ? error.message : body;
    return new WireFailure({ kind: "status", vendorMessage: words, ...said, status, headers });
  }
  if (said) return new WireFailure({ kind: "in-band", ...said, headers });
  const brokenOff = json === undefined && /^\s*[{[]/.test(body);
  return new WireFailure({ kind: brokenOff ? "cut" : "malformed", vendorMessage: error.message });
}

function toHeaders(given: unknown): Headers {
  const headers = new Headers();
  if (typeof given !== "object" || given === null) return headers;
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "string") headers.set(name, value);
  }
  return headers;
}

function wordsOf(value: JsonValue | undefined): Partial<ErrorBody> {
  if (typeof value === "string") return { vendorMessage: value };
  const said = readErrorBody(value);
  if (said) return said;
  return isJsonObject(value) ? (readErrorBody({ error: value }) ?? {}) : {};
}
