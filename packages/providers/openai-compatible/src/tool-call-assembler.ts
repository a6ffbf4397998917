import type { JsonValue, ModelEvent } from "@salesagent/ports";
import { parseJson, WireFailure } from "@salesagent/provider-kit";
import type { WireToolCall } from "./chat-wire.js";

interface OpenCall {
  readonly callId: string;
  /** The id as the vendor sent it; empty when it sent none. */
  readonly wireId: string;
  name: string;
  started: boolean;
  argumentsText: string;
  extra: JsonValue | undefined;
}

/**
 * Assembles tool calls from the fragments of the OpenAI format, in all the forms that servers send: whole or in pieces,
 * with equal, missing or shifted indexes, with missing, empty or repeated ids, with names repeated, with arguments as text,
 * null or an object. An index tells which call a piece continues; it is never a position.
 */
export class ToolCallAssembler {
  readonly #createId: () => string;
  readonly #calls: OpenCall[] = [];
  readonly #latestAt = new Map<number | undefined, OpenCall>();

  constructor(createId: () => string) {
    this.#createId = createId;
  }

  get count(): number {
    return this.#calls.length;
  }

  push(item: WireToolCall, events: ModelEvent[]): void {
    const call = this.#find(item) ?? this.#open(item);
    const name = item.function?.name;
    if (!call.started && name) {
      call.name = name;
      call.started = true;
      events.push({ type: "tool-call-start", callId: call.callId, name });
      if (call.argumentsText !== "") this.#delta(call, call.argumentsText, events);
    }
    if (item.extra_content !== undefined) call.extra = item.extra_content;
    const piece = argumentsPiece(item.function?.arguments);
    if (piece === "") return;
    call.argumentsText += piece;
    if (call.started) this.#delta(call, piece, events);
  }

  /**
   * Parses every call and ends it.
   *
   * @param providerData - Makes what must be sent back with a call from its extra content.
   * @throws WireFailure when arguments are not JSON, or a call never got a name.
   */
  end(events: ModelEvent[], provider: string): void {
    for (const call of this.#calls) {
      const { callId, name, argumentsText, extra } = call;
      const input = argumentsText.trim() === "" ? {} : parseJson(argumentsText);
      if (input === undefined || !call.started) {
        throw new WireFailure({ kind: "tool-call", toolCall: { tool: name || "(unnamed)", argumentsText } });
      }
      events.push({
        type: "tool-call-end",
        callId,
        name,
        input,
        ...(extra === undefined ? {} : { providerData: { [provider]: { extra_content: extra } } }),
      });
    }
  }

  #delta(call: OpenCall, argumentsText: string, events: ModelEvent[]): void {
    events.push({ type: "tool-call-delta", callId: call.callId, argumentsText });
  }

  /** The call that a piece continues, or nothing when it begins a new one. */
  #find(item: WireToolCall): OpenCall | undefined {
    const latest = this.#latestAt.get(item.index ?? undefined) ?? this.#withoutIndex(item);
    if (item.id) {
      if (latest?.wireId === item.id) return latest;
      return this.#calls.find((call) => call.wireId === item.id && item.index == null);
    }
    if (!latest) return undefined;
    if (!item.function?.name) return latest;
    const complete = latest.argumentsText !== "" && parseJson(latest.argumentsText) !== undefined;
    return complete ? undefined : latest;
  }

  /** A piece without an index continues the call that came last. */
  #withoutIndex(item: WireToolCall): OpenCall | undefined {
    return item.index == null ? this.#calls[this.#calls.length - 1] : undefined;
  }

  #open(item: WireToolCall): OpenCall {
    const wireId = item.id ?? "";
    const taken = wireId === "" || this.#calls.some((call) => call.callId === wireId);
    const call: OpenCall = {
      callId: taken ? this.#createId() : wireId,
      wireId,
      name: "",
      started: false,
      argumentsText: "",
      extra: undefined,
    };
    this.#calls.push(call);
    this.#latestAt.set(item.index ?? undefined, call);
    return call;
  }
}

function argumentsPiece(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
