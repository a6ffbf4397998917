// What budgets do for one call to a model, and the least that it could cost.
const FAR_AHEAD = "2999-01-01T00:00:00.000Z";

let nextIndex = 0;

/** Reserves under the lines that `toKeys` names, then settles. */
export const spendFrom = (budgets, toKeys) => async (caller) => {
  const id = `reservation-${nextIndex++}`;
  const claims = toKeys(caller).map((key) => ({ key, limits: { nanoUsd: 1e15 } }));
  const amounts = { nanoUsd: 1000, tokens: 100, calls: 1 };
  const { granted } = await budgets.reserve({ id, claims, amounts, leaseUntil: FAR_AHEAD });
  if (!granted) throw new Error("the budget of the benchmark is spent");
  await budgets.settle(id, { nanoUsd: 400, tokens: 40, calls: 1 });
};

/** Two bare updates of one row, as little as a reservation and a settlement could be. */
export const floorSpend = (pool, tenant) => async () => {
  for (const change of [1, -1]) {
    await pool.query({
      name: "floor_spend",
      text: "update floor.budget_lines set held_calls = held_calls + $3 where tenant = $1 and key = $2",
      values: [tenant, "hot", change],
    });
  }
};
