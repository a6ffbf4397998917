import type { FinishReason, JsonObject, JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import { type AnswerEnd, readErrorBody, WireFailure } from "@salesagent/provider-kit";
import type { WireChunk, WireContentPart, WireDelta } from "./chat-wire.js";
import { fromUsage } from "./from-usage.js";
import { ReasoningDetails } from "./reasoning-details.js";
import { ToolCallAssembler } from "./tool-call-assembler.js";

/** What the reader of an answer must know of its server. */
export interface ChatAnswerOptions {
  readonly provider: string;
  readonly createId: () => string;
  /** Takes a clean terminator as the end even when no finish reason came, for servers that never send one. */
  readonly acceptMissingReason: boolean;
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
};

/** Builds the events of one answer from the chunks of this format. */
export class ChatAnswer {
  readonly #options: ChatAnswerOptions;
  readonly #toolCalls: ToolCallAssembler;
  readonly #details = new ReasoningDetails();
  #reason: string | undefined;
  #refused = false;
  #usage: Usage = {};
  #costUsd: number | undefined;

  constructor(options: ChatAnswerOptions) {
    this.#options = options;
    this.#toolCalls = new ToolCallAssembler(options.createId);
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** @throws WireFailure when the chunk tells of an error. */
  push(chunk: WireChunk, events: ModelEvent[]): void {
    const usage = chunk.usage ?? chunk.x_groq?.usage;
    if (usage) {
      this.#usage = fromUsage(usage);
      if (typeof usage.cost === "number") this.#costUsd = usage.cost;
    }
    const choices = chunk.choices;
    if (chunk.error || !choices) this.#refuseError(chunk);
    if (!choices) return;
    for (const choice of choices) {
      if (choice.index !== undefined && choice.index !== 0) continue;
      const delta = choice.delta ?? choice.message;
      if (delta) this.#pushDelta(delta, events);
      if (choice.finish_reason) this.#noteReason(choice.finish_reason);
    }
  }

  /**
   * @param terminated - The server said that this is the end.
   * @throws WireFailure when the answer is not whole.
   */
  end(events: ModelEvent[], terminated: boolean): AnswerEnd {
    if (this.#reason === undefined && !(terminated && this.#options.acceptMissingReason)) {
      throw new WireFailure({ kind: "cut" });
    }
    this.#toolCalls.end(events, this.#options.provider);
    const details = this.#details.all();
    if (details.length > 0) {
      const data: JsonObject = { reasoning_details: details };
      events.push({ type: "reasoning-delta", text: "", providerData: { [this.#options.provider]: data } });
    }
    return {
      reason: this.#finishReason(),
      usage: this.#usage,
      ...(this.#costUsd === undefined ? {} : { toldCostUsd: this.#costUsd }),
    };
  }

  #pushDelta(delta: WireDelta, events: ModelEvent[]): void {
    const { content } = delta;
    const reasoning = delta.reasoning_content || delta.reasoning;
    if (reasoning) events.push({ type: "reasoning-delta", text: reasoning });
    if (delta.reasoning_details) this.#details.push(delta.reasoning_details);
    if (typeof content === "string") {
      if (content !== "") events.push({ type: "text-delta", text: content });
    } else if (content) {
      for (const part of content) pushPart(part, events);
    }
    if (delta.refusal) {
      this.#refused = true;
      events.push({ type: "text-delta", text: delta.refusal });
    }
    if (delta.tool_calls) for (const item of delta.tool_calls) this.#toolCalls.push(item, events);
  }

  #noteReason(reason: string): void {
    if (reason === "error" || reason === "insufficient_system_resource") {
      throw new WireFailure({ kind: "in-band", vendorCode: reason });
    }
    this.#reason ??= reason;
  }

  #finishReason(): FinishReason {
    if (this.#refused) return "content-filter";
    const reason = this.#reason ?? "stop";
    const known = Object.hasOwn(FINISH_REASONS, reason) ? FINISH_REASONS[reason] : undefined;
    return this.#toolCalls.count > 0 && known === "stop" ? "tool-calls" : (known ?? "other");
  }

  #refuseError(chunk: WireChunk): void {
    const said = readErrorBody(chunk as JsonValue);
    if (said) throw new WireFailure({ kind: "in-band", ...said });
  }
}

function pushPart(part: WireContentPart, events: ModelEvent[]): void {
  if (part.type === "thinking") {
    const text = (part.thinking ?? []).map((piece) => piece.text ?? "").join("");
    if (text !== "") events.push({ type: "reasoning-delta", text });
  } else if (part.text) {
    events.push({ type: "text-delta", text: part.text });
  }
}
