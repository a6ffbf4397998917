import { type BudgetAmounts, type BudgetClaim, SalesAgentError } from "@salesagent/ports";
import { FAR_AHEAD, LONG_AGO, NOTHING } from "../sample-shared-state.js";
import { type Sabotage, withStores, withTransaction } from "./sabotage.js";

/** Budget stores that are broken. */
export const budgetSabotages: Readonly<Record<string, Sabotage>> = {
  "holds amounts under the claims before the one that refuses": {
    create: withStores(({ budgets }) => ({
      budgets: {
        ...budgets,
        reserve: async (reservation, call) => {
          const outcome = await budgets.reserve(reservation, call);
          if (outcome.granted) return outcome;
          const place = reservation.claims.findIndex(({ key }) => key === outcome.refused.key);
          const claims = reservation.claims.slice(0, place);
          const part = { ...reservation, id: `${reservation.id}-part`, claims };
          if (place > 0) await budgets.reserve(part, call);
          return outcome;
        },
      },
    })),
    fails: [
      "budget-store/1 > holds nothing anywhere when one of several claims refuses, and names the first that does",
    ],
  },
  "looks whether there is room, and takes it a moment later": {
    create: withStores(({ budgets }) => ({
      budgets: {
        ...budgets,
        reserve: async (reservation, call) => {
          const { claims, amounts } = reservation;
          const lines = await budgets
            .read(
              claims.map(({ key }) => key),
              call,
            )
            .catch(() => []);
          const hasRoom = lines.every(({ spent, held }, index) =>
            (["nanoUsd", "tokens", "calls"] as const).every(
              (name) =>
                spent[name] + held[name] + amounts[name] <= (claims[index]?.limits[name] ?? Number.MAX_VALUE),
            ),
          );
          if (!hasRoom || lines.length === 0) return budgets.reserve(reservation, call);
          return budgets.reserve({ ...reservation, claims: claims.map(withoutLimits) }, call);
        },
      },
    })),
    fails: [
      "budget-store/1, callers that overlap in time > grants exactly 500 of 1,000 reservations of one call under a limit of 500",
      "budget-store/1, callers that overlap in time > never passes a limit, nor falls below nothing, whatever is reserved, settled and given back",
    ],
  },
  "grants a reservation that is sent again": {
    create: withStores(({ budgets }) => ({
      budgets: {
        ...budgets,
        reserve: (reservation, call) =>
          budgets.reserve(reservation, call).catch((error: unknown) => {
            const isTaken = SalesAgentError.is(error, "store.invalid") && /taken/.test(error.message);
            if (isTaken) return { granted: true } as const;
            throw error;
          }),
      },
    })),
    fails: [
      "budget-store/1 > refuses a reservation whose id is taken, by an open one or a lapsed one, and counts it once",
      "budget-store/1, callers that overlap in time > holds and books one reservation once, however many send it",
    ],
  },
  "reads lines by the names of their keys": {
    create: withStores(({ budgets }) => ({
      budgets: { ...budgets, read: (keys, call) => budgets.read([...keys].sort(), call) },
    })),
    fails: [
      "budget-store/1 > holds what was reserved under every claim, and reads lines in the order of their keys",
      "budget-store/1, leases > prolongs leases of what has not lapsed, and passes over what has, was settled or is unknown",
      "budget-store/1, windows > drops the lines of a window that is over, and reservations that have no other",
      "budget-store/1, windows > settles a reservation under the windows that are left to it",
      "budget-store/1, windows > books a lapsed reservation under the windows that are left to it",
      "retention-store/1, durable work > drops lines of budgets that nothing was reserved on since, but none with an open reservation",
    ],
  },
  "takes a limit of 0 for none": {
    create: withStores(({ budgets }) => ({
      budgets: {
        ...budgets,
        reserve: (reservation, call) => {
          const claims = reservation.claims.map((claim) =>
            claim.limits.calls === 0 ? withoutLimits(claim) : claim,
          );
          return budgets.reserve({ ...reservation, claims }, call);
        },
      },
    })),
    fails: ["budget-store/1 > takes the id of a refused reservation again"],
  },
  "books at most what was held": {
    create: withStores(({ budgets }) => {
      const held = new Map<string, BudgetAmounts>();
      return {
        budgets: {
          ...budgets,
          reserve: (reservation, call) => {
            held.set(reservation.id, reservation.amounts);
            return budgets.reserve(reservation, call);
          },
          settle: (id, used, call) => {
            const tokens = Math.min(used.tokens, held.get(id)?.tokens ?? used.tokens);
            return budgets.settle(id, { ...used, tokens }, call);
          },
        },
      };
    }),
    fails: [
      "budget-store/1, settling > books more than was held, even above the limit, and then grants nothing",
      "budget-store/1, leases > corrects a lapsed reservation that is settled late, once",
    ],
  },
  "says of every settlement that it was the first": {
    create: withStores(({ budgets }) => ({
      budgets: {
        ...budgets,
        settle: async (id, used, call) => (await budgets.settle(id, used, call)) || true,
      },
    })),
    fails: [
      "budget-store/1 > holds nothing anywhere when one of several claims refuses, and names the first that does",
      "budget-store/1, settling > settles once: a second time, and an id that is not there, change nothing",
      "budget-store/1, leases > corrects a lapsed reservation that is settled late, once",
      "budget-store/1, windows > drops the lines of a window that is over, and reservations that have no other",
      "budget-store/1, callers that overlap in time > holds and books one reservation once, however many send it",
      "retention-store/1, durable work > drops a line with reservations that lapsed before the time, which are settled no more",
      "transactions over budgets, cache, breakers and vectors > puts back what was changed when the callback throws",
    ],
  },
  "does not correct what lapsed": {
    create: withStores(({ budgets }) => {
      const over = new Set<string>();
      return {
        budgets: {
          ...budgets,
          reserve: (reservation, call) => {
            if (reservation.leaseUntil === LONG_AGO) over.add(reservation.id);
            return budgets.reserve(reservation, call);
          },
          settle: async (id, used, call) => {
            if (!over.has(id)) return budgets.settle(id, used, call);
            await budgets.lapse(call);
            return false;
          },
        },
      };
    }),
    fails: [
      "budget-store/1, leases > corrects a lapsed reservation that is settled late, once",
      "budget-store/1, leases > settles a reservation whose lease is over, but that has not lapsed",
      "retention-store/1, durable work > drops a line with reservations that lapsed before the time, which are settled no more",
    ],
  },
  "gives back in full what lapses": {
    create: withStores(({ budgets }) => {
      const over = new Set<string>();
      const release = async () => {
        for (const id of over) await budgets.settle(id, NOTHING);
        over.clear();
      };
      return {
        budgets: {
          ...budgets,
          reserve: async (reservation, call) => {
            if (call?.signal?.aborted !== true) await release();
            if (reservation.leaseUntil === LONG_AGO) over.add(reservation.id);
            return budgets.reserve(reservation, call);
          },
          lapse: async (call) => {
            const before = await budgets.lapse(call);
            await release();
            return before;
          },
          read: async (keys, call) => {
            if (call?.signal?.aborted !== true) await release();
            return budgets.read(keys, call);
          },
        },
      };
    }),
    fails: [
      "budget-store/1 > refuses a reservation whose id is taken, by an open one or a lapsed one, and counts it once",
      "budget-store/1, leases > books a reservation in full once its lease is over, and tells how many lapsed",
      "budget-store/1, leases > lapses what is over before it reads, and before it reserves",
      "budget-store/1, leases > corrects a lapsed reservation that is settled late, once",
      "budget-store/1, leases > prolongs leases of what has not lapsed, and passes over what has, was settled or is unknown",
      "budget-store/1, windows > books a lapsed reservation under the windows that are left to it",
      "retention-store/1, durable work > drops a line with reservations that lapsed before the time, which are settled no more",
      "transactions over budgets, cache, breakers and vectors > drops what is over in a transaction, its own and what stood before, until the callback throws",
    ],
  },
  "does not tell how many lapsed": {
    create: withStores(({ budgets }) => ({
      budgets: { ...budgets, lapse: async (call) => Math.min(0, await budgets.lapse(call)) },
    })),
    fails: [
      "budget-store/1, leases > books a reservation in full once its lease is over, and tells how many lapsed",
      "budget-store/1, leases > never shortens a lease, and refuses one that isn't an instant",
      "transactions over budgets, cache, breakers and vectors > drops what is over in a transaction, its own and what stood before, until the callback throws",
    ],
  },
  "prolongs no lease": {
    create: withStores(({ budgets }) => ({
      budgets: {
        ...budgets,
        renew: (ids, until, call) => budgets.renew(ids, until === FAR_AHEAD ? LONG_AGO : until, call),
      },
    })),
    fails: [
      "budget-store/1, leases > prolongs leases of what has not lapsed, and passes over what has, was settled or is unknown",
    ],
  },
  "keeps the lines of windows that are over": {
    create: withStores(({ budgets }) => ({
      budgets: {
        ...budgets,
        reserve: (reservation, call) => {
          const claims = reservation.claims.map((claim) =>
            claim.windowEndsAt === LONG_AGO ? { ...claim, windowEndsAt: FAR_AHEAD } : claim,
          );
          return budgets.reserve({ ...reservation, claims }, call);
        },
      },
    })),
    fails: [
      "budget-store/1, windows > drops the lines of a window that is over, and reservations that have no other",
      "budget-store/1, windows > settles a reservation under the windows that are left to it",
      "budget-store/1, windows > books a lapsed reservation under the windows that are left to it",
    ],
  },
  "reads the budgets of another tenant": {
    create: withStores(({ tenant, budgets }, storage) => ({
      budgets: {
        ...budgets,
        read: (keys, call) =>
          (tenant === "other" ? storage.tenant("acme").budgets : budgets).read(keys, call),
      },
    })),
    fails: [
      "erasure-store/1 > leaves the stores of other tenants as they are",
      "tenants > keeps budgets apart, though their keys and reservations' ids are the same",
    ],
  },
  "keeps the reservations of a failed transaction": {
    create: withTransaction(
      (tenant) => (work, call) =>
        tenant.transaction((stores) => work({ ...stores, budgets: tenant.budgets }), call),
    ),
    fails: [
      "transactions > makes no write stand when the callback throws, and passes on what it threw",
      "transactions > refuses the stores of a transaction once it is over",
      "transactions over budgets, cache, breakers and vectors > puts back what was changed when the callback throws",
      "transactions over budgets, cache, breakers and vectors > shows a transaction its own changes, and nobody else before it ends",
      "transactions over budgets, cache, breakers and vectors > drops what is over in a transaction, its own and what stood before, until the callback throws",
    ],
  },
};

/** Leaves limits alone that no store takes. */
function withoutLimits(claim: BudgetClaim): BudgetClaim {
  const limits = Object.entries(claim.limits).map(([measure, limit]) => [
    measure,
    Number.isSafeInteger(limit) ? Number.MAX_SAFE_INTEGER : limit,
  ]);
  return { ...claim, limits: Object.fromEntries(limits) };
}
