import type { ErrorCode, ErrorFacts } from "./error-facts.js";

/** Shared through the global registry, so that errors of two installed copies still know each other. */
const BRAND: unique symbol = Symbol.for("salesagent.error");

/** `safe`: running the call again cannot act twice on a prospect. Unknown counts as `unsafe`. */
export type Replay = "safe" | "unsafe";

/** What an error is built from. */
export interface ErrorInit<C extends ErrorCode> {
  /** What happened, to what, and what to do. Never a secret, never a prospect's data. */
  readonly message: string;
  readonly facts: ErrorFacts[C];
  readonly replay: Replay;
  readonly cause?: unknown;
}

/**
 * The one family of operational failures. Test with {@link SalesAgentError.is}, which works across two installed copies;
 * `instanceof` does not. Slips of the programmer are `TypeError` or `RangeError` instead, and an abort rejects with the
 * caller's own `signal.reason`, unwrapped.
 */
export class SalesAgentError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = "SalesAgentError";
  readonly code: C;
  readonly facts: ErrorFacts[C];
  readonly replay: Replay;

  constructor(code: C, init: ErrorInit<C>) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = code;
    this.facts = init.facts;
    this.replay = init.replay;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Narrows an unknown value to this family, and to one code where one is given. */
  static is<C extends ErrorCode = ErrorCode>(value: unknown, code?: C): value is AnySalesAgentError<C> {
    if (typeof value !== "object" || value === null || !(BRAND in value)) return false;
    return code === undefined || (value as { code?: unknown }).code === code;
  }

  /** The error as plain data, for logs, events and stored rows. The cause and the stack stay out. */
  toJSON(): { code: C; message: string; facts: ErrorFacts[C]; replay: Replay } {
    return { code: this.code, message: this.message, facts: this.facts, replay: this.replay };
  }
}

/** Distributes over codes, so that `switch (error.code)` narrows `error.facts`. */
export type AnySalesAgentError<C extends ErrorCode = ErrorCode> = C extends ErrorCode
  ? SalesAgentError<C>
  : never;
