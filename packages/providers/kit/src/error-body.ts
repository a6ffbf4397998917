import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { WireFailureInit } from "./wire-failure.js";

/** What an error body says. */
export type ErrorBody = Pick<
  WireFailureInit,
  "vendorCode" | "vendorMessage" | "status" | "retryAfterMs" | "error"
>;

/** A type that says more than the code beside it. */
const QUOTA = "insufficient_quota";

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/**
 * Reads the error bodies that vendors send: `{error:{…}}`, `{error:"text"}`, flat `{message,code}`, `{detail}`, an array of
 * any of these, codes as text or as an HTTP status, and the vendor's text that OpenRouter puts into `metadata.raw`.
 *
 * @returns Nothing when the value holds no error.
 */
export function readErrorBody(body: JsonValue | undefined): ErrorBody | undefined {
  const outer = record(Array.isArray(body) ? body[0] : body);
  if (!outer) return undefined;
  if (typeof outer["error"] === "string") return textError(outer["error"], outer);
  const error = record(outer["error"]) ?? (looksFlat(outer) ? outer : undefined);
  if (!error) return undefined;
  const details = record(error["details"]);
  const metadata = record(error["metadata"]);
  const code =
    (error["type"] === QUOTA ? QUOTA : undefined) ??
    text(details?.["error_code"]) ??
    text(metadata?.["error_type"]) ??
    text(error["code"]) ??
    text(error["status"]) ??
    text(error["type"]);
  const message = messageOf(error, metadata);
  const status = statusOf(error["code"]) ?? statusOf(error["status_code"]) ?? statusOf(outer["status_code"]);
  return {
    error: error as JsonObject,
    ...(code === undefined ? {} : { vendorCode: code }),
    ...(message === undefined ? {} : { vendorMessage: message }),
    ...(status === undefined ? {} : { status }),
    ...retryDelayOf(error["details"]),
  };
}

/** An error that is a text, with its code beside it (xAI) or without one (Ollama). */
function textError(vendorMessage: string, outer: Readonly<Record<string, unknown>>): ErrorBody {
  const code = text(outer["code"]);
  return { vendorMessage, ...(code === undefined ? {} : { vendorCode: code }) };
}

function looksFlat(body: Readonly<Record<string, unknown>>): boolean {
  const complete = "choices" in body || "candidates" in body || "content" in body;
  return (
    !complete &&
    ("detail" in body || (typeof body["message"] === "string" && ("type" in body || "code" in body)))
  );
}

function messageOf(
  error: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const detail = error["detail"];
  const message =
    text(error["message"]) ??
    text(error["error"]) ??
    (detail === undefined ? undefined : typeof detail === "string" ? detail : JSON.stringify(detail));
  const raw = text(metadata?.["raw"]);
  return raw === undefined ? message : `${message ?? "Provider error"}: ${raw}`;
}

function statusOf(code: unknown): number | undefined {
  return typeof code === "number" && code >= 400 && code < 600 ? code : undefined;
}

/** Gemini tells the wait in a detail of type `RetryInfo`, as `"34.4s"`. */
function retryDelayOf(details: unknown): { retryAfterMs?: number } {
  if (!Array.isArray(details)) return {};
  for (const detail of details) {
    const seconds = /^(\d+(?:\.\d*)?)s$/.exec(text(record(detail)?.["retryDelay"]) ?? "")?.[1];
    if (seconds !== undefined) return { retryAfterMs: Math.ceil(Number(seconds) * 1000) };
  }
  return {};
}
