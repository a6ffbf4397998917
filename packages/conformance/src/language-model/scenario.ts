import type { JsonValue } from "@salesagent/ports";

/** A tool that the answer calls. */
export interface ScenarioToolCall {
  readonly name: string;
  /** An object, or the raw text, which need not be JSON. `""` is a tool without arguments. */
  readonly arguments?: JsonValue;
}

/** Tokens that the answer claims. Totals include their parts, whatever the vendor's own arithmetic is. */
export interface ScenarioUsage {
  readonly inputTokens?: number;
  readonly cachedTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
}

/** What a vendor refuses a request for, in the vendor's own status, body and names. */
export type ScenarioReason =
  | "auth"
  | "not-found"
  | "bad-request"
  | "rate-limit"
  | "quota"
  | "server"
  | "unavailable"
  | "overloaded"
  | "context-length"
  | "content-filter";

/**
 * What goes wrong on the wire. "Events" are what the vendor's format counts as such, comments left out; a whole answer
 * counts as one event.
 */
export type ScenarioFault =
  | {
      readonly type: "status";
      readonly reason: ScenarioReason;
      readonly message?: string;
      readonly retryAfter?:
        | { readonly seconds: number }
        /** An HTTP date this long after the server's now. */
        | { readonly httpDateInMs: number }
        /** The header `retry-after-ms`. */
        | { readonly milliseconds: number };
    }
  /** An error told inside an answer that began as a success. */
  | {
      readonly type: "in-band-error";
      readonly reason: ScenarioReason;
      readonly message?: string;
      readonly afterEvents: number;
    }
  /** The connection is reset: before the headers, or after so many events. */
  | { readonly type: "reset"; readonly afterEvents?: number }
  /** The request is taken and never answered. */
  | { readonly type: "silence" }
  /** The headers come at once, the first token after this delay on the server's clock. */
  | { readonly type: "slow-first-token"; readonly delayMs: number }
  /** The body ends cleanly, too early. Without a place: just before the finish. */
  | {
      readonly type: "cut";
      readonly afterEvents?: number;
      readonly inside?: "event" | "code-point";
    }
  /** Nothing more comes and the socket stays open; keep-alives go on where asked, by the server's clock. */
  | { readonly type: "stall"; readonly afterEvents: number; readonly keepAliveEveryMs?: number }
  | { readonly type: "malformed-event"; readonly afterEvents: number }
  /** A web page under status 200. */
  | { readonly type: "html" }
  /** A JSON error body under status 200. */
  | { readonly type: "json-error"; readonly reason: ScenarioReason; readonly message?: string }
  /** Bytes are written in pieces of this size. */
  | { readonly type: "split"; readonly size: number }
  | { readonly type: "crlf" }
  | { readonly type: "bom" }
  /** The format's keep-alive comes before every so many events. */
  | { readonly type: "comments"; readonly every: number }
  | { readonly type: "pings"; readonly every: number };

/**
 * What the server answers, in no vendor's words. It is the part of the sandbox's `Reply` that the suite uses, so a
 * scenario can be scripted as it is.
 */
export interface ModelScenario {
  readonly text?: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly ScenarioToolCall[];
  readonly finish?: "stop" | "length" | "content-filter";
  readonly usage?: ScenarioUsage;
  /** The exact pieces in which the text streams. */
  readonly chunks?: readonly string[];
  /** Words in one event. */
  readonly tokensPerEvent?: number;
  /** Time between two tokens by the server's clock; without it they come as fast as the socket takes them. */
  readonly timing?: { readonly betweenTokensMs: number };
  readonly fault?: ScenarioFault;
}
