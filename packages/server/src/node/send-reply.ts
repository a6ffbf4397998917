import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type Reply, StreamReply, TextReply, wholeTextOf } from "../reply.js";

/** Writes an answer out, as fast as it is taken and no faster. Resolves when it is out, or whoever asked is gone. Never rejects. */
export async function sendReply(reply: Reply, outgoing: ServerResponse): Promise<void> {
  const { status } = reply;
  if (reply instanceof TextReply) {
    sendText(outgoing, { status, headers: Object.fromEntries(reply.headers), text: reply.text });
    return;
  }
  if (reply instanceof StreamReply) {
    const { stream } = reply;
    return sendStream(outgoing, { status, headers: Object.fromEntries(reply.headers), stream });
  }
  const headers = headersOf(reply);
  const text = wholeTextOf(reply) ?? null;
  if (text !== null || !reply.body) sendText(outgoing, { status, headers, text });
  else await sendStream(outgoing, { status, headers, stream: reply.body });
}

interface Head {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
}

function sendText(
  outgoing: ServerResponse,
  { status, headers, text }: Head & { readonly text: string | null },
): void {
  if (text === null) {
    outgoing.writeHead(status, headers).end();
    return;
  }
  const length = Buffer.byteLength(text);
  // As many bytes as characters: ASCII, which is written faster as such.
  const encoding = length === text.length ? "latin1" : "utf8";
  outgoing.writeHead(status, { ...headers, "content-length": length }).end(text, encoding);
}

async function sendStream(
  outgoing: ServerResponse,
  { status, headers, stream }: Head & { readonly stream: ReadableStream<Uint8Array> },
): Promise<void> {
  const reader = stream.getReader();
  // Also while it waits for room: a body that is cut then is not asked for more.
  reader.closed.catch(() => outgoing.destroy());
  const onClose = () => void reader.cancel().catch(() => {});
  outgoing.on("close", onClose).writeHead(status, headers);
  // Readers of events are told at once that they are connected; what there is to tell already goes out with it.
  const isEvents = headers["content-type"] === "text/event-stream";
  const flush = isEvents ? setImmediate(() => outgoing.flushHeaders()) : undefined;
  try {
    await pump(reader, outgoing, () => clearImmediate(flush));
  } catch {
    outgoing.destroy();
  } finally {
    clearImmediate(flush);
    outgoing.off("close", onClose);
  }
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  outgoing: ServerResponse,
  onPiece: () => void,
): Promise<void> {
  for (;;) {
    const { done, value } = await reader.read();
    onPiece();
    if (done) break;
    if (outgoing.destroyed) return;
    if (!outgoing.write(value)) await roomIn(outgoing);
  }
  outgoing.end();
}

function roomIn(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.on("drain", done).on("close", done);
  });
}

function headersOf({ headers }: Response): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = Object.fromEntries(headers);
  const cookies = headers.getSetCookie();
  return cookies.length > 0 ? { ...all, "set-cookie": cookies } : all;
}
