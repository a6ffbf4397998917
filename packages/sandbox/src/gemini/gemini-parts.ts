import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import { isObject, objectOf } from "../json-access.js";
import { seededId } from "../seeded-id.js";

/** One event, or a whole answer. */
export function geminiChunk(answer: Answer, candidate: JsonObject, usage: JsonObject): JsonObject {
  return {
    candidates: [candidate],
    usageMetadata: usage,
    modelVersion: answer.model,
    responseId: `simulated-${seededId(answer.seed, 14)}`,
  };
}

/** Usage so far; `candidatesTokenCount` leaves thoughts out. Without a count of events it is the whole. */
export function geminiUsage({ usage }: Answer, events = Number.POSITIVE_INFINITY): JsonObject {
  const thoughts = Math.min(usage.reasoningTokens, events);
  const candidates = Math.max(0, Math.min(usage.outputTokens - usage.reasoningTokens, events - thoughts));
  return {
    promptTokenCount: usage.inputTokens,
    ...(candidates > 0 ? { candidatesTokenCount: candidates } : {}),
    totalTokenCount: usage.inputTokens + candidates + thoughts,
    ...(usage.cachedTokens > 0 ? { cachedContentTokenCount: usage.cachedTokens } : {}),
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
  };
}

const FINISH_REASONS: Readonly<Record<Answer["finish"], string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  "tool-calls": "STOP",
  "content-filter": "SAFETY",
  error: "MALFORMED_FUNCTION_CALL",
};

/** Gemini's word for the finish; null for none. */
export function finishReasonOf({ finish, quirks }: Answer): string | null {
  return quirks.finishReason === undefined ? FINISH_REASONS[finish] : quirks.finishReason;
}

/** All parts of a whole answer. */
export function wholeParts(answer: Answer): JsonObject[] {
  const thought = answer.reasoningPieces.join("");
  const text = answer.textPieces.join("");
  return [
    ...(thought === "" ? [] : [{ text: thought, thought: true }]),
    ...(text === "" ? [] : [{ text }]),
    ...answer.toolCalls.map((_, at) => wholeCall(answer, at)),
  ];
}

/** The parts of a call: one, or its arguments piece by piece where the request asks for that. */
export function callParts(answer: Answer, at: number, body: JsonObject): JsonObject[] {
  const config = objectOf(objectOf(body["toolConfig"])["functionCallingConfig"]);
  if (config["streamFunctionCallArguments"] !== true) return [wholeCall(answer, at)];
  const call = answer.toolCalls[at];
  const pieces = partialArguments(call?.argumentsObject ?? {}, "$");
  return [
    { functionCall: { name: call?.name ?? "", willContinue: true }, ...signatureOf(answer, at) },
    ...pieces.map((piece) => ({ functionCall: { partialArgs: [piece], willContinue: true } })),
    { functionCall: {} },
  ];
}

function wholeCall(answer: Answer, at: number): JsonObject {
  const call = answer.toolCalls[at];
  const functionCall = {
    ...(call?.id === undefined ? {} : { id: call.id }),
    name: call?.name ?? "",
    args: call?.argumentsObject ?? {},
  };
  return { functionCall, ...signatureOf(answer, at) };
}

/** Only the first call of a turn is signed; the signature must come back with it. */
function signatureOf(answer: Answer, at: number): JsonObject {
  return at === 0 ? { thoughtSignature: `simulated${seededId(answer.seed, 40)}` } : {};
}

/** Each leaf with its path; a string ends with an empty piece of itself. */
function partialArguments(value: JsonValue, jsonPath: string): JsonObject[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, child]) => partialArguments(child, `${jsonPath}.${key}`));
  }
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    return items.flatMap((child, at) => partialArguments(child, `${jsonPath}[${at}]`));
  }
  if (typeof value === "string") {
    return [
      { jsonPath, stringValue: value, willContinue: true },
      { jsonPath, stringValue: "" },
    ];
  }
  if (typeof value === "number") return [{ jsonPath, numberValue: value }];
  return [
    typeof value === "boolean" ? { jsonPath, boolValue: value } : { jsonPath, nullValue: "NULL_VALUE" },
  ];
}
