export { readRateLimits, resetMs, retryAfterMs } from "@salesagent/ports/http";
export type { AnswerDecoder, AnswerEnd } from "./answer-decoder.js";
export { type ApiKey, type ApiKeySource, readVariable, resolveApiKey } from "./api-key.js";
export {
  CallDeadlines,
  type DeadlinePhase,
  type ResolvedTimeouts,
  resolveTimeouts,
  timedOutError,
} from "./call-deadlines.js";
export { classifyFailure, type ModelFailureCode, type VendorWords } from "./classify-failure.js";
export { CodePointGate } from "./code-point-gate.js";
export {
  createWireEmbeddingModel,
  type EmbeddingExchange,
  type EmbeddingPost,
  type EmbeddingSettings,
  type Vectors,
} from "./embedding-model.js";
export { type ErrorBody, readErrorBody } from "./error-body.js";
export { type Exchange, exchangeStream, type PreparedRequest } from "./exchange.js";
export { type Fetch, guardedFetch } from "./guarded-fetch.js";
export { loadSdk } from "./load-sdk.js";
export { type FailedCall, toModelError } from "./model-error.js";
export { NdjsonReader } from "./ndjson-reader.js";
export { nearestEffort, type Warn } from "./nearest-effort.js";
export { type JsonPost, postJson } from "./post-json.js";
export { type ProfileOverride, type ProfileTable, resolveProfile } from "./profiles.js";
export {
  type ConnectionSettings,
  checkModelId,
  type ModelSettings,
  resolveBaseUrl,
} from "./provider-settings.js";
export { failureOfResponse, parseJson, refuseWrongFormat } from "./response-check.js";
export { retiredWarning } from "./retired-warning.js";
export { withSchemaPrompt } from "./schema-prompt.js";
export { isJsonObject, mapSchema } from "./schema-walk.js";
export { excerpt, scrub } from "./secrets.js";
export { MAX_EVENT_CHARS, type SseListener, SseReader } from "./sse-reader.js";
export { toVector } from "./to-vector.js";
export { WholeBody } from "./whole-body.js";
export { createWholeDecoder } from "./whole-decoder.js";
export { findWireFailure, WireFailure, type WireFailureInit, type WireFailureKind } from "./wire-failure.js";
