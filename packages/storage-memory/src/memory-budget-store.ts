import type { BudgetLine, BudgetOutcome, BudgetReservation, BudgetStore } from "@salesagent/ports";
import {
  budgetMeasures,
  invalidValue,
  toInstant,
  toNormalAmounts,
  toNormalReservation,
  toStorable,
} from "@salesagent/ports/store-rules";
import { add, type BudgetBook, changeLines, NOTHING, subtract, sweep } from "./budget-book.js";
import { now, type StoreContext } from "./store-context.js";

function readLine({ lines }: BudgetBook, key: string): BudgetLine {
  const { spent, held } = lines.get(key) ?? { spent: NOTHING, held: NOTHING };
  return { key, spent, held };
}

/** The first claim that the amounts don't fit under. */
function findRefusal(
  book: BudgetBook,
  { claims, amounts }: BudgetReservation,
): (BudgetOutcome & { readonly granted: false }) | undefined {
  for (const { key, limits } of claims) {
    const line = readLine(book, key);
    for (const measure of budgetMeasures) {
      const limit = limits[measure];
      if (limit === undefined || line.spent[measure] + line.held[measure] + amounts[measure] <= limit)
        continue;
      return { granted: false, refused: { ...line, measure, limit } };
    }
  }
  return undefined;
}

export function createMemoryBudgetStore({ rows, clock, admit }: StoreContext): BudgetStore {
  const book = rows.budgets;
  return {
    port: "budget-store/1",
    async reserve(reservation, call) {
      admit("budgets", call);
      const normal = toNormalReservation(reservation);
      const reservedAt = now(clock);
      sweep(book, reservedAt);
      if (book.reservations.get(normal.id) !== undefined) {
        throw invalidValue("budgets", "reservation.id", "it is taken");
      }
      const refusal = findRefusal(book, normal);
      if (refusal !== undefined) return refusal;
      const { id, claims, amounts, leaseUntil } = normal;
      changeLines(book, claims, ({ held }) => ({ held: add(held, amounts), reservedAt }));
      book.reservations.set(id, Object.freeze({ ...normal, lapsed: false }));
      book.due.note(leaseUntil);
      for (const { windowEndsAt } of claims) book.due.note(windowEndsAt);
      return { granted: true };
    },
    async settle(id, used, call) {
      admit("budgets", call);
      const real = toNormalAmounts("used", used);
      const reservation = book.reservations.get(toStorable("budgets", "id", id));
      if (reservation === undefined) return false;
      const { claims, amounts, lapsed } = reservation;
      book.reservations.delete(id);
      changeLines(book, claims, ({ spent, held }) =>
        lapsed
          ? { spent: add(subtract(spent, amounts), real), held }
          : { spent: add(spent, real), held: subtract(held, amounts) },
      );
      return true;
    },
    async renew(ids, leaseUntil, call) {
      admit("budgets", call);
      const until = toInstant("budgets", "leaseUntil", leaseUntil);
      for (const id of toStorable("budgets", "ids", ids)) {
        const reservation = book.reservations.get(id);
        if (reservation === undefined || reservation.lapsed || reservation.leaseUntil >= until) continue;
        book.reservations.set(id, Object.freeze({ ...reservation, leaseUntil: until }));
      }
    },
    async lapse(call) {
      admit("budgets", call);
      return sweep(book, now(clock));
    },
    async read(keys, call) {
      admit("budgets", call);
      const wanted = toStorable("budgets", "keys", keys);
      sweep(book, now(clock));
      return wanted.map((key) => readLine(book, key));
    },
  };
}
