import { malformed } from "./client-error.js";

/** One message of an event stream (WHATWG server-sent events). */
export interface SseMessage {
  /** The last `id` that was told so far. */
  readonly id: string;
  /** `message` where no `event` was told. */
  readonly event: string;
  readonly data: string;
}

/** Kept up to date as it is told, outside of messages. */
export interface SseHints {
  /** The server's wish of how long to wait before another connection, in milliseconds. */
  retryMs: number;
}

/** What one message may hold, in characters: more is no stream of ours. */
export const MAX_MESSAGE_CHARACTERS = 8_000_000;

/**
 * Reads server-sent events from pieces of text cut anywhere. What a connection's end cuts off is no message.
 *
 * @returns What to call with each piece; it answers with the messages that the piece completes.
 * @throws `client.malformed` when one message is larger than `MAX_MESSAGE_CHARACTERS`.
 */
export function createSseParser(hints: SseHints): (piece: string) => SseMessage[] {
  let line = "";
  let id = "";
  let event = "";
  let data: string[] = [];
  let size = 0;
  let afterCr = false;
  let messages: SseMessage[] = [];

  const field = (name: string, value: string) => {
    if (name === "data") data.push(value);
    else if (name === "event") event = value;
    else if (name === "id" && !value.includes("\0")) id = value;
    else if (name === "retry" && /^\d{1,9}$/.test(value)) hints.retryMs = Number(value);
  };
  const endLine = () => {
    if (line === "") {
      if (data.length > 0) messages.push({ id, event: event || "message", data: data.join("\n") });
      data = [];
      event = "";
      size = 0;
    } else {
      const colon = line.indexOf(":");
      if (colon < 0) field(line, "");
      else if (colon > 0) field(line.slice(0, colon), line.slice(colon + (line[colon + 1] === " " ? 2 : 1)));
      else size -= line.length; // a comment: heartbeats are part of no message
    }
    line = "";
  };
  const take = (text: string) => {
    size += text.length;
    if (size > MAX_MESSAGE_CHARACTERS) {
      throw malformed(`A message of the event stream is over ${MAX_MESSAGE_CHARACTERS} characters.`);
    }
    line += text;
  };

  return (piece) => {
    messages = [];
    // A CR ends its line at once; the LF of a CRLF, which may come with the next piece, ends nothing more.
    let from = afterCr && piece.startsWith("\n") ? 1 : 0;
    if (piece !== "") afterCr = piece.endsWith("\r");
    const ends = /\r\n?|\n/g;
    ends.lastIndex = from;
    for (let end = ends.exec(piece); end; end = ends.exec(piece)) {
      take(piece.slice(from, end.index));
      endLine();
      from = ends.lastIndex;
    }
    take(piece.slice(from));
    return messages;
  };
}
