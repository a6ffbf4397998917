import type { JsonValue } from "@salesagent/ports";
import { fieldOf, textOf } from "./event-data.js";
import type { UiChunk } from "./ui-chunk.js";

/** Calls of tools, by their ids: each is told to begin before anything else of it. */
export class ToolCalls {
  /** Calls whose input is not complete, with their tools. */
  readonly #open = new Map<string, string>();
  readonly #known = new Set<string>();

  *begin(data: JsonValue): Generator<UiChunk> {
    const [toolCallId, toolName] = [textOf(data, "callId"), textOf(data, "name")];
    if (toolCallId === "") return;
    this.#open.set(toolCallId, toolName);
    yield { type: "tool-input-start", toolCallId, toolName, dynamic: true };
  }

  *piece(data: JsonValue): Generator<UiChunk> {
    const toolCallId = textOf(data, "callId");
    if (!this.#open.has(toolCallId)) return;
    yield { type: "tool-input-delta", toolCallId, inputTextDelta: textOf(data, "argumentsText") };
  }

  /** Told by the model and by whoever runs the tool; once is enough. */
  *input(data: JsonValue): Generator<UiChunk> {
    const [toolCallId, toolName] = [textOf(data, "callId"), textOf(data, "name")];
    if (toolCallId === "" || this.#known.has(toolCallId)) return;
    this.#open.delete(toolCallId);
    this.#known.add(toolCallId);
    yield {
      type: "tool-input-available",
      toolCallId,
      toolName,
      input: fieldOf(data, "input"),
      dynamic: true,
    };
  }

  *output(data: JsonValue): Generator<UiChunk> {
    const toolCallId = textOf(data, "callId");
    if (toolCallId === "") return;
    yield* this.input(data);
    const output = fieldOf(data, "output");
    yield fieldOf(data, "failed") === true
      ? { type: "tool-output-error", toolCallId, errorText: toText(output), dynamic: true }
      : { type: "tool-output-available", toolCallId, output, dynamic: true };
  }

  /** Calls that were never complete will not be: what they belonged to was taken back. Calls may be told anew. */
  *withdraw(): Generator<UiChunk> {
    for (const [toolCallId, toolName] of this.#open) {
      const errorText = "The call was withdrawn.";
      yield { type: "tool-input-error", toolCallId, toolName, input: null, errorText, dynamic: true };
    }
    this.#open.clear();
    this.#known.clear();
  }
}

const toText = (output: JsonValue): string => (typeof output === "string" ? output : JSON.stringify(output));
