import type { FinishReason, JsonObject, JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import { type AnswerEnd, parseJson, WireFailure } from "@salesagent/provider-kit";
import { addUsage, feesUsd, fromUsage, mergeUsage } from "./from-usage.js";
import type { WireBlock, WireDelta, WireEvent, WireMessage, WireUsage } from "./messages-wire.js";
import { type OpenBlock, openBlock } from "./open-block.js";

/** Key of this vendor's data in parts and options. */
export const PROVIDER = "anthropic";

/** What the reader of an answer must know of its request. */
export interface MessagesAnswerOptions {
  readonly createId: () => string;
  /** Name of the forced tool whose arguments are the answer. */
  readonly outputTool: string | undefined;
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool-calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "content-filter",
};

/** Builds the events of one answer from the events of this format. An answer may take several turns of the vendor. */
export class MessagesAnswer {
  readonly #options: MessagesAnswerOptions;
  readonly #blocks = new Map<number, OpenBlock>();
  #events: ModelEvent[] = [];
  #begun = false;
  #stopReason: string | undefined;
  #calls = 0;
  #answered = false;
  #brokenCall: OpenBlock | undefined;
  #turn: WireUsage = {};
  #earlier: Usage = {};
  #feesUsd = 0;

  constructor(options: MessagesAnswerOptions) {
    this.#options = options;
  }

  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  get usage(): Usage {
    return addUsage(this.#earlier, fromUsage(this.#turn));
  }

  /** Takes an event; kinds that it does not know, such as pings, are passed over. */
  push(event: WireEvent, events: ModelEvent[]): void {
    this.#events = events;
    const index = event.index ?? 0;
    if (event.type === "content_block_delta") this.#extend(index, event.delta ?? {});
    else if (event.type === "content_block_start") this.#openBlock(index, event.content_block ?? {});
    else if (event.type === "content_block_stop") this.#closeBlock(index);
    else if (event.type === "message_start") this.#begin(event.message);
    else if (event.type === "message_delta") this.#noteEnd(event.delta?.stop_reason, event.usage);
  }

  /** Takes a message that came whole. */
  pushMessage(message: WireMessage, events: ModelEvent[]): void {
    this.#events = events;
    for (const [index, block] of (message.content ?? []).entries()) {
      this.#openBlock(index, block);
      this.#closeBlock(index);
    }
    this.#noteEnd(message.stop_reason, message.usage);
  }

  /** The vendor paused; what comes next continues this answer. */
  beginNextTurn(): void {
    this.#earlier = this.usage;
    this.#feesUsd += feesUsd(this.#turn);
    this.#turn = {};
    this.#begun = false;
    this.#stopReason = undefined;
  }

  /** @throws WireFailure when the answer is not whole. */
  end(): AnswerEnd {
    if (this.#stopReason === undefined || this.#blocks.size > 0) throw new WireFailure({ kind: "cut" });
    if (this.#brokenCall) {
      const { name, argumentsText } = this.#brokenCall;
      throw new WireFailure({ kind: "tool-call", toolCall: { tool: name || "(unnamed)", argumentsText } });
    }
    const fees = this.#feesUsd + feesUsd(this.#turn);
    return { reason: this.#finishReason(), usage: this.usage, ...(fees > 0 ? { feesUsd: fees } : {}) };
  }

  /** Proxies send this event twice; the second tells nothing new. */
  #begin(message: WireMessage | undefined): void {
    if (this.#begun) return;
    this.#begun = true;
    if (message?.usage) this.#turn = mergeUsage(this.#turn, message.usage);
  }

  #openBlock(index: number, wire: WireBlock): void {
    const block = openBlock(wire, this.#options.createId, this.#options.outputTool);
    this.#blocks.set(index, block);
    if (block.kind === "tool") {
      this.#calls++;
      this.#events.push({ type: "tool-call-start", callId: block.callId, name: block.name });
    }
    if (block.kind === "output") this.#answered = true;
    if (wire.type === "redacted_thinking") this.#sign({ type: "redacted_thinking", data: wire.data ?? "" });
    if (wire.text) this.#write(block, wire.text);
    if (wire.thinking) this.#write(block, wire.thinking);
    if (wire.signature) this.#sign({ type: "thinking", signature: wire.signature });
    // A stream begins a call with an empty object and sends its arguments in pieces.
    if (hasKeys(wire.input)) this.#addArguments(block, JSON.stringify(wire.input));
  }

  #extend(index: number, delta: WireDelta): void {
    const block = this.#blocks.get(index);
    if (!block) return;
    if (delta.text) this.#write(block, delta.text);
    if (delta.thinking) this.#write(block, delta.thinking);
    if (delta.partial_json) this.#addArguments(block, delta.partial_json);
    if (delta.signature) this.#sign({ type: "thinking", signature: delta.signature });
  }

  #closeBlock(index: number): void {
    const block = this.#blocks.get(index);
    if (!block) return;
    this.#blocks.delete(index);
    this.#emit(block, block.gate.end());
    if (block.kind === "tool") this.#endCall(block);
  }

  #endCall(block: OpenBlock): void {
    const { callId, name, argumentsText } = block;
    const input = argumentsText.trim() === "" ? {} : parseJson(argumentsText);
    if (input === undefined || name === "") {
      // Told at the end, when the usage is known.
      this.#brokenCall ??= block;
      return;
    }
    if (argumentsText === "") this.#events.push({ type: "tool-call-delta", callId, argumentsText: "{}" });
    this.#events.push({ type: "tool-call-end", callId, name, input });
  }

  #write(block: OpenBlock, piece: string): void {
    this.#emit(block, block.gate.push(piece));
  }

  #emit({ kind }: OpenBlock, text: string): void {
    if (text === "") return;
    if (kind === "reasoning") this.#events.push({ type: "reasoning-delta", text });
    else if (kind === "text" || kind === "output") this.#events.push({ type: "text-delta", text });
  }

  #addArguments(block: OpenBlock, piece: string): void {
    if (block.kind === "output") this.#write(block, piece);
    if (block.kind !== "tool") return;
    block.argumentsText += piece;
    this.#events.push({ type: "tool-call-delta", callId: block.callId, argumentsText: piece });
  }

  /** Reasoning must go back with what proves that it is the vendor's own. */
  #sign(proof: JsonObject): void {
    this.#events.push({ type: "reasoning-delta", text: "", providerData: { [PROVIDER]: proof } });
  }

  #noteEnd(stopReason: string | null | undefined, usage: WireUsage | null | undefined): void {
    if (stopReason) this.#stopReason = stopReason;
    if (usage) this.#turn = mergeUsage(this.#turn, usage);
  }

  #finishReason(): FinishReason {
    const reason = this.#stopReason ?? "";
    const known = Object.hasOwn(FINISH_REASONS, reason) ? FINISH_REASONS[reason] : undefined;
    if (this.#calls > 0 && known === "stop") return "tool-calls";
    if (this.#calls === 0 && this.#answered && known === "tool-calls") return "stop";
    return known ?? "other";
  }
}

function hasKeys(value: JsonValue | undefined): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
