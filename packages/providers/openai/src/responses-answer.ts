import type { FinishReason, JsonObject, JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import {
  type AnswerEnd,
  CodePointGate,
  parseJson,
  readErrorBody,
  WireFailure,
} from "@salesagent/provider-kit";
import { fromResponseUsage } from "./from-response-usage.js";
import type { OpenFunctionCall, OpenItem } from "./open-item.js";
import type { WireItem, WireResponse, WireResponseEvent } from "./responses-wire.js";

/** Builds the events of one answer from the typed events of the responses endpoint, or from a whole response. */
export class ResponsesAnswer {
  readonly #items = new Map<number, OpenItem>();
  readonly #textGate = new CodePointGate();
  readonly #reasoningGate = new CodePointGate();
  #events: ModelEvent[] = [];
  #refused = false;
  #calls = 0;
  #usage: Usage = {};
  #last: WireResponse | undefined;

  get usage(): Usage {
    return this.#usage;
  }

  /** True when the event that ends a response has come. */
  get ended(): boolean {
    return this.#last !== undefined;
  }

  /** @throws WireFailure when the event tells of an error. */
  push(event: WireResponseEvent, events: ModelEvent[]): void {
    this.#events = events;
    const item = this.#itemAt(event.output_index ?? 0);
    switch (event.type) {
      case "response.output_item.added":
        if (event.item) this.#open(item, event.item);
        break;
      case "response.output_text.delta":
        this.#text(item, event.delta ?? "");
        break;
      case "response.refusal.delta":
        this.#refused = true;
        this.#text(item, event.delta ?? "");
        break;
      case "response.reasoning_summary_part.added":
        if (item.reasoningCame) this.#reasoning(item, "\n\n");
        break;
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        this.#reasoning(item, event.delta ?? "");
        break;
      case "response.function_call_arguments.delta":
        if (item.call) this.#argumentsPiece(item.call, event.delta ?? "");
        break;
      case "response.output_item.done":
        if (event.item) this.#close(item, event.item);
        break;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        this.take(event.response ?? {}, events);
        break;
      case "error":
        throw new WireFailure({ kind: "in-band", ...readErrorBody(event as JsonValue) });
    }
  }

  /**
   * Takes a whole response, or the one that ends a stream: what did not come in pieces comes now.
   *
   * @throws WireFailure when it failed.
   */
  take(response: WireResponse, events: ModelEvent[]): void {
    this.#events = events;
    if (response.usage) this.#usage = fromResponseUsage(response.usage);
    if (response.error || response.status === "failed" || response.status === "cancelled") {
      const status = response.status === undefined ? {} : { vendorCode: response.status };
      const said = response.error ? readErrorBody({ error: response.error }) : status;
      throw new WireFailure({ kind: "in-band", ...said });
    }
    for (const [index, item] of (response.output ?? []).entries()) {
      const open = this.#itemAt(index);
      if (!open.closed) this.#close(open, item);
    }
    this.#last = response;
  }

  /** @throws WireFailure when the answer is not whole. */
  end(events: ModelEvent[]): AnswerEnd {
    this.#events = events;
    const last = this.#last;
    if (!last || (last.status !== undefined && last.status !== "completed" && last.status !== "incomplete")) {
      throw new WireFailure({ kind: "cut" });
    }
    this.#emitText(this.#textGate.end());
    return { reason: this.#finishReason(last), usage: this.#usage };
  }

  #itemAt(index: number): OpenItem {
    let item = this.#items.get(index);
    if (!item) {
      item = { textCame: false, reasoningCame: false, closed: false, call: undefined };
      this.#items.set(index, item);
    }
    return item;
  }

  #open(open: OpenItem, item: WireItem): void {
    if (item.type !== "function_call" || open.call) return;
    const callId = item.call_id ?? item.id ?? "";
    const name = item.name ?? "";
    open.call = { callId, name, argumentsText: "" };
    this.#calls += 1;
    this.#events.push({ type: "tool-call-start", callId, name });
  }

  #close(open: OpenItem, item: WireItem): void {
    open.closed = true;
    if (item.type === "message") this.#closeMessage(open, item);
    else if (item.type === "reasoning") this.#closeReasoning(open, item);
    else if (item.type === "function_call") this.#closeCall(open, item);
  }

  #closeMessage(open: OpenItem, item: WireItem): void {
    for (const part of open.textCame ? [] : (item.content ?? [])) {
      if (part.refusal) this.#refused = true;
      this.#text(open, part.text ?? part.refusal ?? "");
    }
    if (open.textCame && item.phase) {
      this.#events.push({ type: "text-delta", text: "", providerData: { openai: { phase: item.phase } } });
    }
  }

  #closeReasoning(open: OpenItem, item: WireItem): void {
    if (!open.reasoningCame) {
      const told = item.summary && item.summary.length > 0 ? item.summary : (item.content ?? []);
      this.#reasoning(open, told.map((part) => part.text ?? "").join("\n\n"));
    }
    // Without its encrypted content, which nothing at OpenAI stores, an item can't be sent back.
    if (!item.encrypted_content) return;
    const { id = "", summary, encrypted_content } = item;
    const replay: JsonObject = {
      type: "reasoning",
      id,
      summary: (summary ?? []) as JsonValue,
      encrypted_content,
    };
    this.#events.push({ type: "reasoning-delta", text: "", providerData: { openai: replay } });
  }

  #closeCall(open: OpenItem, item: WireItem): void {
    this.#open(open, item);
    const { call } = open;
    if (!call) return;
    if (call.argumentsText === "" && item.arguments) this.#argumentsPiece(call, item.arguments);
    const { callId, name, argumentsText } = call;
    const input = argumentsText.trim() === "" ? {} : parseJson(argumentsText);
    if (input === undefined || name === "") {
      throw new WireFailure({ kind: "tool-call", toolCall: { tool: name || "(unnamed)", argumentsText } });
    }
    this.#events.push({ type: "tool-call-end", callId, name, input });
  }

  #argumentsPiece(call: OpenFunctionCall, argumentsText: string): void {
    if (argumentsText === "") return;
    call.argumentsText += argumentsText;
    this.#events.push({ type: "tool-call-delta", callId: call.callId, argumentsText });
  }

  #text(item: OpenItem, piece: string): void {
    if (piece === "") return;
    item.textCame = true;
    this.#emitText(this.#textGate.push(piece));
  }

  #emitText(text: string): void {
    if (text !== "") this.#events.push({ type: "text-delta", text });
  }

  #reasoning(item: OpenItem, piece: string): void {
    if (piece === "") return;
    item.reasoningCame = true;
    const text = this.#reasoningGate.push(piece);
    if (text !== "") this.#events.push({ type: "reasoning-delta", text });
  }

  #finishReason({ status, incomplete_details: details }: WireResponse): FinishReason {
    if (status === "incomplete") {
      if (details?.reason === "max_output_tokens") return "length";
      return details?.reason === "content_filter" ? "content-filter" : "other";
    }
    if (this.#refused) return "content-filter";
    return this.#calls > 0 ? "tool-calls" : "stop";
  }
}
