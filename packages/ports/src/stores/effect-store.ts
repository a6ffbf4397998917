import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";
import type { Page, PageRequest } from "./page.js";
import type { StoredError } from "./run-store.js";

/**
 * `claimed`: somebody is acting. `done`: it happened. `failed`: it did not, and may be tried again. `unknown`: the actor died in
 * between; nobody acts before the effect's own lookup has said whether it happened.
 */
export type EffectStatus = "claimed" | "done" | "failed" | "unknown";

/** Something that is done to the outside once, such as a mail to one person. */
export interface EffectRecord {
  /** From run, step and resolved target; never from a model's wording. 1–400 characters. */
  readonly key: string;
  /** Such as `email_send`. */
  readonly effect: string;
  /** Whom or what it is done to, in its normal form. */
  readonly target: string;
  readonly runId?: string;
  readonly status: EffectStatus;
  /** What is to be done, for lookups, people and replays. */
  readonly input: JsonValue;
  readonly result?: JsonValue;
  readonly error?: StoredError;
  /** How often somebody began to act. */
  readonly attempts: number;
  /** Who acts or reconciles, and until when this is believed, ISO 8601 in UTC; absent once it was settled. */
  readonly owner?: string;
  readonly leaseUntil?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** `granted`: act now. Else the record says why not: done, being done, or of unknown outcome. */
export interface EffectClaim {
  readonly granted: boolean;
  readonly record: EffectRecord;
}

/** The effects of one tenant. */
export interface EffectStore {
  readonly port: "effect-store/1";
  /**
   * Claims an effect, for one actor at a time: one that is new, or that failed. A claim whose lease is over becomes
   * `unknown`, and is not granted, not even to its owner. One that failed takes the input of the new claim.
   */
  claim(
    effect: Pick<EffectRecord, "key" | "effect" | "target" | "input"> & {
      readonly runId?: string;
      readonly owner: string;
      readonly leaseUntil: string;
    },
    call?: CallOptions,
  ): Promise<EffectClaim>;
  /**
   * Prolongs the lease of whoever acts or reconciles, while it works.
   *
   * @returns False when it is settled, its lease is over, or it is not the owner's any more; nothing changes then.
   */
  renew(key: string, owner: string, leaseUntil: string, call?: CallOptions): Promise<boolean>;
  /**
   * Says how it ended. Taken once, from the owner of the claim or whoever reconciles it; late too, while nobody else has
   * taken it in hand, since who acted knows best.
   *
   * @returns False when it is not the owner's any more, or is not there; nothing changes then.
   */
  settle(
    key: string,
    owner: string,
    outcome:
      | { readonly status: "done"; readonly result: JsonValue }
      | { readonly status: "failed" | "unknown"; readonly error: StoredError },
    call?: CallOptions,
  ): Promise<boolean>;
  /**
   * Takes an unknown effect in hand, for one at a time, until the lease is over. It stays `unknown` until it is settled.
   *
   * @returns Nothing when there is no such effect.
   */
  reconcile(
    key: string,
    owner: string,
    leaseUntil: string,
    call?: CallOptions,
  ): Promise<EffectClaim | undefined>;
  /** A claim whose lease is over is read, and listed, as unknown. */
  get(key: string, call?: CallOptions): Promise<EffectRecord | undefined>;
  /** Latest creation first. */
  list(
    filter?: {
      readonly status?: EffectStatus;
      readonly effect?: string;
      readonly target?: string;
      readonly runId?: string;
    },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<EffectRecord>>;
  /** How many effects of a kind were settled as done to a target at or after a time; for caps on contact. */
  countDone(
    count: {
      readonly effect?: string;
      readonly target: string;
      readonly since: string;
      /**
       * For a gate in the transaction that claims: what is being done counts as well, and so does what became unknown since
       * then; whoever else counts the target like this waits until the transaction is over. So of two that have one more
       * to go, one goes.
       *
       * @defaultValue false
       */
      readonly forGate?: boolean | undefined;
    },
    call?: CallOptions,
  ): Promise<number>;
}
