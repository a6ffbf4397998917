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
   * @param provider - Whose data the extra content is that must be sent back with a call.
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
    if (item.id) return this.#findById(item, item.id, latest);
    if (!latest) return undefined;
    const name = item.function?.name;
    if (!name || !latest.started) return latest;
    if (name !== latest.name) return undefined;
    // A name that is repeated on every piece; a whole call behind a whole call of the same tool is a new one.
    const whole = isWhole(latest) && argumentsPiece(item.function?.arguments) !== "";
    return whole ? undefined : latest;
  }

  #findById(item: WireToolCall, id: string, latest: OpenCall | undefined): OpenCall | undefined {
    if (latest?.wireId === id) return latest;
    const known = item.index == null ? this.#calls.find((call) => call.wireId === id) : undefined;
    if (known) return known;
    // Some servers make a new id for every piece; only a name begins a call where one is still open.
    return latest && !item.function?.name && !isWhole(latest) ? latest : undefined;
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

function isWhole({ argumentsText }: OpenCall): boolean {
  return argumentsText !== "" && parseJson(argumentsText) !== undefined;
}

function argumentsPiece(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
