import type { ModelStream } from "@salesagent/ports";

/** How bare text is read. */
export interface TextStreamOptions {
  /**
   * Gives text out only once nothing can take it back, so later and in larger pieces; without it, text comes as it is written,
   * and the reader is told by an error when a part of it is withdrawn.
   *
   * @defaultValue false
   */
  readonly holdBack?: boolean | undefined;
}

/**
 * The text of an answer, and nothing else.
 *
 * @throws Error when text that was given out is withdrawn by another model's restart, which bare text can't tell; never with
 * `holdBack`. What the stream throws.
 */
export async function* textStream(
  stream: ModelStream,
  { holdBack = false }: TextStreamOptions = {},
): AsyncGenerator<string, void, void> {
  let given = false;
  let held = "";
  for await (const event of stream) {
    if (event.type === "text-delta" && !holdBack) {
      given = true;
      yield event.text;
    } else if (event.type === "text-delta") {
      held += event.text;
    } else if (event.type === "restart") {
      if (given) throw withdrawnText("of an answer");
      held = "";
    } else if (event.type === "finish" && held !== "") {
      yield held;
    }
  }
}

/** The error for text that was given out and is not valid any more. */
export function withdrawnText(whose: string): Error {
  return new Error(
    `The text ${whose} was withdrawn after a part of it was read. Read with \`holdBack\`, or read the events instead of the bare text.`,
  );
}
