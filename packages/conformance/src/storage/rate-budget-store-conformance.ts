import type { RateBudgetStore, RateGrant, RateWindow } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import type { StorageSuite } from "./storage-suite.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const window = (limit: number, changes: Partial<RateWindow> = {}): RateWindow => ({
  ...{ name: "hour", limit, windowMs: HOUR_MS },
  ...changes,
});
const isGranted = ({ granted }: RateGrant) => granted;

/** Takes calls one by one until none is granted. @returns How many were. */
async function drain(
  rateBudgets: RateBudgetStore,
  want: Parameters<RateBudgetStore["take"]>[0],
): Promise<number> {
  for (let granted = 0; granted < 1000; granted++) {
    if (!(await rateBudgets.take(want)).granted) return granted;
  }
  throw new Error("there is no limit");
}

/** Rates that processes keep together. */
export function rateBudgetStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("rate-budget-store/1", () => {
    it("grants a window's limit, less a tenth at most, to many who ask at once, and tells the others to wait", async () => {
      await using storage = await open();
      const { rateBudgets } = storage.tenant("acme");
      const windows = [window(30)];
      const grants = await atOnce(50, () => rateBudgets.take({ key: "close", windows }));
      const granted = grants.filter(isGranted).length;
      expect(granted).toBeLessThanOrEqual(30);
      expect(granted).toBeGreaterThanOrEqual(27);
      const refused = grants.flatMap((grant) => (grant.granted ? [] : grant));
      for (const { window: name, waitMs } of refused) {
        expect(name).toBe("hour");
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(HOUR_MS * 1.12);
      }
    });

    it("takes calls in all windows or in none, and names the one that refuses longest", async () => {
      await using storage = await open();
      const { rateBudgets } = storage.tenant("acme");
      const day = window(3, { name: "day", windowMs: DAY_MS });
      expect(await rateBudgets.take({ key: "close", windows: [day], calls: 3 })).toEqual({ granted: true });
      const refused = await rateBudgets.take({ key: "close", windows: [window(20), day] });
      expect(refused).toMatchObject({ granted: false, window: "day" });
      expect(await rateBudgets.take({ key: "close", windows: [window(20)], calls: 20 })).toEqual({
        granted: true,
      });
      expect(await rateBudgets.take({ key: "close", windows: [window(20), day] })).toMatchObject({
        ...{ granted: false, window: "day" },
      });
      expect(await rateBudgets.take({ key: "close", windows: [] })).toEqual({ granted: true });
    });

    it("counts calls of several at once, and keeps keys and windows apart", async () => {
      await using storage = await open();
      const { rateBudgets } = storage.tenant("acme");
      const take = async (key: string, name: string, calls: number) =>
        (await rateBudgets.take({ key, windows: [window(10, { name })], calls })).granted;
      expect(await take("close", "hour", 6)).toBe(true);
      expect(await take("close", "hour", 5)).toBe(false);
      expect(await take("close", "hour", 2)).toBe(true);
      expect(await take("close", "other", 9)).toBe(true);
      expect(await take("hubspot", "hour", 9)).toBe(true);
    });

    it("leaves to others what a caller's part leaves", async () => {
      await using storage = await open();
      const { rateBudgets } = storage.tenant("acme");
      const want = { key: "close", windows: [window(40)] };
      const bulk = await drain(rateBudgets, { ...want, share: 0.5 });
      expect(bulk).toBeLessThanOrEqual(20);
      expect(bulk).toBeGreaterThanOrEqual(18);
      expect((await rateBudgets.take({ ...want, share: 0.5 })).granted).toBe(false);
      const rest = await drain(rateBudgets, want);
      expect(bulk + rest).toBeLessThanOrEqual(40);
      expect(bulk + rest).toBeGreaterThanOrEqual(36);
      expect((await rateBudgets.take({ ...want, key: "other", share: 0 })).granted).toBe(false);
      expect((await rateBudgets.take({ ...want, key: "other", share: 0.001 })).granted).toBe(true);
    });

    it("takes in that less is left than it knows, and not that more is", async () => {
      await using storage = await open();
      const { rateBudgets } = storage.tenant("acme");
      const want = { key: "close", windows: [window(40)] };
      await rateBudgets.learn({ key: "close", window: window(40), remaining: 5, resetMs: HOUR_MS });
      await rateBudgets.learn({ key: "close", window: window(40), remaining: 30, resetMs: HOUR_MS });
      await rateBudgets.learn({ key: "close", window: window(40), remaining: 5 });
      const granted = await drain(rateBudgets, want);
      expect(granted).toBeLessThanOrEqual(5);
      expect(granted).toBeGreaterThanOrEqual(1);
      await rateBudgets.learn({ key: "close", window: window(40), remaining: 40 });
      expect((await rateBudgets.take(want)).granted).toBe(false);
    });

    it("grants no call while a service takes none, in that window alone, and does not shorten it", async () => {
      await using storage = await open();
      const { rateBudgets } = storage.tenant("acme");
      const blocked = { key: "close", window: window(40) };
      await rateBudgets.learn({ ...blocked, blockedMs: HOUR_MS });
      await rateBudgets.learn({ ...blocked, blockedMs: 1 });
      await rateBudgets.learn({ ...blocked, remaining: 40 });
      const grant = await rateBudgets.take({ key: "close", windows: [window(40)] });
      expect(grant).toMatchObject({ granted: false, window: "hour" });
      const waitMs = grant.granted ? 0 : grant.waitMs;
      expect(waitMs).toBeGreaterThan(HOUR_MS / 2);
      expect(waitMs).toBeLessThanOrEqual(HOUR_MS);
      const other = window(40, { name: "other" });
      expect((await rateBudgets.take({ key: "close", windows: [other] })).granted).toBe(true);
      expect((await rateBudgets.take({ key: "hubspot", windows: [window(40)] })).granted).toBe(true);
    });

    it("grants again once the calls are out of the window", async () => {
      await using storage = await open();
      const { rateBudgets } = storage.tenant("acme");
      const windows = [window(1, { windowMs: 1 })];
      let granted = 0;
      for (let tries = 0; granted < 3; tries++) {
        if (tries > 20_000) throw new Error("it grants no more");
        if ((await rateBudgets.take({ key: "close", windows })).granted) granted += 1;
      }
      expect(granted).toBe(3);
    });

    it("refuses what makes no sense, naming the field, and takes nothing then", async () => {
      await using storage = await open();
      const { rateBudgets } = storage.tenant("acme");
      const want = { key: "close", windows: [window(3)] };
      const takes: readonly (readonly [field: string, changes: object])[] = [
        ["key", { key: "" }],
        ["windows", { windows: [window(3), window(4)] }],
        ["windows[0].name", { windows: [window(3, { name: "x".repeat(101) })] }],
        ["windows[0].limit", { windows: [window(0)] }],
        ["windows[0].windowMs", { windows: [window(3, { windowMs: 604_800_001 })] }],
        ["windows[1].windowMs", { windows: [window(3), window(3, { name: "b", windowMs: 0.5 })] }],
        ["calls", { calls: 0 }],
        ["calls", { calls: 4 }],
        ["share", { share: -0.1 }],
        ["share", { share: Number.NaN }],
      ];
      for (const [field, changes] of takes) {
        await expect(rateBudgets.take({ ...want, ...changes })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "rateBudgets", field: `want.${field}` } },
        });
      }
      const learns: readonly (readonly [field: string, changes: object])[] = [
        ["key", { key: "x".repeat(401) }],
        ["window.limit", { window: window(1.5) }],
        ["remaining", { remaining: -1 }],
        ["resetMs", { remaining: 0, resetMs: Number.NaN }],
        ["blockedMs", { blockedMs: -1 }],
      ];
      for (const [field, changes] of learns) {
        const told = { key: "close", window: window(3), ...changes };
        await expect(rateBudgets.learn(told)).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { field: `told.${field}` } },
        });
      }
      expect(await rateBudgets.take({ ...want, calls: 2 })).toEqual({ granted: true });
    });
  });
}
