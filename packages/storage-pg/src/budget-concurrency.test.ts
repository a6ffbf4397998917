import {
  type BudgetAmounts,
  type BudgetClaim,
  type BudgetStore,
  type Clock,
  type Storage,
  systemClock,
} from "@salesagent/ports";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

const NOTHING: BudgetAmounts = { nanoUsd: 0, tokens: 0, calls: 0 };
const START = Date.parse("2026-05-01T09:00:00.000Z");
const PROCESSES = 4;

let database: TestDatabase;
let storages: readonly Storage[];
let nowMs: number;
let tenantCount = 0;
let budgetsOf: readonly BudgetStore[];

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

/** Its time is moved by hand; waits after collisions are real. */
const clock: Clock = { ...systemClock, now: () => nowMs };

/** Storages of processes of their own, as far as the server can tell, for a tenant of this test's own. */
beforeEach(() => {
  nowMs = START;
  storages = Array.from({ length: PROCESSES }, () =>
    postgres({ connectionString: database.url, maxConnections: 4, clock }),
  );
  tenantCount += 1;
  budgetsOf = storages.map((storage) => storage.tenant(`tenant-${tenantCount}`).budgets);
});

afterEach(() => Promise.all(storages.map((storage) => storage[Symbol.asyncDispose]())));
afterAll(() => database[Symbol.asyncDispose]());

const instantIn = (ms: number) => new Date(nowMs + ms).toISOString();
const amounts = (changes: Partial<BudgetAmounts>): BudgetAmounts => ({ ...NOTHING, ...changes });

function budgetsOfProcess(index: number): BudgetStore {
  const budgets = budgetsOf[index % PROCESSES];
  if (budgets === undefined) throw new Error("no such process");
  return budgets;
}

/** Reserves so many times at once, in turn from each process. @returns The ids of what was granted. */
async function reserveAll(
  count: number,
  toClaims: (index: number) => readonly BudgetClaim[],
  { leaseMs = 60_000, each = amounts({ calls: 1 }) } = {},
): Promise<readonly string[]> {
  const leaseUntil = instantIn(leaseMs);
  const granted = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const reservation = { id: `${index}`, claims: toClaims(index), amounts: each, leaseUntil };
      const outcome = await budgetsOfProcess(index).reserve(reservation);
      return outcome.granted ? [reservation.id] : [];
    }),
  );
  return granted.flat();
}

async function readCalls(
  keys: readonly string[],
): Promise<readonly (readonly [spent: number, held: number])[]> {
  const lines = await budgetsOfProcess(0).read(keys);
  return lines.map(({ spent, held }) => [spent.calls, held.calls]);
}

describe("budgets that four processes draw on at once", () => {
  it("grant exactly what fits under one line, to the nano-dollar", async () => {
    const limits = { nanoUsd: 5_000_000_000 };
    const granted = await reserveAll(1000, () => [{ key: "day", limits }], {
      each: amounts({ nanoUsd: 12_500_000, calls: 1 }),
    });
    expect(granted.length).toBe(400);
    const line = { key: "day", spent: NOTHING, held: { nanoUsd: 5_000_000_000, tokens: 0, calls: 400 } };
    expect(await budgetsOfProcess(1).read(["day"])).toEqual([line]);
  });

  it("grant exactly what fits under several lines, named in opposite orders", async () => {
    const claims = ["c", "a", "b"].map((key, index) => ({ key, limits: { calls: 150 + index } }));
    const granted = await reserveAll(600, (index) => (index % 2 === 0 ? claims : [...claims].reverse()));
    expect(granted.length).toBe(150);
    expect(await readCalls(["a", "b", "c"])).toEqual([
      [0, 150],
      [0, 150],
      [0, 150],
    ]);
  });

  it("hold nothing for those that one of their lines refuses", async () => {
    const own = (index: number) => ({ key: `run-${index % 8}`, limits: {} });
    const granted = await reserveAll(400, (index) => [own(index), { key: "all", limits: { calls: 90 } }]);
    expect(granted.length).toBe(90);
    const keys = Array.from({ length: 8 }, (_, index) => `run-${index}`);
    const held = (await readCalls([...keys, "all"])).map(([, calls]) => calls);
    expect(held.pop()).toBe(90);
    expect(held.reduce((sum, calls) => sum + calls, 0)).toBe(90);
  });

  it("grant again what others settle meanwhile, and never more than stands", async () => {
    const claims = [{ key: "day", limits: { tokens: 100 } }];
    const each = amounts({ tokens: 10 });
    const leaseUntil = instantIn(60_000);
    const spend = async (index: number): Promise<number> => {
      const budgets = budgetsOfProcess(index);
      const outcome = await budgets.reserve({ id: `${index}`, claims, amounts: each, leaseUntil });
      const [line] = await budgets.read(["day"]);
      expect((line?.spent.tokens ?? 0) + (line?.held.tokens ?? 0)).toBeLessThanOrEqual(100);
      if (!outcome.granted) return 0;
      expect(await budgetsOfProcess(index + 1).settle(`${index}`, amounts({ tokens: 1 }))).toBe(true);
      return 1;
    };
    const spent = await Promise.all(Array.from({ length: 300 }, (_, index) => spend(index)));
    const tokens = spent.reduce((sum, count) => sum + count, 0);
    expect(await budgetsOfProcess(0).read(["day"])).toEqual([
      { key: "day", spent: amounts({ tokens }), held: NOTHING },
    ]);
  });

  it("keep to a limit when transactions and single calls draw on one line", async () => {
    const claims = [{ key: "day", limits: { calls: 12 } }];
    const leaseUntil = instantIn(60_000);
    const outcomes = await Promise.all(
      Array.from({ length: 24 }, async (_, index) => {
        const reservation = { id: `${index}`, claims, amounts: amounts({ calls: 1 }), leaseUntil };
        if (index % 6 !== 0) return budgetsOfProcess(index).reserve(reservation);
        const storage = storages[index % PROCESSES]?.tenant(`tenant-${tenantCount}`);
        return storage?.transaction(({ budgets }) => budgets.reserve(reservation));
      }),
    );
    expect(outcomes.filter((outcome) => outcome?.granted).length).toBe(12);
    expect(await readCalls(["day"])).toEqual([[0, 12]]);
  });
});

describe("leases that are over in four processes at once", () => {
  const claims = ["b", "a"].map((key) => ({ key, limits: { calls: 300 } }));

  it("lapse once each, whoever lapses, reads and reserves", async () => {
    await reserveAll(200, () => claims, { leaseMs: 1000 });
    nowMs += 1000;
    const lapsed = await Promise.all(budgetsOf.map((budgets) => budgets.lapse()));
    expect(lapsed.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(await readCalls(["a", "b"])).toEqual([
      [200, 0],
      [200, 0],
    ]);
  });

  it("are corrected once by a settling that races with the lapse", async () => {
    const ids = await reserveAll(200, () => claims, { leaseMs: 1000 });
    nowMs += 1000;
    const settled = Promise.all(ids.map((id, index) => budgetsOfProcess(index).settle(id, NOTHING)));
    await Promise.all(budgetsOf.map((budgets) => budgets.lapse()));
    expect((await settled).every(Boolean)).toBe(true);
    expect(await readCalls(["a", "b"])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("stay open where a renewal comes first, and are booked where the lapse does", async () => {
    const ids = await reserveAll(100, () => claims, { leaseMs: 1000 });
    nowMs += 1000;
    const renewed = budgetsOf.map((budgets, index) =>
      budgets.renew(index % 2 === 0 ? ids : [...ids].reverse(), instantIn(1000)),
    );
    const lapsed = (await Promise.all(budgetsOf.map((budgets) => budgets.lapse()))).reduce(
      (sum, count) => sum + count,
      0,
    );
    await Promise.all(renewed);
    expect(await readCalls(["a", "b"])).toEqual([
      [lapsed, 100 - lapsed],
      [lapsed, 100 - lapsed],
    ]);
  });

  it("lapse without a reserve that waits for them, when their process died", async () => {
    await reserveAll(300, () => claims, { leaseMs: 1000 });
    nowMs += 999;
    const one = { id: "next", claims, amounts: amounts({ calls: 1 }), leaseUntil: instantIn(1000) };
    expect(await budgetsOfProcess(0).reserve(one)).toMatchObject({ refused: { held: { calls: 300 } } });
    nowMs += 1;
    expect(await budgetsOfProcess(0).reserve(one)).toMatchObject({ refused: { spent: { calls: 300 } } });
  });
});

describe("windows that are over", () => {
  const claimUntil = (windowEndsAt: string) => [
    { key: "day", limits: { calls: 40 }, windowEndsAt },
    { key: "ever", limits: {} },
  ];

  it("give way to a new window of the same key, which late settlements leave alone", async () => {
    await reserveAll(40, () => claimUntil(instantIn(1000)), { leaseMs: 1_800_000 });
    nowMs += 901_000;
    const claims = claimUntil(instantIn(1000));
    const each = amounts({ calls: 1 });
    const leaseUntil = instantIn(600_000);
    const settle = (index: number) => budgetsOfProcess(index).settle(`${index}`, each);
    const granted = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const reservation = { id: `new-${index}`, claims, amounts: each, leaseUntil };
        const settled = index < 20 ? settle(index) : undefined;
        const outcome = await budgetsOfProcess(index + 1).reserve(reservation);
        await settled;
        return outcome.granted;
      }),
    );
    await Promise.all(Array.from({ length: 20 }, (_, index) => settle(20 + index)));
    expect(granted.filter(Boolean).length).toBe(40);
    expect(await readCalls(["day", "ever"])).toEqual([
      [0, 40],
      [40, 40],
    ]);
  });

  it("stand for a quarter of an hour more, since the clock of another process may be behind", async () => {
    await reserveAll(40, () => claimUntil(instantIn(1000)));
    nowMs += 900_999;
    await budgetsOfProcess(0).lapse();
    const id = "late";
    const late = { id, claims: claimUntil(instantIn(-899_999)), amounts: amounts({ calls: 1 }) };
    const leaseUntil = instantIn(1000);
    expect(await budgetsOfProcess(1).reserve({ ...late, leaseUntil })).toMatchObject({ granted: false });
    nowMs += 1;
    await budgetsOfProcess(0).lapse();
    expect(await readCalls(["day"])).toEqual([[0, 0]]);
  });
});
