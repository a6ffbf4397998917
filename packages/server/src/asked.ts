import type { BodyLimits } from "./read-body.js";

/**
 * What the routes read of a request. A `Request` is one. So is a message of Node, which becomes a `Request` only where a host's own
 * function is to see it.
 */
export interface Asked {
  readonly method: string;
  /** With its scheme and host, such as `https://app.example.com/sales/leads?limit=5`. */
  readonly url: string;
  readonly headers: Pick<Headers, "get" | "has"> & Iterable<[string, string]>;
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal;
  readonly body: ReadableStream<Uint8Array> | null;
  /** The other end of its connection, where that is known. */
  readonly peerAddress?: string | undefined;
  /** What aborts `signal`, where the time limit of a handler may do so too, as nobody else holds the signal. */
  readonly controller?: AbortController | undefined;
  /** The whole body, where it need not be a stream for that. @throws As `readBytes`. */
  collect?(limits: BodyLimits): Promise<Uint8Array<ArrayBuffer>>;
  /** The same request for a host's own function; always the same object. Absent where it is a `Request` itself. */
  toRequest?(): Request;
}

/** The whole `Request`, for a host's own function. */
export function wholeRequest(asked: Asked): Request {
  return asked.toRequest?.() ?? (asked as Request);
}
