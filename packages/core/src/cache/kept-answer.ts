import type {
  AssistantMessage,
  FinishReason,
  JsonValue,
  ModelBodyEvent,
  ModelResult,
  ModelWarning,
  StartEvent,
} from "@salesagent/ports";
import { isKeptPart, isKeptWarning, isObject } from "./kept-part.js";

/** Told apart from entries of other versions: what can't be read is a miss. */
const FORMAT = 1;

/** What is kept of an answer. */
export interface KeptAnswer {
  readonly provider: string;
  readonly modelId: string;
  /** The vendor's id of the request that brought it. */
  readonly requestId?: string;
  readonly warnings: readonly ModelWarning[];
  readonly reason: Extract<FinishReason, "stop" | "tool-calls">;
  readonly parts: AssistantMessage["parts"];
}

/**
 * Writes an answer down. One text, as a text holds all that JSON can say: no store has to look into it, or refuse a part of it.
 */
export function writeAnswer(result: ModelResult): string {
  const { provider, modelId, requestId, warnings, finishReason: reason, message } = result;
  return JSON.stringify({
    format: FORMAT,
    provider,
    modelId,
    requestId,
    warnings,
    reason,
    parts: message.parts,
  });
}

/** @returns Nothing for what is damaged or of another version. */
export function readAnswer(value: JsonValue): KeptAnswer | undefined {
  if (typeof value !== "string") return undefined;
  let read: unknown;
  try {
    read = JSON.parse(value);
  } catch {
    return undefined;
  }
  return isKeptAnswer(read) ? read : undefined;
}

function isKeptAnswer(value: unknown): value is KeptAnswer {
  if (!isObject(value) || value["format"] !== FORMAT) return false;
  const { provider, modelId, requestId, warnings, reason, parts } = value;
  if (typeof provider !== "string" || typeof modelId !== "string") return false;
  if (requestId !== undefined && typeof requestId !== "string") return false;
  if (reason !== "stop" && reason !== "tool-calls") return false;
  if (!Array.isArray(warnings) || !warnings.every(isKeptWarning)) return false;
  if (!Array.isArray(parts) || parts.length === 0 || !parts.every(isKeptPart)) return false;
  const callIds = parts.flatMap((part) => (part.type === "tool-call" ? [part.callId] : []));
  return new Set(callIds).size === callIds.length;
}

/** The events of a kept answer up to its finish: one delta for each part, as a whole delivery has. */
export function replayAnswer(answer: KeptAnswer): readonly (StartEvent | ModelBodyEvent)[] {
  const { provider, modelId, requestId, warnings } = answer;
  const start: StartEvent = {
    type: "start",
    ...{ provider, modelId, warnings },
    ...(requestId === undefined ? {} : { requestId }),
    // What was left of the limits then says nothing of now.
    rateLimits: [],
  };
  return [start, ...answer.parts.flatMap(replayPart)];
}

function replayPart(part: AssistantMessage["parts"][number]): readonly ModelBodyEvent[] {
  const data = part.providerData === undefined ? {} : { providerData: part.providerData };
  if (part.type === "text") return [{ type: "text-delta", text: part.text, ...data }];
  if (part.type === "reasoning") return [{ type: "reasoning-delta", text: part.text, ...data }];
  const { callId, name, input } = part;
  return [
    { type: "tool-call-start", callId, name },
    { type: "tool-call-delta", callId, argumentsText: JSON.stringify(input) },
    { type: "tool-call-end", callId, name, input, ...data },
  ];
}

/**
 * How old an answer is, in milliseconds.
 *
 * @param span - When it was kept, and until when it may be given, ISO 8601 in UTC.
 * @param ttlMs - The host may have shortened it since.
 * @returns Nothing when it is too old, or when nobody knows.
 */
export function ageOf(
  span: { readonly createdAt: string; readonly expiresAt: string },
  nowMs: number,
  ttlMs: number,
): number | undefined {
  const ageMs = Math.max(0, nowMs - Date.parse(span.createdAt));
  return ageMs < ttlMs && nowMs < Date.parse(span.expiresAt) ? ageMs : undefined;
}

/** The length of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
