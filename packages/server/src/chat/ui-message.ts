import type { JsonObject, JsonValue, StoredStreamEvent, StreamRecord } from "@salesagent/ports";
import { AnswerParts } from "./answer-parts.js";
import { fieldOf, textOf } from "./event-data.js";
import { ToolCalls } from "./tool-calls.js";
import type { UiChunk } from "./ui-chunk.js";

/** Told by what becomes of them, not by themselves. */
const SILENT = new Set(["run-started", "start", "continue"]);

/**
 * A run as one message of the AI SDK's UI. Text comes as it is written; what is taken back is marked `withdrawn` in the part's
 * `providerMetadata.salesagent`. A structured output comes as `data-partial` and `data-output`, a call that waits for a person as
 * `data-approval`, and each of an agent's own events as `data-<type>`.
 */
export class UiMessage {
  readonly #messageId: string;
  readonly #parts = new AnswerParts();
  readonly #tools = new ToolCalls();
  /** How many of an agent's own events were told, and how many before the step under way. */
  #own = 0;
  #ownBeforeStep = 0;
  #isInStep = false;
  /** An answer is whole, and stands unless the next event rejects it. */
  #mayBeRejected = false;
  #isOver = false;
  #finish: JsonObject | undefined;

  /** @param messageId - The run's: a page that reads the stream again has the same message, and not another one. */
  constructor(messageId: string) {
    this.#messageId = messageId;
  }

  *begin(): Generator<UiChunk> {
    yield { type: "start", messageId: this.#messageId, messageMetadata: { runId: this.#messageId } };
  }

  *event({ type, data }: Pick<StoredStreamEvent, "type" | "data">): Generator<UiChunk> {
    if (this.#mayBeRejected) {
      this.#mayBeRejected = false;
      yield* this.#parts.end(type === "output-rejected" ? "withdrawn" : "stands");
    }
    switch (type) {
      case "text-delta":
        return yield* this.#parts.delta("text", textOf(data, "text"));
      case "reasoning-delta":
        return yield* this.#parts.delta("reasoning", textOf(data, "text"));
      case "output-partial":
        this.#parts.structured();
        return yield { type: "data-partial", id: "output", data: fieldOf(data, "value") };
      case "finish":
        this.#mayBeRejected = true;
        return;
      case "step-started":
        return yield* this.#beginStep(data);
      case "restart":
      case "output-rejected":
        return yield* this.#withdraw();
      case "run-resumed":
        yield* this.#withdraw();
        this.#own = this.#ownBeforeStep;
        return;
      case "run-completed":
      case "run-failed":
      case "run-cancelled":
        return yield* this.#end(type, data);
    }
    yield* this.#other(type, data);
  }

  /** @param record - How the stream ended, where that is known. */
  *end(record: StreamRecord | undefined): Generator<UiChunk> {
    yield* this.#endStep();
    if (!this.#isOver && record?.status === "failed") {
      yield { type: "error", errorText: record.error?.message ?? "The run failed." };
    }
    if (!this.#isOver && record?.status === "cancelled") yield { type: "abort" };
    yield this.#finish ? { type: "finish", messageMetadata: this.#finish } : { type: "finish" };
  }

  *#other(type: string, data: JsonValue): Generator<UiChunk> {
    if (SILENT.has(type)) return;
    this.#parts.interrupt();
    switch (type) {
      case "tool-call-start":
        return yield* this.#tools.begin(data);
      case "tool-call-delta":
        return yield* this.#tools.piece(data);
      case "tool-call-end":
      case "tool-started":
        return yield* this.#tools.input(data);
      case "tool-finished":
        return yield* this.#tools.output(data);
      case "approval-requested":
        return yield { type: "data-approval", id: textOf(data, "approvalId") || "approval", data };
    }
    this.#own += 1;
    // The same id when it is told again after a takeover: it takes the place of the one before.
    yield { type: `data-${type}`, id: `${type}-${this.#own}`, data };
  }

  *#beginStep(data: JsonValue): Generator<UiChunk> {
    this.#ownBeforeStep = this.#own;
    if (textOf(data, "kind") !== "model") return;
    yield* this.#endStep();
    this.#isInStep = true;
    yield { type: "start-step" };
  }

  *#endStep(): Generator<UiChunk> {
    yield* this.#parts.end("stands");
    if (!this.#isInStep) return;
    this.#isInStep = false;
    yield { type: "finish-step" };
  }

  *#withdraw(): Generator<UiChunk> {
    yield* this.#parts.end("withdrawn");
    yield* this.#tools.withdraw();
  }

  *#end(type: "run-completed" | "run-failed" | "run-cancelled", data: JsonValue): Generator<UiChunk> {
    this.#isOver = true;
    if (type === "run-completed") {
      const output = fieldOf(data, "output");
      yield* this.#endStep();
      if (typeof output !== "string") yield { type: "data-output", id: "output", data: output };
      this.#finish = { runId: this.#messageId, ...summaryOf(fieldOf(data, "summary")) };
      return;
    }
    yield* this.#withdraw();
    yield* this.#endStep();
    if (type === "run-failed")
      yield { type: "error", errorText: textOf(data, "message") || "The run failed." };
    else yield { type: "abort" };
  }
}

/** What a page may show of what the run took. */
function summaryOf(summary: JsonValue): JsonObject {
  const told = ["costUsd", "latencyMs", "usage"].map((name) => [name, fieldOf(summary, name)] as const);
  return Object.fromEntries(told.filter(([, value]) => value !== null));
}
