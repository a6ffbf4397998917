import { atOnce, type FlowSuite } from "./flow-suite.js";
import { claimAndDie, sampleEffect } from "./sample-flows.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import { readAll } from "./storage-suite.js";

const LATER = "2500-01-01T00:00:00.000Z";

const error = { code: "email.bounced", message: "no such mailbox" };
const done = { status: "done", result: { messageId: "m-1" } } as const;
const failed = { status: "failed", error } as const;
const unknown = { status: "unknown", error } as const;

/** Effects in hand, left behind, and counted. */
export function effectOutcomeConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("effect-store/1, leases", () => {
    it("prolongs the lease of who acts or reconciles, and never shortens it", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await effects.claim(sampleEffect("acting", { owner: "me", leaseUntil: LATER }));
      await claimAndDie(effects, "unknown");
      await effects.reconcile("unknown", "me", LATER);
      for (const [key, status] of [
        ["acting", "claimed"],
        ["unknown", "unknown"],
      ] as const) {
        expect(await effects.renew(key, "me", FAR_AHEAD)).toBe(true);
        expect(await effects.get(key)).toMatchObject({ status, owner: "me", leaseUntil: FAR_AHEAD });
        expect(await effects.renew(key, "me", LATER)).toBe(true);
        expect((await effects.get(key))?.leaseUntil).toBe(FAR_AHEAD);
        expect(await effects.settle(key, "me", done)).toBe(true);
      }
    });

    it("says no to whom an effect is not in hand any more, and changes nothing", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await effects.claim(sampleEffect("another's", { owner: "you", leaseUntil: LATER }));
      await effects.claim(sampleEffect("settled", { owner: "me", leaseUntil: LATER }));
      await effects.settle("settled", "me", unknown);
      await effects.claim(sampleEffect("over", { owner: "me", leaseUntil: LONG_AGO }));
      const before = (await effects.list()).items;
      for (const key of ["another's", "settled", "over", "nothing"]) {
        expect(await effects.renew(key, "me", FAR_AHEAD)).toBe(false);
      }
      expect((await effects.list()).items).toEqual(before);
      await expect(effects.renew("another's", "you", "soon")).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "effects", field: "leaseUntil" },
      });
    });
  });

  describe("effect-store/1, unknown outcomes", () => {
    it("gives an unknown effect to one of 50 who would reconcile it, and leaves it unknown meanwhile", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await claimAndDie(effects, "1");
      const claims = await atOnce(50, (index) => effects.reconcile("1", `looker-${index}`, FAR_AHEAD));
      const granted = claims.findIndex((claim) => claim?.granted);
      expect(claims.filter((claim) => claim?.granted).length).toBe(1);
      expect(claims[granted]?.record).toMatchObject({
        status: "unknown",
        owner: `looker-${granted}`,
        leaseUntil: FAR_AHEAD,
        attempts: 1,
      });
      expect(await effects.reconcile("1", `looker-${granted}`, FAR_AHEAD)).toMatchObject({ granted: false });
      expect(await effects.claim(sampleEffect("1"))).toMatchObject({
        granted: false,
        record: { status: "unknown" },
      });
    });

    it("takes the outcome from who reconciles, and no more from who acted", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      for (const outcome of [done, failed, unknown]) {
        const key = outcome.status;
        await claimAndDie(effects, key);
        await effects.reconcile(key, "looker", FAR_AHEAD);
        expect(await effects.settle(key, "dead", done)).toBe(false);
        expect(await effects.settle(key, "looker", outcome)).toBe(true);
        expect(await effects.get(key)).toMatchObject({ ...outcome, attempts: 1 });
        expect(await effects.settle(key, "looker", done)).toBe(false);
      }
      expect(await effects.claim(sampleEffect("done"))).toMatchObject({ granted: false });
      expect(await effects.claim(sampleEffect("unknown"))).toMatchObject({ granted: false });
      expect(await effects.claim(sampleEffect("failed"))).toMatchObject({
        granted: true,
        record: { attempts: 2 },
      });
    });

    it("gives it to the next when who reconciled is gone, and when its outcome stayed unknown", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await claimAndDie(effects, "1");
      expect(await effects.reconcile("1", "first", LONG_AGO)).toMatchObject({ granted: true });
      expect(await effects.reconcile("1", "second", FAR_AHEAD)).toMatchObject({ granted: true });
      expect(await effects.settle("1", "first", failed)).toBe(false);
      expect(await effects.settle("1", "second", unknown)).toBe(true);
      expect(await effects.reconcile("1", "third", FAR_AHEAD)).toMatchObject({
        granted: true,
        record: { owner: "third", status: "unknown" },
      });
    });

    it("gives nothing in hand but what is unknown", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await effects.claim(sampleEffect("claimed"));
      await effects.claim(sampleEffect("failed"));
      await effects.settle("failed", "actor", failed);
      for (const key of ["claimed", "failed"]) {
        const record = await effects.get(key);
        expect(await effects.reconcile(key, "looker", FAR_AHEAD)).toEqual({ granted: false, record });
        expect(await effects.get(key)).toEqual(record);
      }
      expect(await effects.reconcile("nothing", "looker", FAR_AHEAD)).toBe(undefined);
      await expect(effects.reconcile("claimed", "", FAR_AHEAD)).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "effects", field: "owner" },
      });
      await expect(effects.reconcile("claimed", "looker", "soon")).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "effects", field: "leaseUntil" },
      });
    });
  });

  describe("effect-store/1, lists", () => {
    it("lists the latest creation first, page by page, whatever happened to them since", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      for (let index = 0; index < 7; index++) await effects.claim(sampleEffect(`${index}`));
      await effects.settle("2", "actor", done);
      const listed = await readAll((page) => effects.list({}, page), 3);
      expect(listed.map(({ key }) => key)).toEqual(["6", "5", "4", "3", "2", "1", "0"]);
      expect(listed[4]).toEqual(await effects.get("2"));
    });

    it("lists by status, effect, target and run; what nobody settled in time is unknown", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await effects.claim(sampleEffect("1", { runId: "x", effect: "slack_post" }));
      await effects.claim(sampleEffect("2", { runId: "y" }));
      await effects.settle("2", "actor", done);
      await effects.claim(sampleEffect("3", { runId: "x", target: "bob@fjord.example" }));
      await effects.settle("3", "actor", unknown);
      await claimAndDie(effects, "4");
      const keysOf = async (filter: Parameters<typeof effects.list>[0]) =>
        (await effects.list(filter)).items.map(({ key }) => key);
      expect(await keysOf({ status: "claimed" })).toEqual(["1"]);
      expect(await keysOf({ status: "done" })).toEqual(["2"]);
      expect(await keysOf({ status: "unknown" })).toEqual(["4", "3"]);
      expect((await effects.list({ status: "unknown" })).items[0]).toEqual(await effects.get("4"));
      expect(await keysOf({ runId: "x" })).toEqual(["3", "1"]);
      expect(await keysOf({ effect: "email_send", runId: "x" })).toEqual(["3"]);
      expect(await keysOf({ target: "ada@fjord.example" })).toEqual(["4", "2", "1"]);
      expect(await keysOf({ status: "failed" })).toEqual([]);
    });

    it("counts what was done to a target since a time, and nothing else", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      const target = "ada@fjord.example";
      for (const [key, outcome, changes] of [
        ["1", done, {}],
        ["2", done, { effect: "slack_post" }],
        ["3", failed, {}],
        ["4", unknown, {}],
        ["5", done, { target: "bob@fjord.example" }],
      ] as const) {
        await effects.claim(sampleEffect(key, changes));
        await effects.settle(key, "actor", outcome);
      }
      await effects.claim(sampleEffect("6"));
      await claimAndDie(effects, "7");
      expect(await effects.countDone({ target, since: LONG_AGO })).toBe(2);
      expect(await effects.countDone({ target, effect: "email_send", since: LONG_AGO })).toBe(1);
      expect(await effects.countDone({ target, since: FAR_AHEAD })).toBe(0);
      const since = (await effects.get("2"))?.updatedAt ?? "";
      expect(await effects.countDone({ target, effect: "slack_post", since })).toBe(1);
      expect(await effects.countDone({ target: "nobody", since: LONG_AGO })).toBe(0);
      // two are done, one is unknown by its word, one is being done, one is left behind
      expect(await effects.countDone({ target, since: LONG_AGO, forGate: true })).toBe(5);
      expect(await effects.countDone({ target, effect: "slack_post", since: LONG_AGO, forGate: true })).toBe(
        1,
      );
      expect(await effects.countDone({ target, since: LONG_AGO, forGate: false })).toBe(2);
      await expect(effects.countDone({ target, since: "today" })).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "effects", field: "count.since" },
      });
    });
  });
}
