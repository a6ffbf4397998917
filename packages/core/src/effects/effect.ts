import type { ApprovalRecord, Clock, EffectRecord, JsonValue } from "@salesagent/ports";
import type { ApprovalOption } from "./approval-policy.js";
import type { Gate } from "./gate.js";

/** What acting and looking up are told besides the input. */
export interface ActContext {
  readonly tenant: string;
  readonly runId: string;
  /** The effect's key in the ledger. */
  readonly key: string;
  /** Whom or what it is done to, in its normal form. */
  readonly target: string;
  /**
   * 43 characters of base64url: the same on every attempt at this effect, another for every other one. For the vendor's own
   * protection, such as a header `Idempotency-Key` or a `Message-ID`, and for finding it again.
   */
  readonly idempotencyKey: string;
  /** Aborts when the caller leaves, the time is up, or somebody else took the effect in hand. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** What a lookup found out. `unknown` leaves it to a person: the effect is not done again. */
export type LookupAnswer<Result> =
  | { readonly happened: true; readonly result: Result }
  | { readonly happened: false }
  | { readonly unknown: true };

/** Something that is done to the outside once. */
export interface Effect<Input, Result> {
  /** Letters, digits, `_` and `-`; 1–64. Part of the key, so it must not change while runs are under way. */
  readonly name: string;
  /** Whom or what it is done to, in its normal form: two spellings of one address must come out the same. */
  readonly target: (input: Input) => string;
  /**
   * Does it. An error of the family with `replay: "safe"` says that nothing happened, and it may be tried again; after any
   * other error `lookup` is asked.
   */
  readonly act: (input: Input, context: ActContext) => Result | Promise<Result>;
  /**
   * Asks the outside whether it happened, after an actor died or failed in between. `false` must be certain: it is acted
   * again. Without a lookup nothing is ever done again where the outcome is unknown.
   *
   * @param input - What was to be done, as it was kept.
   */
  readonly lookup?:
    | ((
        input: Input,
        record: EffectRecord,
        context: ActContext,
      ) => LookupAnswer<Result> | Promise<LookupAnswer<Result>>)
    | undefined;
  /** Asked in order, after those of all effects. */
  readonly gates?: readonly Gate[] | undefined;
  /** Whether a person has to allow it. @defaultValue nobody is asked */
  readonly approval?: ApprovalOption<Input> | undefined;
  /** How long acting, and looking up, may take, in milliseconds. @defaultValue no limit */
  readonly timeoutMs?: number | undefined;
  /** Reads the input: the caller's, what a person changed it to, and what was kept. @defaultValue taken as it is */
  readonly parse?: ((input: JsonValue) => Input | Promise<Input>) | undefined;
}

/** What effects are named by, besides their targets: the same on every attempt of the same work. */
export interface EffectScope {
  readonly runId: string;
  /** Where in the run. */
  readonly step: string;
}

/** One call for an effect. */
export interface EffectCall<Input> {
  readonly tenant: string;
  readonly runId: string;
  /** Where in the run: the same whenever this work is done again, and never a model's words. May depend on the target. */
  readonly step: string | ((target: string) => string | Promise<string>);
  /** Plain data. */
  readonly input: Input;
  /** Who asks for it, for approvals and the audit trail. @defaultValue "host" */
  readonly agent?: string | undefined;
  /** The call in the transcript, for approvals. @defaultValue the step */
  readonly callId?: string | undefined;
  /**
   * Told of an approval that is pending, and may wait for it. What it returns is not believed: the stored record decides. Where it
   * returns `"again"`, it is told again while nobody has decided: it has to have waited.
   *
   * @defaultValue the effect ends in `approval.required`
   */
  readonly onApprovalRequired?: ((approval: ApprovalRecord) => unknown) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks an effect and makes it unchangeable. Its types are inferred from `target` and `act`.
 *
 * @throws TypeError or RangeError naming the field that is wrong.
 */
export function defineEffect<Input, Result>(effect: Effect<Input, Result>): Effect<Input, Result> {
  const { name, target, act, lookup, timeoutMs } = effect;
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new TypeError(`effect.name must be 1–64 letters, digits, "_" or "-", got "${name}"`);
  }
  if (typeof target !== "function") throw new TypeError(`effects.${name}.target must be a function`);
  if (typeof act !== "function") throw new TypeError(`effects.${name}.act must be a function`);
  if (lookup !== undefined && typeof lookup !== "function") {
    throw new TypeError(`effects.${name}.lookup must be a function`);
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0)) {
    throw new RangeError(`effects.${name}.timeoutMs must be > 0, got ${timeoutMs}`);
  }
  return Object.freeze({ ...effect });
}
