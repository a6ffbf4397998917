import type { FinishReason, JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import {
  type AnswerDecoder,
  type AnswerEnd,
  parseJson,
  readErrorBody,
  SseReader,
  WholeBody,
  WireFailure,
} from "@salesagent/provider-kit";
import type { ModelScenario } from "../scenario.js";
import { eventsOf, type ToyEvent } from "./toy-wire.js";

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  "content-filter": "content-filter",
};

/** Reads the toy vendor's stream. */
export class ToyDecoder implements AnswerDecoder {
  readonly #sse = new SseReader((data) => this.#take(data));
  readonly #calls = new Map<string, { readonly name: string; text: string }>();
  #events: ModelEvent[] = [];
  #end: AnswerEnd | undefined;

  push(bytes: Uint8Array, events: ModelEvent[]): boolean {
    this.#events = events;
    this.#sse.push(bytes);
    return false;
  }

  end(): AnswerEnd {
    if (this.#sse.end() || !this.#end) throw new WireFailure({ kind: "cut" });
    return this.#end;
  }

  usage(): Usage {
    return this.#end?.usage ?? {};
  }

  take(event: ToyEvent, events: ModelEvent[]): void {
    switch (event.type) {
      case "text":
      case "reasoning":
        events.push({ type: `${event.type}-delta`, text: event.text });
        break;
      case "call":
        this.#calls.set(event.id, { name: event.name, text: "" });
        events.push({ type: "tool-call-start", callId: event.id, name: event.name });
        break;
      case "arguments": {
        const call = this.#calls.get(event.id);
        if (call) call.text += event.text;
        events.push({ type: "tool-call-delta", callId: event.id, argumentsText: event.text });
        break;
      }
      case "call-end":
        this.#endCall(event.id, events);
        break;
      case "finish":
        this.#end = { reason: REASONS[event.reason] ?? "other", usage: usageOf(event.usage) };
        break;
      case "error":
        throw new WireFailure({
          kind: "in-band",
          vendorCode: event.error.code,
          vendorMessage: event.error.message,
        });
    }
  }

  #take(data: string): void {
    const event = parseJson(data);
    if (event === undefined) throw new WireFailure({ kind: "malformed", vendorMessage: data });
    this.take(event as unknown as ToyEvent, this.#events);
  }

  #endCall(callId: string, events: ModelEvent[]): void {
    const { name, text } = this.#calls.get(callId) ?? { name: "", text: "" };
    const input = text === "" ? {} : parseJson(text);
    if (text === "") events.push({ type: "tool-call-delta", callId, argumentsText: "{}" });
    if (input === undefined) {
      throw new WireFailure({ kind: "tool-call", toolCall: { tool: name, argumentsText: text } });
    }
    events.push({ type: "tool-call-end", callId, name, input });
  }
}

/** Reads the toy vendor's whole answer. */
export class WholeToyDecoder implements AnswerDecoder {
  readonly #body = new WholeBody();
  readonly #inner = new ToyDecoder();

  push(bytes: Uint8Array): boolean {
    this.#body.push(bytes);
    return false;
  }

  end(events: ModelEvent[]): AnswerEnd {
    const json: JsonValue = this.#body.end();
    const said = readErrorBody(json);
    if (said) throw new WireFailure({ kind: "in-band", ...said });
    const { reason, ...scenario } = json as unknown as ModelScenario & { readonly reason: string };
    const { text, reasoning } = scenario;
    const whole = { ...scenario, text: "", reasoning: "" };
    if (reasoning) events.push({ type: "reasoning-delta", text: reasoning });
    if (text) events.push({ type: "text-delta", text });
    for (const event of eventsOf(whole)) {
      if (event.type !== "finish") this.#inner.take(event, events);
    }
    return { reason: REASONS[reason] ?? "other", usage: usageOf(scenario.usage) };
  }

  usage(): Usage {
    return {};
  }
}

function usageOf(usage: ModelScenario["usage"] = {}): Usage {
  const { inputTokens = 10, outputTokens = 10, cachedTokens = 0, reasoningTokens = 0 } = usage;
  return { inputTokens, outputTokens, cachedInputTokens: cachedTokens, reasoningTokens };
}
