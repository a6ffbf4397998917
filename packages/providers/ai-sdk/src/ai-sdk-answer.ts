import type { FinishReason, JsonValue, ModelEvent, ModelWarning, Usage } from "@salesagent/ports";
import { CodePointGate, parseJson, WireFailure } from "@salesagent/provider-kit";
import { readAiSdkErrorPart } from "./ai-sdk-failure.js";
import type { AiSdkMetadata, AiSdkStreamPart, AiSdkToolCall } from "./ai-sdk-model.js";
import { fromAiSdkUsage, type UsageSource } from "./from-ai-sdk-usage.js";
import { fromAiSdkWarnings } from "./from-ai-sdk-warnings.js";
import { mergeMetadata, toProviderData } from "./metadata-key.js";

/** What is known of an answer before it comes. */
export interface AnswerSource extends Omit<UsageSource, "metadata"> {
  /** Takes an answer for whole whose vendor told no reason for its end. */
  readonly acceptMissingReason: boolean;
}

/** How an answer ended. */
export interface AiSdkEnd {
  readonly reason: FinishReason;
  readonly usage: Usage;
}

interface OpenBlock {
  readonly key: string;
  readonly type: "text-delta" | "reasoning-delta";
  readonly gate: CodePointGate;
  metadata: AiSdkMetadata | undefined;
}

interface OpenCall {
  readonly name: string;
  text: string;
  /** The text is no JSON before the call is whole. */
  readonly opaque: boolean;
  ended: boolean;
}

/** Turns the parts of one AI SDK stream into events. */
export class AiSdkAnswer {
  readonly warnings: ModelWarning[] = [];
  /** The vendor has said that it begins. */
  opened = false;
  responseId: string | undefined;
  end: AiSdkEnd | undefined;
  readonly #source: AnswerSource;
  readonly #blocks = new Map<string, OpenBlock>();
  readonly #calls = new Map<string, OpenCall>();
  /** Calls of tools that the vendor runs itself. */
  readonly #foreign = new Set<string>();

  constructor(source: AnswerSource) {
    this.#source = source;
  }

  /** Appends what a part brings. @throws WireFailure for an error inside the answer and for a broken tool call. */
  push(part: AiSdkStreamPart, events: ModelEvent[]): void {
    switch (part.type) {
      case "text-delta":
      case "reasoning-delta":
        this.#delta(part, events);
        break;
      case "text-start":
      case "reasoning-start":
        this.#block(part.id, deltaOf(part.type)).metadata = part.providerMetadata;
        break;
      case "text-end":
      case "reasoning-end":
        this.#closeBlock(this.#block(part.id, deltaOf(part.type)), part.providerMetadata, events);
        break;
      case "tool-input-start":
        if (part.providerExecuted === true) this.#foreign.add(part.id);
        else this.#startCall(part.id, part.toolName, part.inputEncoding === "text", events);
        break;
      case "tool-input-delta":
        this.#callDelta(part.id, part.delta, events);
        break;
      case "tool-call":
        this.#endCall(part, events);
        break;
      case "stream-start":
        this.opened = true;
        this.warnings.push(...fromAiSdkWarnings(part.warnings));
        break;
      case "response-metadata":
        this.responseId ??= part.id;
        break;
      case "finish":
        this.#finish(part, events);
        break;
      case "error":
        throw readAiSdkErrorPart(part.error);
    }
  }

  #block(id: string, type: OpenBlock["type"]): OpenBlock {
    const key = `${type} ${id}`;
    const known = this.#blocks.get(key);
    if (known) return known;
    const block: OpenBlock = { key, type, gate: new CodePointGate(), metadata: undefined };
    this.#blocks.set(key, block);
    return block;
  }

  #delta(
    part: Extract<AiSdkStreamPart, { type: "text-delta" | "reasoning-delta" }>,
    events: ModelEvent[],
  ): void {
    const block = this.#block(part.id, part.type);
    block.metadata = mergeMetadata(block.metadata, part.providerMetadata);
    const text = block.gate.push(textOf(part.delta, part.type));
    if (text !== "") events.push({ type: part.type, text });
  }

  #closeBlock(block: OpenBlock, metadata: AiSdkMetadata | undefined, events: ModelEvent[]): void {
    this.#blocks.delete(block.key);
    const text = block.gate.end();
    const providerData = toProviderData(mergeMetadata(block.metadata, metadata));
    if (text === "" && providerData === undefined) return;
    events.push({ type: block.type, text, ...(providerData === undefined ? {} : { providerData }) });
  }

  #startCall(id: string, name: string, opaque: boolean, events: ModelEvent[]): OpenCall {
    textOf(id, "tool call");
    textOf(name, "tool call");
    const call: OpenCall = { name, text: "", opaque, ended: false };
    this.#calls.set(id, call);
    events.push({ type: "tool-call-start", callId: id, name });
    return call;
  }

  #callDelta(id: string, delta: string, events: ModelEvent[]): void {
    const argumentsText = textOf(delta, "tool-input-delta");
    const call = this.#calls.get(id);
    if (!call || call.opaque || argumentsText === "") return;
    call.text += argumentsText;
    events.push({ type: "tool-call-delta", callId: id, argumentsText });
  }

  #endCall(part: AiSdkToolCall, events: ModelEvent[]): void {
    const { toolCallId: id, toolName: name, providerExecuted, providerMetadata } = part;
    if (providerExecuted === true || this.#foreign.has(id)) {
      this.#warnOfForeign(name);
      return;
    }
    const call = this.#calls.get(id) ?? this.#startCall(id, name, false, events);
    if (call.ended) return;
    // The text of a whole call is JSON by the specification; some adapters hand on the object.
    const given: unknown = part.input;
    const text = typeof given === "string" ? given : JSON.stringify(given);
    this.#close(id, call, text, providerMetadata, events);
  }

  #close(
    id: string,
    call: OpenCall,
    whole: string,
    metadata: AiSdkMetadata | undefined,
    events: ModelEvent[],
  ): void {
    const argumentsText = whole.trim() === "" ? "{}" : whole;
    const input: JsonValue | undefined = parseJson(argumentsText);
    if (input === undefined) {
      throw new WireFailure({ kind: "tool-call", toolCall: { tool: call.name, argumentsText } });
    }
    call.ended = true;
    if (call.text === "") events.push({ type: "tool-call-delta", callId: id, argumentsText });
    const providerData = toProviderData(metadata);
    events.push({
      type: "tool-call-end",
      callId: id,
      name: call.name,
      input,
      ...(providerData === undefined ? {} : { providerData }),
    });
  }

  #finish(part: Extract<AiSdkStreamPart, { type: "finish" }>, events: ModelEvent[]): void {
    for (const block of this.#blocks.values()) this.#closeBlock(block, undefined, events);
    for (const [id, call] of this.#calls) {
      if (!call.ended) this.#close(id, call, call.text, undefined, events);
    }
    const reason = fromFinishReason(part.finishReason) ?? this.#missingReason();
    const usage = fromAiSdkUsage(part.usage, { ...this.#source, metadata: part.providerMetadata });
    const calls = this.#calls.size > 0 && reason === "stop";
    this.end = { reason: calls ? "tool-calls" : reason, usage };
  }

  #missingReason(): FinishReason {
    if (this.#source.acceptMissingReason) return "other";
    throw new WireFailure({ kind: "cut" });
  }

  #warnOfForeign(name: string): void {
    this.warnings.push({
      field: "providerOptions",
      message: `The vendor ran its own tool "${name}"; the call and its result are not in the answer.`,
    });
  }
}

function deltaOf(type: `${"text" | "reasoning"}-${"start" | "end"}`): OpenBlock["type"] {
  return type.startsWith("text") ? "text-delta" : "reasoning-delta";
}

const REASONS: readonly FinishReason[] = ["stop", "length", "tool-calls", "content-filter"];

/**
 * A text in v2; since v3 with the vendor's own beside it.
 *
 * @returns Nothing when the vendor told no reason. The AI SDK's providers send a finish even when a stream breaks off:
 * `unknown` in v2, `other` without the vendor's own since v3.
 * @throws WireFailure for an answer that ended in an error.
 */
function fromFinishReason(given: unknown): FinishReason | undefined {
  const fields = typeof given === "object" && given !== null ? (given as Record<string, unknown>) : {};
  const reason = typeof given === "string" ? given : fields["unified"];
  const raw = typeof fields["raw"] === "string" ? fields["raw"] : undefined;
  if (reason === "error") {
    const vendorMessage = "the answer ended in an error";
    throw new WireFailure({
      kind: "in-band",
      vendorMessage,
      ...(raw === undefined ? {} : { vendorCode: raw }),
    });
  }
  const known = REASONS.find((candidate) => candidate === reason);
  if (known) return known;
  return given === "other" || raw !== undefined ? "other" : undefined;
}

/** @throws WireFailure for something else than text where text belongs. */
function textOf(value: unknown, part: string): string {
  if (typeof value === "string") return value;
  throw new WireFailure({ kind: "malformed", vendorMessage: `a ${part} without text` });
}
