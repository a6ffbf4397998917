import type { JsonValue } from "@salesagent/ports";

/** What a vendor refuses a request for. Each is rendered with the vendor's own status, body and names. */
export type FailureReason =
  | "auth"
  | "billing"
  | "forbidden"
  | "not-found"
  | "too-large"
  | "bad-request"
  | "unprocessable"
  | "rate-limit"
  | "quota"
  | "server"
  | "bad-gateway"
  | "unavailable"
  | "gateway-timeout"
  | "overloaded"
  | "context-length"
  | "content-filter";

/** How long the vendor asks to wait, in each of the forms that are seen. */
export type RetryAfter =
  | { readonly seconds: number }
  /** An HTTP date this many milliseconds after the sandbox's now; dates have whole seconds. */
  | { readonly httpDateInMs: number }
  /** The header `retry-after-ms`. */
  | { readonly milliseconds: number };

/** A refusal before any answer. */
export interface StatusFault {
  readonly type: "status";
  /** @defaultValue the reason that the status usually means */
  readonly reason?: FailureReason;
  /** @defaultValue the vendor's status for the reason; one of the two must be given */
  readonly status?: number;
  /** @defaultValue a message in the vendor's words */
  readonly message?: string;
  readonly retryAfter?: RetryAfter;
  readonly headers?: Readonly<Record<string, string>>;
  /** A body in place of the vendor's own; a string is sent as it is. */
  readonly body?: JsonValue;
  /** @defaultValue `application/json`, `text/html` for a bad gateway */
  readonly contentType?: string;
}

/** A failure told inside a stream that began as a success. */
export interface InBandErrorFault {
  readonly type: "in-band-error";
  /** @defaultValue "server" */
  readonly reason?: FailureReason;
  readonly message?: string;
  /** Events that come before it. @defaultValue 1 */
  readonly afterEvents?: number;
  /**
   * `vendor`: as this vendor sends it; `wrapped`: `data: {"error":{…}}`; `flat`: the error's keys at the top;
   * `named-wrapped` and `named-flat`: the same under `event: error`. NDJSON has no names. @defaultValue "vendor"
   */
  readonly shape?: "vendor" | "wrapped" | "flat" | "named-wrapped" | "named-flat";
  /** Whether the format's terminator follows. @defaultValue false; vLLM and OpenRouter true */
  readonly terminator?: boolean;
}

/**
 * Something that goes wrong on the wire. "Events" are what the format counts as such: SSE events or NDJSON lines, without
 * comments. A whole answer (`stream: false`) counts as one event.
 */
export type Fault =
  | StatusFault
  | InBandErrorFault
  /**
   * The connection is reset: before the headers, or after so many events. A client that has not read those yet may see
   * the connection end early in place of the reset; HTTP clients take both for a broken body.
   */
  | { readonly type: "reset"; readonly afterEvents?: number }
  /** The request is taken and never answered. */
  | { readonly type: "silence" }
  | { readonly type: "slow-headers"; readonly delayMs: number }
  | { readonly type: "slow-first-token"; readonly delayMs: number }
  /** The body ends cleanly, too early. Without a place: just before the finish. */
  | {
      readonly type: "cut";
      readonly afterEvents?: number;
      readonly afterBytes?: number;
      /** Cut inside the event that follows `afterEvents`, or inside its first (or a later) multi-byte character. */
      readonly inside?: "event" | "code-point";
    }
  /** Nothing more comes, and the socket stays open. */
  | {
      readonly type: "stall";
      /** @defaultValue 1 */
      readonly afterEvents?: number;
      /** Sends the format's keep-alive this often, in milliseconds. @defaultValue none */
      readonly keepAliveEveryMs?: number;
    }
  /** An event that is no JSON. */
  | { readonly type: "malformed-event"; readonly afterEvents?: number; readonly text?: string }
  /** The format's end mark is missing: `[DONE]`, `message_stop`, the line with `done: true`. */
  | { readonly type: "no-terminator" }
  /** The last line has no end. Harmless in NDJSON; an SSE event that is not ended is none. */
  | { readonly type: "no-final-newline" }
  /** A web page in place of an answer, under status 200 unless told. */
  | { readonly type: "html"; readonly status?: number }
  /** A JSON error body under status 200, whatever was asked for. */
  | { readonly type: "json-error"; readonly reason?: FailureReason; readonly message?: string }
  | { readonly type: "content-type"; readonly value: string }
  /** The event that tells the finish comes twice. */
  | { readonly type: "duplicate-finish" }
  /** One text event is this large. */
  | { readonly type: "huge-event"; readonly bytes: number }
  /** Bytes are written in pieces of this size, or cut at these offsets into the body. */
  | { readonly type: "split"; readonly size?: number; readonly at?: readonly number[] }
  /** Lines end with `\r\n`. */
  | { readonly type: "crlf" }
  /** A byte-order mark comes first. */
  | { readonly type: "bom" }
  /** A comment (SSE) comes before every so many events. */
  | { readonly type: "comments"; readonly every?: number; readonly text?: string }
  /** Anthropic's `event: ping` comes before every so many events; elsewhere a comment. */
  | { readonly type: "pings"; readonly every?: number };

/** The names of faults. */
export type FaultType = Fault["type"];
