import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { Reply, ReplyFinish, ReplyQuirks } from "./reply.js";

/** A tool call whose arguments are settled. The id is left to the format where the reply names none. */
export interface AnswerToolCall {
  readonly id?: string;
  readonly name: string;
  readonly argumentsText: string;
  /** For formats that send an object. Raw text that is no JSON object becomes `{ raw: text }`. */
  readonly argumentsObject: JsonObject;
}

/** Usage with nothing left open. */
export interface AnswerUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly costUsd: number;
}

/** A reply with every default filled, ready to be rendered. */
export interface Answer {
  /** Ids follow from it. */
  readonly seed: string;
  /** Seconds since the Unix epoch. */
  readonly createdSeconds: number;
  readonly model: string;
  readonly textPieces: readonly string[];
  readonly reasoningPieces: readonly string[];
  readonly refusalPieces: readonly string[];
  readonly toolCalls: readonly AnswerToolCall[];
  readonly finish: ReplyFinish;
  readonly usage: AnswerUsage;
  readonly quirks: ReplyQuirks;
}

/** What a reply does not tell about itself. */
export interface AnswerContext {
  readonly seed: string;
  readonly nowMs: number;
  /** The model that was asked for. */
  readonly model: string;
  /** Characters of the request, from which input tokens are guessed. */
  readonly requestChars: number;
  /** Words in one event, where the reply does not say. */
  readonly tokensPerEvent: number;
}

/** Fills a reply's defaults. */
export function resolveAnswer(reply: Reply, context: AnswerContext): Answer {
  const perEvent = resolveTokensPerEvent(reply.tokensPerEvent ?? context.tokensPerEvent);
  const toolCalls = (reply.toolCalls ?? []).map(resolveToolCall);
  const words = (text: string | undefined) => toWords(text ?? "");
  const reasoningWords = words(reply.reasoning);
  const outputWords =
    reasoningWords.length +
    words(reply.text).length +
    words(reply.refusal).length +
    toolCalls.reduce((total, call) => total + Math.ceil(call.argumentsText.length / 4) + 1, 0);
  return {
    seed: context.seed,
    createdSeconds: Math.floor(context.nowMs / 1000),
    model: reply.model ?? context.model,
    textPieces: reply.chunks ?? gather(words(reply.text), perEvent),
    reasoningPieces: gather(reasoningWords, perEvent),
    refusalPieces: gather(words(reply.refusal), perEvent),
    toolCalls,
    finish: reply.finish ?? (toolCalls.length > 0 ? "tool-calls" : "stop"),
    usage: resolveUsage(reply, context, outputWords, reasoningWords.length),
    quirks: reply.quirks ?? {},
  };
}

function resolveTokensPerEvent(count: number): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError(`reply.tokensPerEvent must be a whole number ≥ 1, got ${count}`);
}

function resolveUsage(
  reply: Reply,
  context: AnswerContext,
  outputWords: number,
  reasoningWords: number,
): AnswerUsage {
  const told = reply.usage ?? {};
  return {
    inputTokens: told.inputTokens ?? Math.max(1, Math.ceil(context.requestChars / 4)),
    cachedTokens: told.cachedTokens ?? 0,
    cacheWriteTokens: told.cacheWriteTokens ?? 0,
    outputTokens: told.outputTokens ?? Math.max(outputWords, told.reasoningTokens ?? 0),
    reasoningTokens: told.reasoningTokens ?? reasoningWords,
    costUsd: told.costUsd ?? 0,
  };
}

function resolveToolCall(call: NonNullable<Reply["toolCalls"]>[number]): AnswerToolCall {
  const given = call.arguments ?? {};
  return {
    ...(call.id === undefined ? {} : { id: call.id }),
    name: call.name,
    argumentsText: typeof given === "string" ? given : JSON.stringify(given),
    argumentsObject: toArgumentsObject(given),
  };
}

function toArgumentsObject(given: JsonValue): JsonObject {
  if (typeof given !== "string") {
    return typeof given === "object" && given !== null && !Array.isArray(given) ? (given as JsonObject) : {};
  }
  if (given === "") return {};
  try {
    return toArgumentsObject(JSON.parse(given) as JsonObject);
  } catch {
    return { raw: given }; // formats that carry an object cannot carry broken JSON
  }
}

/** Words with the space before them; joined they are the text again. */
function toWords(text: string): string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? [];
}

/** Pieces joined by so many; one event each. */
function gather(pieces: readonly string[], count: number): readonly string[] {
  if (count === 1) return pieces;
  const gathered: string[] = [];
  for (let from = 0; from < pieces.length; from += count) {
    gathered.push(pieces.slice(from, from + count).join(""));
  }
  return gathered;
}

/** The text in pieces of so many code points, as vendors send tool arguments: without regard to words or escapes. */
export function toFragments(text: string, codePoints = 6): string[] {
  const points = [...text];
  const fragments: string[] = [];
  for (let from = 0; from < points.length; from += codePoints) {
    fragments.push(points.slice(from, from + codePoints).join(""));
  }
  return fragments;
}
