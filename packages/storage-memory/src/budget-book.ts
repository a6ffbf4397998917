import type { BudgetAmounts, BudgetClaim, BudgetReservation } from "@salesagent/ports";
import type { Keyed } from "./map-draft.js";

/** The sums under one key. */
export interface BudgetSums {
  readonly spent: BudgetAmounts;
  readonly held: BudgetAmounts;
  /** When something was reserved on it last. */
  readonly reservedAt: string;
  /** When its window is over; absent for one that never ends. */
  readonly endsAt: string | undefined;
}

/** A reservation that was not settled yet. */
export interface OpenReservation extends BudgetReservation {
  /** Booked in full, since its lease was over. */
  readonly lapsed: boolean;
}

/** Budgets of one tenant, as a store sees them. */
export interface BudgetBook {
  readonly lines: Keyed<BudgetSums>;
  readonly reservations: Keyed<OpenReservation>;
  readonly due: DueTime;
}

/** No later than the first instant at which a lease or a window is over; before it, nobody need look. */
export class DueTime {
  at: string | undefined;

  constructor(private readonly base?: DueTime) {
    this.at = base?.at;
  }

  note(instant: string | undefined): void {
    if (instant !== undefined && (this.at === undefined || instant < this.at)) this.at = instant;
  }

  collides(): boolean {
    return false;
  }

  apply(): void {
    this.base?.note(this.at);
  }
}

export const NOTHING: BudgetAmounts = Object.freeze({ nanoUsd: 0, tokens: 0, calls: 0 });

export function add(left: BudgetAmounts, right: BudgetAmounts): BudgetAmounts {
  return Object.freeze({
    nanoUsd: left.nanoUsd + right.nanoUsd,
    tokens: left.tokens + right.tokens,
    calls: left.calls + right.calls,
  });
}

export function subtract(left: BudgetAmounts, right: BudgetAmounts): BudgetAmounts {
  return Object.freeze({
    nanoUsd: left.nanoUsd - right.nanoUsd,
    tokens: left.tokens - right.tokens,
    calls: left.calls - right.calls,
  });
}

/** Changes the lines that claims stand under. */
export function changeLines(
  { lines }: BudgetBook,
  claims: readonly BudgetClaim[],
  change: (sums: BudgetSums) => Partial<BudgetSums>,
): void {
  for (const { key, windowEndsAt } of claims) {
    const sums = lines.get(key) ?? { spent: NOTHING, held: NOTHING, reservedAt: "", endsAt: windowEndsAt };
    lines.set(key, Object.freeze({ ...sums, ...change(sums) }));
  }
}

/** Books reservations whose lease is over, then drops lines whose window is. @returns How many reservations lapsed. */
export function sweep(book: BudgetBook, now: string): number {
  if (book.due.at === undefined || now < book.due.at) return 0;
  const lapsed = lapseOver(book, now);
  dropEnded(book, now);
  book.due.at = undefined;
  for (const [, { lapsed: isLapsed, leaseUntil }] of book.reservations.entries()) {
    if (!isLapsed) book.due.note(leaseUntil);
  }
  for (const [, { endsAt }] of book.lines.entries()) book.due.note(endsAt);
  return lapsed;
}

function lapseOver(book: BudgetBook, now: string): number {
  let count = 0;
  for (const [id, reservation] of book.reservations.entries()) {
    const { lapsed, leaseUntil, claims, amounts } = reservation;
    if (lapsed || leaseUntil > now) continue;
    changeLines(book, claims, ({ spent, held }) => ({
      spent: add(spent, amounts),
      held: subtract(held, amounts),
    }));
    book.reservations.set(id, Object.freeze({ ...reservation, lapsed: true }));
    count += 1;
  }
  return count;
}

function dropEnded(book: BudgetBook, now: string): void {
  const ended = new Set<string>();
  for (const [key, { endsAt }] of book.lines.entries()) {
    if (endsAt !== undefined && endsAt <= now) ended.add(key);
  }
  dropLines(book, ended);
}

/** Drops lines, and what reservations claim of them. */
export function dropLines({ lines, reservations }: BudgetBook, keys: ReadonlySet<string>): void {
  if (keys.size === 0) return;
  for (const key of keys) lines.delete(key);
  for (const [id, reservation] of reservations.entries()) {
    const claims = reservation.claims.filter(({ key }) => !keys.has(key));
    if (claims.length === reservation.claims.length) continue;
    if (claims.length === 0) reservations.delete(id);
    else reservations.set(id, Object.freeze({ ...reservation, claims }));
  }
}
