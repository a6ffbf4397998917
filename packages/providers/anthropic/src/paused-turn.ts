import type { JsonObject, JsonValue } from "@salesagent/ports";
import { parseJson, refuseWrongFormat } from "@salesagent/provider-kit";
import type { WireDelta, WireEvent } from "./messages-wire.js";

/** How often one answer is continued after a pause. */
const MAX_CONTINUATIONS = 5;

interface RecordedBlock {
  readonly fields: Record<string, JsonValue>;
  argumentsText: string;
}

/**
 * Keeps the blocks of a turn as they came. A vendor that runs its own tools for long pauses (`pause_turn`) and goes on
 * when it gets the turn back unchanged.
 */
export class PausedTurn {
  #blocks = new Map<number, RecordedBlock>();
  #content: JsonObject[] = [];
  #waiting = false;
  #continuations = 0;

  push(event: WireEvent): void {
    const index = event.index ?? 0;
    if (event.type === "content_block_start") {
      this.#blocks.set(index, { fields: { ...(event.content_block as JsonObject) }, argumentsText: "" });
    } else if (event.type === "content_block_delta") {
      const block = this.#blocks.get(index);
      if (block && event.delta) append(block, event.delta);
    } else if (event.type === "content_block_stop") {
      this.#close(index);
    }
  }

  /** The turn is over but not the answer. False when it was continued often enough: then this is the end. */
  pause(): boolean {
    if (this.#continuations === MAX_CONTINUATIONS) return false;
    this.#continuations++;
    this.#waiting = true;
    this.#blocks = new Map();
    return true;
  }

  /** All blocks so far when the vendor waits for them; asked once for each pause. */
  takeContent(): readonly JsonObject[] | undefined {
    if (!this.#waiting) return undefined;
    this.#waiting = false;
    return this.#content;
  }

  #close(index: number): void {
    const block = this.#blocks.get(index);
    if (!block) return;
    const input = block.argumentsText === "" ? undefined : parseJson(block.argumentsText);
    if (input !== undefined) block.fields["input"] = input;
    this.#content = [...this.#content, block.fields];
  }
}

function append(block: RecordedBlock, delta: WireDelta): void {
  const { fields } = block;
  for (const field of ["text", "thinking", "signature"] as const) {
    if (delta[field]) fields[field] = `${fields[field] ?? ""}${delta[field]}`;
  }
  if (delta.partial_json) block.argumentsText += delta.partial_json;
  if (delta.citation) {
    const before = fields["citations"];
    fields["citations"] = [...(Array.isArray(before) ? before : []), delta.citation];
  }
}

/**
 * A response whose body goes on with the body of the next one after each pause.
 *
 * @param next - Sends the turn back.
 */
export function continuedResponse(
  first: Response,
  paused: PausedTurn,
  next: (content: readonly JsonObject[]) => Promise<Response>,
): Response {
  let reader = first.body?.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const content = paused.takeContent();
        if (content) {
          await reader?.cancel();
          const response = await next(content);
          await refuseWrongFormat(response, ["text/event-stream"]);
          reader = response.body?.getReader();
        }
        const step = await reader?.read();
        if (step?.value) controller.enqueue(step.value);
        else controller.close();
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    // Nothing is read ahead: a pause is known only when the reader has seen the end of the turn.
    { highWaterMark: 0 },
  );
  return new Response(body, { status: first.status, headers: first.headers });
}
