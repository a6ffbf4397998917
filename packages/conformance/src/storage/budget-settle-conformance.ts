import { amounts, claim, FAR_AHEAD, LONG_AGO, NOTHING, sampleReservation } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

const KEY = "tenant/ever";
const HELD = sampleReservation("any").amounts;

/** How reservations end: settled, lapsed, or gone with their window. */
export function budgetSettleConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("budget-store/1, settling", () => {
    it("books what was used under every claim, and gives the rest back", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("1", { claims: [claim("a"), claim("b")] }));
      const used = { nanoUsd: 120, tokens: 7, calls: 1 };
      expect(await budgets.settle("1", used)).toBe(true);
      expect(await budgets.read(["a", "b"])).toEqual([
        { key: "a", spent: used, held: NOTHING },
        { key: "b", spent: used, held: NOTHING },
      ]);
    });

    it("gives all of it back when nothing was used", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const claims = [claim("a", { calls: 1 })];
      await budgets.reserve(sampleReservation("1", { claims }));
      expect(await budgets.reserve(sampleReservation("2", { claims }))).toMatchObject({ granted: false });
      expect(await budgets.settle("1", NOTHING)).toBe(true);
      expect(await budgets.read(["a"])).toEqual([{ key: "a", spent: NOTHING, held: NOTHING }]);
      expect(await budgets.reserve(sampleReservation("2", { claims }))).toEqual({ granted: true });
    });

    it("books more than was held, even above the limit, and then grants nothing", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const claims = [claim("a", { tokens: 50 })];
      await budgets.reserve(sampleReservation("1", { claims }));
      expect(await budgets.settle("1", amounts({ tokens: 51 }))).toBe(true);
      const [line] = await budgets.read(["a"]);
      expect(line).toEqual({ key: "a", spent: amounts({ tokens: 51 }), held: NOTHING });
      expect(await budgets.reserve(sampleReservation("2", { claims, amounts: NOTHING }))).toEqual({
        granted: false,
        refused: { ...line, measure: "tokens", limit: 50 },
      });
    });

    it("settles once: a second time, and an id that is not there, change nothing", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("1"));
      await budgets.reserve(sampleReservation("2"));
      expect(await budgets.settle("1", amounts({ calls: 1 }))).toBe(true);
      expect(await budgets.settle("1", amounts({ calls: 1 }))).toBe(false);
      expect(await budgets.settle("unknown", amounts({ calls: 1 }))).toBe(false);
      expect(await budgets.read([KEY])).toEqual([{ key: KEY, spent: amounts({ calls: 1 }), held: HELD }]);
    });

    it("refuses amounts that are not whole numbers from 0, and leaves the reservation open", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("1"));
      for (const tokens of [-1, 0.5, Number.NaN]) {
        await expect(budgets.settle("1", amounts({ tokens }))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "used.tokens" },
        });
      }
      expect(await budgets.read([KEY])).toEqual([{ key: KEY, spent: NOTHING, held: HELD }]);
    });
  });

  describe("budget-store/1, leases", () => {
    it("books a reservation in full once its lease is over, and tells how many lapsed", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("over", { leaseUntil: LONG_AGO }));
      expect(await budgets.lapse()).toBe(1);
      expect(await budgets.lapse()).toBe(0);
      await budgets.reserve(sampleReservation("open"));
      expect(await budgets.lapse()).toBe(0);
      expect(await budgets.read([KEY])).toEqual([{ key: KEY, spent: HELD, held: HELD }]);
    });

    it("lapses what is over before it reads, and before it reserves", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("1", { leaseUntil: LONG_AGO }));
      expect(await budgets.read([KEY])).toEqual([{ key: KEY, spent: HELD, held: NOTHING }]);
      const claims = [claim("a", { calls: 1 })];
      await budgets.reserve(sampleReservation("2", { claims, leaseUntil: LONG_AGO }));
      expect(await budgets.reserve(sampleReservation("3", { claims }))).toEqual({
        granted: false,
        refused: { key: "a", spent: HELD, held: NOTHING, measure: "calls", limit: 1 },
      });
      expect(await budgets.lapse()).toBe(0);
    });

    it("corrects a lapsed reservation that is settled late, once", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      for (const id of ["less", "more", "nothing"]) {
        await budgets.reserve(sampleReservation(id, { claims: [claim(id)], leaseUntil: LONG_AGO }));
      }
      await budgets.lapse();
      const used = { less: amounts({ tokens: 3 }), more: amounts({ tokens: 300 }), nothing: NOTHING };
      for (const [id, real] of Object.entries(used)) {
        expect(await budgets.settle(id, real)).toBe(true);
        expect(await budgets.settle(id, real)).toBe(false);
        expect(await budgets.read([id])).toEqual([{ key: id, spent: real, held: NOTHING }]);
      }
    });

    it("settles a reservation whose lease is over, but that has not lapsed", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("1", { leaseUntil: LONG_AGO }));
      expect(await budgets.settle("1", amounts({ calls: 1 }))).toBe(true);
      expect(await budgets.lapse()).toBe(0);
      expect(await budgets.read([KEY])).toEqual([{ key: KEY, spent: amounts({ calls: 1 }), held: NOTHING }]);
    });

    it("prolongs leases of what has not lapsed, and passes over what has, was settled or is unknown", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("lapsed", { claims: [claim("l")], leaseUntil: LONG_AGO }));
      await budgets.reserve(sampleReservation("settled", { claims: [claim("s")] }));
      await budgets.settle("settled", NOTHING);
      await budgets.reserve(sampleReservation("open", { claims: [claim("o")], leaseUntil: LONG_AGO }));
      await budgets.renew(["lapsed", "unknown", "settled", "open"], FAR_AHEAD);
      expect(await budgets.lapse()).toBe(0);
      expect(await budgets.read(["l", "s", "o"])).toEqual([
        { key: "l", spent: HELD, held: NOTHING },
        { key: "s", spent: NOTHING, held: NOTHING },
        { key: "o", spent: NOTHING, held: HELD },
      ]);
    });

    it("never shortens a lease, and refuses one that isn't an instant", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      await budgets.reserve(sampleReservation("1"));
      await budgets.renew(["1"], LONG_AGO);
      await budgets.reserve(sampleReservation("2", { claims: [claim("b")], leaseUntil: LONG_AGO }));
      expect(await budgets.lapse()).toBe(1);
      expect(await budgets.read([KEY])).toEqual([{ key: KEY, spent: NOTHING, held: HELD }]);
      await expect(budgets.renew(["1"], "tomorrow")).rejects.toMatchObject({
        code: "store.invalid",
        facts: { field: "leaseUntil" },
      });
    });
  });

  describe("budget-store/1, windows", () => {
    it("drops the lines of a window that is over, and reservations that have no other", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const ended = { ...claim("yesterday", { calls: 1 }), windowEndsAt: LONG_AGO };
      const running = { ...claim("today", { calls: 1 }), windowEndsAt: FAR_AHEAD };
      await budgets.reserve(sampleReservation("running", { claims: [running] }));
      expect(await budgets.reserve(sampleReservation("ended", { claims: [ended] }))).toEqual({
        granted: true,
      });
      await budgets.lapse();
      expect(await budgets.settle("ended", HELD)).toBe(false);
      expect(await budgets.read(["yesterday", "today"])).toEqual([
        { key: "yesterday", spent: NOTHING, held: NOTHING },
        { key: "today", spent: NOTHING, held: HELD },
      ]);
    });

    it("settles a reservation under the windows that are left to it", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const claims = [{ ...claim("yesterday"), windowEndsAt: LONG_AGO }, claim("ever")];
      await budgets.reserve(sampleReservation("1", { claims }));
      await budgets.lapse();
      expect(await budgets.settle("1", amounts({ calls: 1 }))).toBe(true);
      expect(await budgets.read(["yesterday", "ever"])).toEqual([
        { key: "yesterday", spent: NOTHING, held: NOTHING },
        { key: "ever", spent: amounts({ calls: 1 }), held: NOTHING },
      ]);
    });

    it("books a lapsed reservation under the windows that are left to it", async () => {
      await using storage = await open();
      const { budgets } = storage.tenant("acme");
      const claims = [{ ...claim("yesterday"), windowEndsAt: LONG_AGO }, claim("ever")];
      await budgets.reserve(sampleReservation("1", { claims, leaseUntil: LONG_AGO }));
      await budgets.lapse();
      expect(await budgets.read(["yesterday", "ever"])).toEqual([
        { key: "yesterday", spent: NOTHING, held: NOTHING },
        { key: "ever", spent: HELD, held: NOTHING },
      ]);
    });
  });
}
