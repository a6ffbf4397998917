import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { SalesAgentError } from "@salesagent/ports";
import type { EgressResponse } from "../ports/egress.js";

/** Decoders by content encoding. They work piece by piece, at the pace of the reader. */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", () => createGunzip()],
  ["x-gzip", () => createGunzip()],
  ["deflate", () => createInflate()],
  ["br", () => createBrotliDecompress()],
]);

/**
 * Node's message as a web-standard response with a decoded body.
 *
 * @throws `service.malformed_response` for an encoding that was not asked for, or headers that are none.
 */
export function toEgressResponse(message: IncomingMessage, method: string, host: string): EgressResponse {
  const headers = toHeaders(message, host);
  const status = message.statusCode ?? 0;
  if (method === "HEAD" || status === 204 || status === 304) {
    message.resume();
    return { status, headers, body: null };
  }
  return { status, headers, body: toWebStream(decode(message, headers, host)) };
}

function toHeaders(message: IncomingMessage, host: string): Headers {
  const headers = new Headers();
  try {
    for (const [name, values] of Object.entries(message.headersDistinct)) {
      for (const value of values ?? []) headers.append(name, value);
    }
  } catch (error) {
    throw malformed(host, "sends headers that are not allowed in HTTP", error);
  }
  return headers;
}

function decode(message: IncomingMessage, headers: Headers, host: string): Readable {
  const encoding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (encoding === "" || encoding === "identity") return message;
  const decoder = DECODERS.get(encoding)?.();
  if (!decoder) throw malformed(host, "answers in an encoding that was not asked for");
  // errors come out at the decoder, which is what is read
  return pipeline(message, decoder, () => {});
}

function toWebStream(readable: Readable): ReadableStream<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = readable[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void readable.destroy(),
    },
    { highWaterMark: 0 },
  );
}

function malformed(
  host: string,
  what: string,
  cause?: unknown,
): SalesAgentError<"service.malformed_response"> {
  return new SalesAgentError("service.malformed_response", {
    message: `${host} ${what}.`,
    facts: { service: host },
    replay: "unsafe",
    cause,
  });
}
