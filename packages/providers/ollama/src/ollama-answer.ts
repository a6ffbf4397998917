import type { FinishReason, JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import { type AnswerEnd, CodePointGate, readErrorBody, WireFailure } from "@salesagent/provider-kit";
import type { WireLine, WireToolCall } from "./ollama-wire.js";
import { promptCutWarning } from "./prompt-cut.js";

/** What the reader of an answer must know of its request. */
export interface OllamaAnswerOptions {
  readonly createId: () => string;
  /** Costs nothing, also when no tokens are told. */
  readonly free: boolean;
  readonly promptChars: number;
  readonly contextTokens: number | undefined;
}

/** Builds the events of one answer from the lines of this format. */
export class OllamaAnswer {
  readonly #options: OllamaAnswerOptions;
  readonly #textGate = new CodePointGate();
  readonly #thoughtGate = new CodePointGate();
  readonly #ids = new Set<string>();
  #last: WireLine | undefined;

  constructor(options: OllamaAnswerOptions) {
    this.#options = options;
  }

  get done(): boolean {
    return this.#last !== undefined;
  }

  get usage(): Usage {
    const { prompt_eval_count: prompt, eval_count: output } = this.#last ?? {};
    return {
      ...(prompt === undefined ? {} : { inputTokens: prompt }),
      ...(output === undefined ? {} : { outputTokens: output }),
    };
  }

  /** @throws WireFailure when the line tells of an error. */
  push(line: WireLine, events: ModelEvent[]): void {
    if (line.error !== undefined) {
      throw new WireFailure({ kind: "in-band", ...readErrorBody(line as JsonValue) });
    }
    const { thinking, content, tool_calls: calls } = line.message ?? {};
    if (thinking) this.#write("reasoning-delta", this.#thoughtGate.push(thinking), events);
    if (content) this.#write("text-delta", this.#textGate.push(content), events);
    for (const call of calls ?? []) this.#pushCall(call, events);
    if (line.done === true) this.#last = line;
  }

  /** @throws WireFailure when the answer is not whole. */
  end(events: ModelEvent[]): AnswerEnd {
    const { promptChars, contextTokens, free } = this.#options;
    if (!this.#last) throw new WireFailure({ kind: "cut" });
    this.#write("reasoning-delta", this.#thoughtGate.end(), events);
    this.#write("text-delta", this.#textGate.end(), events);
    const promptTokens = this.#last.prompt_eval_count;
    return {
      reason: this.#finishReason(this.#last.done_reason),
      usage: this.usage,
      ...(free ? { toldCostUsd: 0 } : {}),
      warnings: promptCutWarning({ promptChars, promptTokens, contextTokens }),
    };
  }

  #write(type: "text-delta" | "reasoning-delta", text: string, events: ModelEvent[]): void {
    if (text !== "") events.push({ type, text });
  }

  #pushCall(call: WireToolCall, events: ModelEvent[]): void {
    const name = call.function?.name ?? "";
    const told = call.function?.arguments ?? {};
    if (name === "") {
      const argumentsText = JSON.stringify(told);
      throw new WireFailure({ kind: "tool-call", toolCall: { tool: "(unnamed)", argumentsText } });
    }
    const input = typeof told === "string" ? readArguments(name, told) : told;
    const callId = call.id && !this.#ids.has(call.id) ? call.id : this.#options.createId();
    this.#ids.add(callId);
    events.push(
      { type: "tool-call-start", callId, name },
      { type: "tool-call-delta", callId, argumentsText: JSON.stringify(input) },
      { type: "tool-call-end", callId, name, input },
    );
  }

  /** The server says `stop` also where the model calls tools. */
  #finishReason(reason = "stop"): FinishReason {
    if (reason === "length") return "length";
    if (reason !== "stop") return "other";
    return this.#ids.size > 0 ? "tool-calls" : "stop";
  }
}

/** Servers that imitate this one send arguments as text. */
function readArguments(tool: string, argumentsText: string): JsonValue {
  if (argumentsText.trim() === "") return {};
  try {
    return JSON.parse(argumentsText) as JsonValue;
  } catch {
    throw new WireFailure({ kind: "tool-call", toolCall: { tool, argumentsText } });
  }
}
