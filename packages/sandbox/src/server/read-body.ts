import type { IncomingMessage } from "node:http";

/** A request's body as text. */
export interface BodyText {
  readonly text: string;
  /** It went over the limit: `text` is empty, and the rest was thrown away. */
  readonly tooLarge: boolean;
}

/** Reads a body of at most so many bytes. Rejects when the client leaves before its end. */
export async function readBody(message: IncomingMessage, limitBytes: number): Promise<BodyText> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { text: Buffer.concat(chunks).toString("utf8"), tooLarge: size > limitBytes };
}
