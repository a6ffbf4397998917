/** Leave for one call. The first of its methods counts; later ones do nothing. */
export interface BreakerPermit {
  /** The call ended well, to its last item. */
  succeed(): void;
  /** The call failed. What that means is told by the breaker's `classify`. */
  fail(error: unknown): void;
  /** Neither good nor bad: aborted by the caller, or a hedge that lost. */
  forget(): void;
}

/** How a call ended. */
export type Outcome =
  | { readonly kind: "good" }
  | { readonly kind: "bad"; readonly error: unknown }
  | { readonly kind: "none" };

/** A permit that tells its outcome once. */
export class Permit implements BreakerPermit {
  #settle: ((outcome: Outcome) => void) | undefined;

  constructor(settle: (outcome: Outcome) => void) {
    this.#settle = settle;
  }

  succeed(): void {
    this.#end({ kind: "good" });
  }

  fail(error: unknown): void {
    this.#end({ kind: "bad", error });
  }

  forget(): void {
    this.#end({ kind: "none" });
  }

  #end(outcome: Outcome): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }
}
