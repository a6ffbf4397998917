/** One thing that the server does with a response, in order. */
export type WireStep =
  | { readonly do: "write"; readonly bytes: Uint8Array }
  /** 0 waits for one turn of the event loop. */
  | { readonly do: "wait"; readonly ms: number }
  /** Nothing more; the socket stays open. */
  | { readonly do: "hold"; readonly keepAlive?: { readonly bytes: Uint8Array; readonly everyMs: number } }
  | { readonly do: "end" }
  | { readonly do: "reset" };

/** How a planned response comes out, if it comes to an end. */
export type PlannedOutcome = "answered" | "cut" | "reset";

/** A whole response, byte for byte, before any of it is sent. */
export interface WirePlan {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly headersMs: number;
  /** Set for a body that is sent whole; everything else is chunked. */
  readonly contentLength?: number;
  /** Set when not even headers come. */
  readonly beforeHeaders?: "reset" | "hold";
  readonly steps: readonly WireStep[];
  readonly outcome: PlannedOutcome;
}
