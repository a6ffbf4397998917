import type { JsonObject, JsonValue, ModelEvent } from "@salesagent/ports";
import type { WirePart } from "./gemini-wire.js";
import { PartialArguments } from "./partial-arguments.js";

/** Key of this vendor's data in parts and options. */
export const PROVIDER = "gemini";

interface OpenCall {
  readonly callId: string;
  readonly name: string;
  readonly proof: JsonObject;
  readonly pieces: PartialArguments;
}

/** Reads calls that come whole, one a part, or piece by piece, one after another. */
export class FunctionCalls {
  readonly #createId: () => string;
  readonly #ids = new Set<string>();
  #open: OpenCall | undefined;

  constructor(createId: () => string) {
    this.#createId = createId;
  }

  get count(): number {
    return this.#ids.size;
  }

  push(part: WirePart, events: ModelEvent[]): void {
    const { name, args, partialArgs = [], willContinue } = part.functionCall ?? {};
    if (name) this.#begin(part, name, events);
    const call = this.#open;
    if (!call) return;
    for (const piece of partialArgs) call.pieces.push(piece);
    if (name && args && willContinue !== true) this.#close(args, events);
    else if (willContinue !== true && partialArgs.length === 0) this.end(events);
  }

  /** Ends a call that is open: some never get their closing part. */
  end(events: ModelEvent[]): void {
    if (this.#open) this.#close(this.#open.pieces.build(), events);
  }

  #begin(part: WirePart, name: string, events: ModelEvent[]): void {
    this.end(events);
    const wireId = part.functionCall?.id;
    const callId = wireId && !this.#ids.has(wireId) ? wireId : this.#createId();
    this.#ids.add(callId);
    const proof = {
      ...(callId === wireId ? { id: wireId } : {}),
      ...(part.thoughtSignature === undefined ? {} : { thoughtSignature: part.thoughtSignature }),
    };
    this.#open = { callId, name, proof, pieces: new PartialArguments() };
    events.push({ type: "tool-call-start", callId, name });
  }

  #close(input: JsonValue, events: ModelEvent[]): void {
    if (!this.#open) return;
    const { callId, name, proof } = this.#open;
    this.#open = undefined;
    events.push(
      { type: "tool-call-delta", callId, argumentsText: JSON.stringify(input) },
      {
        type: "tool-call-end",
        callId,
        name,
        input,
        ...(Object.keys(proof).length > 0 ? { providerData: { [PROVIDER]: proof } } : {}),
      },
    );
  }
}
