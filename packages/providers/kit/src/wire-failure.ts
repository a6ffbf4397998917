import type { JsonObject } from "@salesagent/ports";

/** What kind of thing went wrong on the wire, before it is mapped to the error family. */
export type WireFailureKind = "status" | "in-band" | "malformed" | "cut" | "tool-call";

/** What a failed exchange told. */
export interface WireFailureInit {
  readonly kind: WireFailureKind;
  /** HTTP status; for an error inside a 200, the status that the vendor names, where it does. */
  readonly status?: number;
  readonly headers?: Headers;
  /** The vendor's code, type or status name. */
  readonly vendorCode?: string;
  /** The vendor's words. */
  readonly vendorMessage?: string;
  /** How long the body asks to wait, where it does. */
  readonly retryAfterMs?: number;
  /** The error object as the vendor sent it, for an adapter's own reading. */
  readonly error?: JsonObject;
  /** Of a tool call whose arguments are not JSON. */
  readonly toolCall?: { readonly tool: string; readonly argumentsText: string };
}

/** A failure of one HTTP exchange, in the vendor's words. Never leaves a provider package: `toModelError` maps it. */
export class WireFailure extends Error {
  override readonly name: string = "WireFailure";
  readonly init: WireFailureInit;

  constructor(init: WireFailureInit) {
    // Without the vendor's words: the OpenAI SDK takes an error that says "timed out" for a time-out of its own and drops it.
    super(`The exchange failed: ${init.kind}`);
    this.init = withTexts(init);
  }
}

/** Adapters pass on what a server sent, which may be of any type. */
function withTexts(init: WireFailureInit): WireFailureInit {
  const { vendorCode, vendorMessage, toolCall } = init;
  return {
    ...init,
    ...(vendorCode === undefined ? {} : { vendorCode: toText(vendorCode) }),
    ...(vendorMessage === undefined ? {} : { vendorMessage: toText(vendorMessage) }),
    ...(toolCall === undefined
      ? {}
      : { toolCall: { tool: toText(toolCall.tool), argumentsText: toText(toolCall.argumentsText) } }),
  };
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Finds a {@link WireFailure} in a chain of causes: vendor SDKs wrap what their `fetch` throws. */
export function findWireFailure(error: unknown): WireFailure | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; depth++) {
    if (current instanceof WireFailure) return current;
    current = current.cause;
  }
  return undefined;
}
