import { SalesAgentError } from "../error.js";
import type { JsonValue } from "../json.js";
import type { AnswerPart, AssistantMessage, ProviderData, ReasoningPart, ToolCallPart } from "./message.js";
import type { ContinueEvent, FinishEvent, ModelEvent, RestartEvent, StartEvent } from "./model-event.js";
import type { ModelResult } from "./model-result.js";

interface OpenPart {
  readonly type: "text" | "reasoning";
  text: string;
  providerData?: ProviderData;
}

interface OpenCall {
  readonly type: "tool-call";
  readonly callId: string;
  readonly name: string;
  input?: JsonValue;
  providerData?: ProviderData;
}

/** Puts the events of one answer together. Push every event in order; the result stands after `finish`. */
export class AnswerAssembler {
  #parts: (OpenPart | OpenCall)[] = [];
  #begin: StartEvent | RestartEvent | ContinueEvent | undefined;
  #finish: FinishEvent | undefined;

  /** The latest `start`, `restart` or `continue`: which model is answering. */
  get begin(): StartEvent | RestartEvent | ContinueEvent | undefined {
    return this.#begin;
  }

  /** @throws `model.malformed_response` for an event that breaks the grammar of tool calls, and for a finish before its time. */
  push(event: ModelEvent): void {
    switch (event.type) {
      case "text-delta":
        this.#append("text", event.text, event.providerData);
        break;
      case "reasoning-delta":
        this.#append("reasoning", event.text, event.providerData);
        break;
      case "tool-call-start":
        this.#beginCall(event.callId, event.name);
        break;
      case "tool-call-delta":
        break;
      case "tool-call-end":
        this.#endCall(event.callId, event.input, event.providerData);
        break;
      case "start":
      case "restart":
        this.#begin = event;
        this.#parts = [];
        break;
      case "continue":
        if (this.#callIsOpen()) throw this.#malformed("was continued inside a tool call");
        this.#begin = event;
        break;
      case "finish":
        this.#checkEnd();
        this.#finish = event;
        break;
    }
  }

  /** @throws Error when no `finish` came: a stream without one has no result. */
  result(): ModelResult {
    const begin = this.#begin;
    const finish = this.#finish;
    if (!begin || !finish) throw new Error("The stream has not finished, so it has no result.");
    const parts = this.#parts.map((part) => this.#toMessagePart(part));
    const message: AssistantMessage = { role: "assistant", parts };
    return {
      provider: begin.provider,
      modelId: begin.modelId,
      ...(begin.requestId === undefined ? {} : { requestId: begin.requestId }),
      text: joinParts(parts, "text"),
      reasoning: joinParts(parts, "reasoning"),
      toolCalls: parts.filter((part): part is ToolCallPart => part.type === "tool-call"),
      message,
      finishReason: finish.reason,
      usage: finish.usage,
      ...(finish.costUsd === undefined ? {} : { costUsd: finish.costUsd }),
      timings: finish.timings,
      attempts: finish.attempts,
      warnings: finish.warnings ? [...begin.warnings, ...finish.warnings] : begin.warnings,
      rateLimits: begin.rateLimits,
      ...(finish.decision === undefined ? {} : { decision: finish.decision }),
      ...(finish.cache === undefined ? {} : { cache: finish.cache }),
    };
  }

  #append(type: "text" | "reasoning", text: string, providerData: ProviderData | undefined): void {
    const last = this.#parts[this.#parts.length - 1];
    if (last?.type === type && last.providerData === undefined) {
      last.text += text;
      if (providerData !== undefined) last.providerData = providerData;
      return;
    }
    this.#parts.push(providerData === undefined ? { type, text } : { type, text, providerData });
  }

  #beginCall(callId: string, name: string): void {
    if (this.#callOf(callId)) throw this.#malformed("gave two tool calls the same id");
    this.#parts.push({ type: "tool-call", callId, name });
  }

  #endCall(callId: string, input: JsonValue, providerData: ProviderData | undefined): void {
    const call = this.#callOf(callId);
    if (!call || call.input !== undefined) throw this.#malformed("ended a tool call that was not open");
    call.input = input;
    if (providerData !== undefined) call.providerData = providerData;
  }

  #callOf(callId: string): OpenCall | undefined {
    return this.#parts.find((part): part is OpenCall => part.type === "tool-call" && part.callId === callId);
  }

  #checkEnd(): void {
    if (!this.#begin) throw this.#malformed("finished an answer that it had not begun");
    if (this.#callIsOpen()) throw this.#malformed("never ended one of its tool calls");
  }

  #callIsOpen(): boolean {
    return this.#parts.some((part) => part.type === "tool-call" && part.input === undefined);
  }

  #toMessagePart(part: OpenPart | OpenCall): AnswerPart | ReasoningPart | ToolCallPart {
    if (part.type !== "tool-call") return part;
    if (part.input === undefined) throw this.#malformed("never ended one of its tool calls");
    return { ...part, input: part.input };
  }

  #malformed(what: string): SalesAgentError<"model.malformed_response"> {
    const { provider = "unknown", modelId = "unknown", requestId } = this.#begin ?? {};
    return new SalesAgentError("model.malformed_response", {
      message: `${provider}/${modelId} ${what}. Call again, or fail over to another model.`,
      facts: { provider, modelId, ...(requestId === undefined ? {} : { requestId }) },
      replay: "safe",
    });
  }
}

function joinParts(parts: AssistantMessage["parts"], type: "text" | "reasoning"): string {
  let text = "";
  for (const part of parts) if (part.type === type) text += part.text;
  return text;
}
