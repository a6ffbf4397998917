import type { BudgetAmounts, BudgetLine, BudgetReservation, BudgetStore, Clock } from "@salesagent/ports";

const ZERO: BudgetAmounts = { nanoUsd: 0, tokens: 0, calls: 0 };
const MEASURES = ["nanoUsd", "tokens", "calls"] as const;
const add = (a: BudgetAmounts, b: BudgetAmounts, sign = 1): BudgetAmounts => ({
  nanoUsd: a.nanoUsd + sign * b.nanoUsd,
  tokens: a.tokens + sign * b.tokens,
  calls: a.calls + sign * b.calls,
});

/** The contract of budgets in a few lines. */
export function budgetDouble(clock: Clock): BudgetStore {
  const lines = new Map<string, BudgetLine>();
  const open = new Map<string, BudgetReservation & { lapsed?: boolean }>();
  const line = (key: string): BudgetLine => lines.get(key) ?? { key, spent: ZERO, held: ZERO };
  const lapse = (): number => {
    let count = 0;
    for (const [id, reservation] of open) {
      if (reservation.lapsed || Date.parse(reservation.leaseUntil) > clock.now()) continue;
      count++;
      open.set(id, { ...reservation, lapsed: true });
      for (const { key } of reservation.claims) {
        const { spent, held } = line(key);
        lines.set(key, {
          key,
          spent: add(spent, reservation.amounts),
          held: add(held, reservation.amounts, -1),
        });
      }
    }
    return count;
  };
  return {
    port: "budget-store/1",
    async reserve(reservation) {
      lapse();
      for (const { key, limits } of reservation.claims) {
        const { spent, held } = line(key);
        for (const measure of MEASURES) {
          const limit = limits[measure];
          if (limit === undefined || spent[measure] + held[measure] + reservation.amounts[measure] <= limit)
            continue;
          return { granted: false, refused: { key, spent, held, measure, limit } };
        }
      }
      for (const { key } of reservation.claims) {
        const { spent, held } = line(key);
        lines.set(key, { key, spent, held: add(held, reservation.amounts) });
      }
      open.set(reservation.id, reservation);
      return { granted: true };
    },
    async settle(id, used) {
      const reservation = open.get(id);
      if (!reservation) return false;
      open.delete(id);
      for (const { key } of reservation.claims) {
        const { spent, held } = line(key);
        const { amounts, lapsed } = reservation;
        lines.set(
          key,
          lapsed
            ? { key, spent: add(add(spent, amounts, -1), used), held }
            : { key, spent: add(spent, used), held: add(held, amounts, -1) },
        );
      }
      return true;
    },
    async renew(ids, leaseUntil) {
      for (const id of ids) {
        const reservation = open.get(id);
        if (reservation && !reservation.lapsed) open.set(id, { ...reservation, leaseUntil });
      }
    },
    lapse: async () => lapse(),
    async read(keys) {
      lapse();
      return keys.map(line);
    },
  };
}
