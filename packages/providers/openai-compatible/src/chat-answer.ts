import type { FinishReason, JsonObject, JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import { type AnswerEnd, CodePointGate, readErrorBody, WireFailure } from "@salesagent/provider-kit";
import type { WireChunk, WireContentPart, WireDelta, WireUsage } from "./chat-wire.js";
import { fromUsage, toldCostUsd } from "./from-usage.js";
import { ReasoningDetails } from "./reasoning-details.js";
import { ThinkTags } from "./think-tags.js";
import { ToolCallAssembler } from "./tool-call-assembler.js";

/** What the reader of an answer must know of its server. */
export interface ChatAnswerOptions {
  readonly provider: string;
  readonly createId: () => string;
  /** Takes a clean terminator as the end even when no finish reason came, for servers that never send one. */
  readonly acceptMissingReason: boolean;
  /** Reads `<think>…</think>` at the head of the text as reasoning. */
  readonly thinkTags: boolean;
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
  readonly #textGate = new CodePointGate();
  readonly #reasoningGate = new CodePointGate();
  readonly #thinkTags: ThinkTags | undefined;
  #events: ModelEvent[] = [];
  #reason: string | undefined;
  #refused = false;
  #usage: Usage = {};
  #costUsd: number | undefined;

  constructor(options: ChatAnswerOptions) {
    this.#options = options;
    this.#toolCalls = new ToolCallAssembler(options.createId);
    this.#thinkTags = options.thinkTags
      ? new ThinkTags(
          (text) => this.#emitText(text),
          (text) => this.#emitReasoning(text),
        )
      : undefined;
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** @throws WireFailure when the chunk tells of an error. */
  push(chunk: WireChunk, events: ModelEvent[]): void {
    this.#events = events;
    const usage = chunk.usage ?? chunk.x_groq?.usage;
    if (usage) this.#noteUsage(usage);
    const choices = chunk.choices;
    if (chunk.error || !choices) refuseError(chunk);
    if (!choices) return;
    for (const choice of choices) {
      if (choice.index !== undefined && choice.index !== 0) continue;
      const delta = choice.delta ?? choice.message;
      if (delta) this.#pushDelta(delta);
      if (choice.finish_reason) this.#noteReason(choice.finish_reason);
    }
  }

  /**
   * @param terminated - The server said that this is the end.
   * @throws WireFailure when the answer is not whole.
   */
  end(events: ModelEvent[], terminated: boolean): AnswerEnd {
    this.#events = events;
    if (this.#reason === undefined && !(terminated && this.#options.acceptMissingReason)) {
      throw new WireFailure({ kind: "cut" });
    }
    this.#flushText();
    this.#closeReasoning();
    this.#toolCalls.end(events, this.#options.provider);
    return {
      reason: this.#finishReason(),
      usage: this.#usage,
      ...(this.#costUsd === undefined ? {} : { toldCostUsd: this.#costUsd }),
    };
  }

  #pushDelta(delta: WireDelta): void {
    const { content } = delta;
    // Servers in transition send the same words under both names.
    const reasoning = delta.reasoning_content || delta.reasoning;
    if (reasoning) this.#pushReasoning(reasoning);
    if (delta.reasoning_details) this.#details.push(delta.reasoning_details);
    if (typeof content === "string") this.#pushText(content);
    else if (content) for (const part of content) this.#pushPart(part);
    if (delta.refusal) {
      this.#refused = true;
      this.#pushText(delta.refusal);
    }
    if (!delta.tool_calls || delta.tool_calls.length === 0) return;
    this.#closeReasoning();
    for (const item of delta.tool_calls) this.#toolCalls.push(item, this.#events);
  }

  #pushPart(part: WireContentPart): void {
    if (part.type === "thinking")
      for (const piece of part.thinking ?? []) this.#pushReasoning(piece.text ?? "");
    else this.#pushText(part.text ?? "");
  }

  #pushText(piece: string): void {
    if (piece === "") return;
    const text = this.#textGate.push(piece);
    if (this.#thinkTags) this.#thinkTags.push(text);
    else this.#emitText(text);
  }

  #pushReasoning(piece: string): void {
    if (piece !== "") this.#emitReasoning(this.#reasoningGate.push(piece));
  }

  #flushText(): void {
    this.#emitReasoning(this.#reasoningGate.end());
    const left = this.#textGate.end();
    if (this.#thinkTags) {
      this.#thinkTags.push(left);
      this.#thinkTags.end();
    } else {
      this.#emitText(left);
    }
  }

  #emitText(text: string): void {
    if (text === "") return;
    this.#closeReasoning();
    this.#events.push({ type: "text-delta", text });
  }

  /** Ends a stretch of reasoning with all details so far: when more come later, the last list is the one to send back. */
  #closeReasoning(): void {
    const details = this.#details.take();
    if (!details) return;
    const data: JsonObject = { reasoning_details: details };
    this.#events.push({
      type: "reasoning-delta",
      text: "",
      providerData: { [this.#options.provider]: data },
    });
  }

  #emitReasoning(text: string): void {
    if (text !== "") this.#events.push({ type: "reasoning-delta", text });
  }

  #noteUsage(usage: WireUsage): void {
    this.#usage = fromUsage(usage);
    this.#costUsd = toldCostUsd(usage) ?? this.#costUsd;
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
}

function refuseError(chunk: WireChunk): void {
  const said = readErrorBody(chunk as JsonValue);
  if (said || chunk.error) throw new WireFailure({ kind: "in-band", ...said });
}
