import type { FinishReason, JsonValue, ModelEvent, Usage } from "@salesagent/ports";
import { type AnswerEnd, CodePointGate, readErrorBody, WireFailure } from "@salesagent/provider-kit";
import { fromUsage } from "./from-usage.js";
import { FunctionCalls, PROVIDER } from "./function-calls.js";
import type { WireChunk, WirePart } from "./gemini-wire.js";

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content-filter",
  RECITATION: "content-filter",
  BLOCKLIST: "content-filter",
  PROHIBITED_CONTENT: "content-filter",
  SPII: "content-filter",
  IMAGE_SAFETY: "content-filter",
};

/** The model's call of a tool could not be used. */
const CALL_FAILURES = new Set(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"]);

/** Builds the events of one answer from the chunks of this format. */
export class GeminiAnswer {
  readonly #calls: FunctionCalls;
  readonly #textGate = new CodePointGate();
  readonly #thoughtGate = new CodePointGate();
  #reason: string | undefined;
  #usage: Usage = {};

  constructor(createId: () => string) {
    this.#calls = new FunctionCalls(createId);
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** @throws WireFailure when the chunk tells of an error, of a blocked prompt, or of a call that can't be used. */
  push(chunk: WireChunk, events: ModelEvent[]): void {
    // Counts are cumulative: the last ones stand.
    if (chunk.usageMetadata) this.#usage = fromUsage(chunk.usageMetadata);
    if (chunk.error) refuseError(chunk as JsonValue);
    if (chunk.promptFeedback?.blockReason) refuseBlocked(chunk.promptFeedback);
    for (const { index = 0, content, finishReason, finishMessage } of chunk.candidates ?? []) {
      if (index !== 0) continue;
      for (const part of content?.parts ?? []) this.#pushPart(part, events);
      if (!finishReason) continue;
      this.#reason = finishReason;
      if (CALL_FAILURES.has(finishReason)) refuseCall(finishMessage ?? finishReason);
    }
  }

  /** @throws WireFailure when the answer is not whole. */
  end(events: ModelEvent[]): AnswerEnd {
    if (this.#reason === undefined) throw new WireFailure({ kind: "cut" });
    this.#write(this.#thoughtGate.end(), true, undefined, events);
    this.#write(this.#textGate.end(), false, undefined, events);
    this.#calls.end(events);
    return { reason: this.#finishReason(this.#reason), usage: this.#usage };
  }

  #pushPart(part: WirePart, events: ModelEvent[]): void {
    if (part.functionCall) {
      this.#calls.push(part, events);
      return;
    }
    const thought = part.thought === true;
    const gate = thought ? this.#thoughtGate : this.#textGate;
    this.#write(gate.push(part.text ?? ""), thought, part.thoughtSignature, events);
  }

  #write(text: string, thought: boolean, signature: string | undefined, events: ModelEvent[]): void {
    if (text === "" && signature === undefined) return;
    const type = thought ? "reasoning-delta" : "text-delta";
    if (signature === undefined) events.push({ type, text });
    else {
      // A signature holds for its own part alone, which may be empty, while neighbours are joined on the way.
      const proof = { thoughtSignature: signature, signedChars: text.length };
      events.push({ type, text, providerData: { [PROVIDER]: proof } });
    }
  }

  #finishReason(wire: string): FinishReason {
    const known = Object.hasOwn(FINISH_REASONS, wire) ? FINISH_REASONS[wire] : undefined;
    return this.#calls.count > 0 && known === "stop" ? "tool-calls" : (known ?? "other");
  }
}

function refuseError(body: JsonValue): never {
  throw new WireFailure({ kind: "in-band", ...readErrorBody(body) });
}

function refuseBlocked(feedback: NonNullable<WireChunk["promptFeedback"]>): never {
  throw new WireFailure({
    kind: "in-band",
    vendorCode: feedback.blockReason ?? "OTHER",
    vendorMessage: feedback.blockReasonMessage ?? `The prompt was blocked (${feedback.blockReason}).`,
    error: { blocked: true },
  });
}

function refuseCall(said: string): never {
  throw new WireFailure({ kind: "tool-call", toolCall: { tool: "(unnamed)", argumentsText: said } });
}
