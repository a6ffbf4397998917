import { type ModelEvent, SalesAgentError } from "@salesagent/ports";

/**
 * Holds the events of one answer to their grammar as they come, for models that a host wrote by hand. What breaks it is a failure
 * of the model, while another may still answer.
 */
export class AnswerGrammar {
  readonly #model: { readonly provider: string; readonly modelId: string };
  #begun = false;
  /** Of the tool calls so far, whether each is open still. */
  #calls: Map<string, boolean> | undefined;

  constructor(model: { readonly provider: string; readonly modelId: string }) {
    this.#model = model;
  }

  /** @throws `model.malformed_response` */
  check(event: ModelEvent): void {
    const type: unknown = event?.type;
    if (typeof type !== "string") throw this.#malformed("sent something that is no event of an answer");
    if ((type === "start") === this.#begun) {
      throw this.#malformed(this.#begun ? "began its answer twice" : "answered without a start");
    }
    switch (type) {
      case "start":
        this.#begun = true;
        return;
      case "text-delta":
      case "reasoning-delta":
        if (typeof (event as { text?: unknown }).text !== "string")
          throw this.#malformed("sent text that is none");
        return;
      case "restart":
        this.#calls = undefined;
        return;
      case "tool-call-start":
      case "tool-call-delta":
      case "tool-call-end":
        this.#checkCall(event as Extract<ModelEvent, { type: `tool-call-${string}` }>);
        return;
      case "continue":
      case "finish":
        if (this.#calls && [...this.#calls.values()].includes(true)) {
          throw this.#malformed("never ended one of its tool calls");
        }
    }
  }

  #checkCall(event: Extract<ModelEvent, { type: `tool-call-${string}` }>): void {
    this.#calls ??= new Map();
    const { type, callId } = event;
    if (type === "tool-call-start") {
      if (this.#calls.has(callId)) throw this.#malformed("gave two tool calls the same id");
      this.#calls.set(callId, true);
      return;
    }
    if (!this.#calls.get(callId)) throw this.#malformed("went on with a tool call that was not open");
    if (type === "tool-call-end") this.#calls.set(callId, false);
    else if (typeof event.argumentsText !== "string")
      throw this.#malformed("sent arguments that are no text");
  }

  #malformed(what: string): SalesAgentError<"model.malformed_response"> {
    const { provider, modelId } = this.#model;
    return new SalesAgentError("model.malformed_response", {
      message: `${provider}/${modelId} ${what}. Call again, or fail over to another model.`,
      facts: { provider, modelId },
      replay: "safe",
    });
  }
}
