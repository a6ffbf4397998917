import type { CallOptions } from "../call-options.js";

/** What budgets count, in whole units of at least 0. */
export interface BudgetAmounts {
  /** Billionths of a USD. */
  readonly nanoUsd: number;
  /** Input and output together. */
  readonly tokens: number;
  readonly calls: number;
}

/** One budget that a reservation must fit under. */
export interface BudgetClaim {
  /** Names budget, subject and window, such as `daily/tenant/2026-11-21`; 1–400 characters. */
  readonly key: string;
  /** The most of each measure; one that is absent is not limited, and counted all the same. */
  readonly limits: Partial<BudgetAmounts>;
  /** When the window is over, ISO 8601 in UTC: from then on the line may be dropped. Absent for one that never ends. */
  readonly windowEndsAt?: string;
}

/** The most that one call can take, set aside. */
export interface BudgetReservation {
  readonly id: string;
  /** All are held, or none. No two of one key. */
  readonly claims: readonly BudgetClaim[];
  readonly amounts: BudgetAmounts;
  /** ISO 8601 in UTC. A reservation whose lease is over lapses: it is booked in full, since its call may be billed. */
  readonly leaseUntil: string;
}

/** What stands under one key. */
export interface BudgetLine {
  readonly key: string;
  readonly spent: BudgetAmounts;
  readonly held: BudgetAmounts;
}

/** `refused` names the first claim, in the order given, that the reservation did not fit under. Nothing is held then. */
export type BudgetOutcome =
  | { readonly granted: true }
  | {
      readonly granted: false;
      readonly refused: BudgetLine & { readonly measure: keyof BudgetAmounts; readonly limit: number };
    };

/**
 * Budgets of one tenant. For each key, at any instant and whatever runs at the same time in whatever process:
 * `spent + held` never passes a limit that a reservation named.
 */
export interface BudgetStore {
  readonly port: "budget-store/1";
  /**
   * Sets amounts aside under all claims, or under none. Lapses what is over first.
   *
   * @throws `store.invalid` when the id is taken.
   */
  reserve(reservation: BudgetReservation, call?: CallOptions): Promise<BudgetOutcome>;
  /**
   * Books what was really used and gives the rest back. All zeros: nothing was used. What was used is booked even above the
   * limit. A reservation that lapsed is corrected: its full booking gives way to the real amounts.
   *
   * @returns False when there is no such reservation, or it was settled before; nothing changes then.
   */
  settle(id: string, used: BudgetAmounts, call?: CallOptions): Promise<boolean>;
  /** Prolongs leases of reservations that are open; others are passed over. */
  renew(ids: readonly string[], leaseUntil: string, call?: CallOptions): Promise<void>;
  /** Books in full the reservations whose lease is over, and drops lines whose window is. @returns How many lapsed. */
  lapse(call?: CallOptions): Promise<number>;
  /** The lines of these keys, in their order; one that nobody touched has zeros. Lapses first. */
  read(keys: readonly string[], call?: CallOptions): Promise<readonly BudgetLine[]>;
}
