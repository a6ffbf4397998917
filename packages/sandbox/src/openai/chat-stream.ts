import type { JsonObject, JsonValue } from "@salesagent/ports";
import { type Answer, type AnswerToolCall, toFragments } from "../answer.js";
import { objectOf } from "../json-access.js";
import type { ReplyQuirks, UsagePosition } from "../reply.js";
import { seededId } from "../seeded-id.js";
import { SSE_DONE, sseComment, sseEvent, type WireEvent } from "../wire/wire-event.js";
import { finishReasonOf, nativeFinishOf } from "./chat-finish.js";
import type { ChatFlavor } from "./chat-flavor.js";

/** The chunks of a chat completion, as one vendor sends them. */
export function chatStream(flavor: ChatFlavor, answer: Answer, body: JsonObject): WireEvent[] {
  const writer = new ChunkWriter(flavor, answer, body);
  for (const text of flavor.openingComments ?? []) writer.comment(text);
  const deltas = bodyDeltas(flavor, answer);
  if (flavor.headJoinsCall === true && answer.textPieces.length === 0 && deltas[0] !== undefined) {
    deltas[0] = { ...flavor.headDelta, content: null, ...deltas[0] };
  } else {
    writer.delta("head", flavor.headDelta);
  }
  for (const delta of deltas) writer.delta("token", delta);
  writer.finish();
  return writer.events;
}

/** Deltas between the head and the finish. */
function bodyDeltas(flavor: ChatFlavor, answer: Answer): JsonObject[] {
  const key = answer.quirks.reasoningKey ?? flavor.reasoningKey;
  const { reasoning, text = (piece: string) => ({ content: piece }) } = flavor;
  const reasoned =
    reasoning === undefined ? [] : answer.reasoningPieces.map((piece) => reasoning(piece, key));
  if (reasoned.length > 0 && flavor.reasoningEnd !== undefined) reasoned.push(flavor.reasoningEnd());
  return [
    ...reasoned,
    ...answer.textPieces.map(text),
    ...answer.refusalPieces.map((piece) => ({ refusal: piece })),
    ...answer.toolCalls.flatMap((call, position) => callDeltas(flavor, answer, call, position)),
  ];
}

function callDeltas(
  flavor: ChatFlavor,
  answer: Answer,
  call: AnswerToolCall,
  position: number,
): JsonObject[] {
  const seed = `${answer.seed}.${position}`;
  const index = indexOf(answer.quirks.toolIndex ?? flavor.toolIndex, position);
  const whole = (answer.quirks.toolCalls ?? flavor.toolCalls) === "whole";
  const head = (argumentsText: string) => ({
    tool_calls: [
      {
        ...index,
        id: call.id ?? flavor.toolCallId(seed, position),
        type: "function",
        function: { name: call.name, arguments: argumentsText },
        ...flavor.toolCallKeys?.(seed),
      },
    ],
  });
  if (whole) return [head(call.argumentsText)];
  const fragments = toFragments(call.argumentsText).map((fragment) => ({
    tool_calls: [{ ...index, function: { arguments: fragment } }],
  }));
  return [head(""), ...fragments];
}

function indexOf(habit: NonNullable<ReplyQuirks["toolIndex"]>, position: number): JsonObject {
  if (habit === "absent") return {};
  if (habit === "zero") return { index: 0 };
  return { index: habit === "from-one" ? position + 1 : position };
}

/** Puts deltas into chunks, with the vendor's keys around them. */
class ChunkWriter {
  readonly events: WireEvent[] = [];
  readonly #flavor: ChatFlavor;
  readonly #answer: Answer;
  readonly #usage: JsonObject;
  readonly #usageAt: UsagePosition;
  readonly #asked: boolean;
  readonly #obfuscates: boolean;
  readonly #head: JsonObject;
  #chunks = 0;

  constructor(flavor: ChatFlavor, answer: Answer, body: JsonObject) {
    const options = objectOf(body["stream_options"]);
    this.#flavor = flavor;
    this.#answer = answer;
    this.#usage = flavor.usage(answer);
    this.#asked = options["include_usage"] === true;
    this.#usageAt = resolveUsageAt(flavor, answer, options);
    this.#obfuscates = flavor.obfuscates === true && options["include_obfuscation"] !== false;
    this.#head = {
      id: flavor.chunkId(answer),
      object: "chat.completion.chunk",
      created: answer.createdSeconds,
      model: answer.model,
      ...(flavor.fingerprint === undefined ? {} : { system_fingerprint: flavor.fingerprint }),
      ...flavor.envelope?.(answer),
    };
  }

  comment(text: string): void {
    this.events.push(sseComment(text));
  }

  delta(kind: WireEvent["kind"], delta: JsonObject): void {
    const finish = this.#flavor.pendingFinish === "null" ? { finish_reason: null } : {};
    const extra = this.#usageAt === "every-event" ? { usage: this.#usage } : {};
    this.#chunk(kind, [this.#choice(delta, finish)], extra);
  }

  finish(): void {
    const { finishDelta, finishChunk, neverFinishes } = this.#flavor;
    const at = this.#usageAt;
    const reason = neverFinishes === true ? null : finishReasonOf(this.#flavor, this.#answer);
    const finish =
      reason === null ? {} : { finish_reason: reason, ...nativeFinishOf(this.#flavor, this.#answer) };
    const usage = { usage: this.#usage };
    if (at === "before-finish") this.#chunk("token", [this.#choice({}, { finish_reason: null })], usage);
    const onFinish = at === "with-finish" || at === "every-event" ? usage : {};
    const extra = { ...onFinish, ...finishChunk?.(this.#answer, this.#usage) };
    this.#chunk("finish", [this.#choice(finishDelta, finish)], extra);
    if (at === "repeat-finish") this.#chunk("finish", [this.#choice({}, finish)], usage);
    if (at === "after-finish") this.#chunk("finish", [], usage);
    this.events.push(SSE_DONE);
  }

  #choice(delta: JsonObject, finish: JsonObject): JsonObject {
    const { deltaKeys, choiceKeys } = this.#flavor;
    return { index: 0, delta: { ...deltaKeys, ...delta }, ...choiceKeys, ...finish };
  }

  #chunk(kind: WireEvent["kind"], choices: readonly JsonValue[], extra: JsonObject): void {
    const { firstChunk, nullUsage } = this.#flavor;
    const nothing = nullUsage === "always" || (nullUsage === "asked" && this.#asked) ? { usage: null } : {};
    const first = this.#chunks === 0 ? firstChunk?.(this.#answer) : undefined;
    const padding = this.#obfuscates ? { obfuscation: this.#padding() } : {};
    this.events.push(sseEvent(kind, { ...this.#head, ...first, choices, ...nothing, ...extra, ...padding }));
    this.#chunks += 1;
  }

  #padding(): string {
    return seededId(`${this.#answer.seed}${this.#chunks}`, 4 + (this.#chunks % 8));
  }
}

/** Settles `asked`: after the finish when the request asks for usage, on every chunk when it asks for that. */
function resolveUsageAt(flavor: ChatFlavor, answer: Answer, options: JsonObject): UsagePosition {
  const habit = answer.quirks.usageAt ?? flavor.usageAt;
  if (habit !== "asked") return habit;
  if (options["include_usage"] !== true) return "never";
  return options["continuous_usage_stats"] === true ? "every-event" : "after-finish";
}
