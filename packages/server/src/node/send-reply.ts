import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type Reply, TextReply, wholeTextOf } from "../reply.js";

/** Writes an answer out, as fast as it is taken and no faster. Resolves when it is out, or whoever asked is gone. Never rejects. */
export async function sendReply(reply: Reply, outgoing: ServerResponse): Promise<void> {
  if (reply instanceof TextReply) {
    sendText(outgoing, reply.status, Object.fromEntries(reply.headers), reply.text);
    return;
  }
  const text = wholeTextOf(reply);
  if (text === undefined) await sendResponse(reply, outgoing);
  else sendText(outgoing, reply.status, headersOf(reply), text);
}

function sendText(
  outgoing: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  text: string | null,
): void {
  if (text !== null) headers["content-length"] = Buffer.byteLength(text);
  outgoing.writeHead(status, headers).end(text ?? undefined);
}

async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, headersOf(response));
  if (!response.body) {
    outgoing.end();
    return;
  }
  const reader = response.body.getReader();
  // Also while it waits for room: a body that is cut then is not asked for more.
  reader.closed.catch(() => outgoing.destroy());
  const onClose = () => void reader.cancel().catch(() => {});
  outgoing.on("close", onClose);
  if (response.headers.get("content-type") === "text/event-stream") outgoing.flushHeaders();
  try {
    await pump(reader, outgoing);
  } catch {
    outgoing.destroy();
  } finally {
    outgoing.off("close", onClose);
  }
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  outgoing: ServerResponse,
): Promise<void> {
  for (;;) {
    const { done, value } = await reader.read();
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
