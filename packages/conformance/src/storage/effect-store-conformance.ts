import type { EffectRecord, JsonValue } from "@salesagent/ports";
import { atOnce, type FlowSuite } from "./flow-suite.js";
import { claimAndDie, sampleEffect } from "./sample-flows.js";
import { FAR_AHEAD } from "./sample-shared-state.js";

const error = { code: "email.bounced", message: "no such mailbox" };
const done = { status: "done", result: { messageId: "m-1" } } as const;
const failed = { status: "failed", error } as const;
const unknown = { status: "unknown", error } as const;

/** Values that some storages would change. */
const VALUES: readonly JsonValue[] = [null, "", 0, false, 1e21, 5e-324, [], {}, ["é\r\n\u0001 🐟", [{}]]];

/** Effects on the outside, each done once. */
export function effectStoreConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("effect-store/1, claims", () => {
    it("grants an effect that is new, and gives back what it stores of it", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      const effect = sampleEffect("run-1/3/mail/0 🐟", { runId: "run-1" });
      const { granted, record } = await effects.claim(effect);
      const { createdAt, updatedAt } = record;
      expect(granted).toBe(true);
      expect(record).toEqual({ ...effect, status: "claimed", attempts: 1, createdAt, updatedAt });
      expect(Number.isNaN(Date.parse(createdAt))).toBe(false);
      expect(updatedAt).toBe(createdAt);
      expect(await effects.get(effect.key)).toEqual(record);
      expect(await effects.get("nothing")).toBe(undefined);
      const other = await effects.claim(sampleEffect("2", { leaseUntil: "2999-01-01T00:00:00Z" }));
      expect(other.record.leaseUntil).toBe(FAR_AHEAD);
      expect("runId" in other.record).toBe(false);
    });

    it("grants one of 50 claims of one key at once", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      const claims = await atOnce(50, (index) =>
        effects.claim(sampleEffect("1", { owner: `actor-${index}`, input: index })),
      );
      const granted = claims.flatMap((claim, index) => (claim.granted ? [index] : []));
      expect(granted.length).toBe(1);
      const record = await effects.get("1");
      expect(record).toMatchObject({ owner: `actor-${granted[0]}`, input: granted[0], attempts: 1 });
      for (const claim of claims) expect(claim.record).toEqual(record);
    });

    it("grants nobody what is being done, not even who does it", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      const { record } = await effects.claim(sampleEffect("1", { owner: "me" }));
      for (const owner of ["me", "you"]) {
        expect(await effects.claim(sampleEffect("1", { owner, input: "other" }))).toEqual({
          granted: false,
          record,
        });
      }
      expect(await effects.get("1")).toEqual(record);
    });

    it("never grants what was done", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await effects.claim(sampleEffect("1"));
      expect(await effects.settle("1", "actor", done)).toBe(true);
      const record = await effects.get("1");
      expect(record).toMatchObject({ ...done, input: { subject: "Hello" }, attempts: 1 });
      expect(await effects.claim(sampleEffect("1", { input: "again" }))).toEqual({ granted: false, record });
      expect(await effects.reconcile("1", "me", FAR_AHEAD)).toEqual({ granted: false, record });
      expect(await effects.get("1")).toEqual(record);
    });

    it("grants again what failed, with the new input, and counts the attempts", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await effects.claim(sampleEffect("1", { owner: "first" }));
      await effects.settle("1", "first", failed);
      expect(await effects.get("1")).toMatchObject({ ...failed, attempts: 1 });
      const claims = await atOnce(10, (index) =>
        effects.claim(sampleEffect("1", { owner: `${index}`, input: index })),
      );
      const granted = claims.findIndex((claim) => claim.granted);
      expect(claims.filter((claim) => claim.granted).length).toBe(1);
      const record = await effects.get("1");
      expect(record).toMatchObject({ status: "claimed", attempts: 2, owner: `${granted}`, input: granted });
      expect("error" in (record ?? {})).toBe(false);
      expect(await effects.settle("1", "first", done)).toBe(false);
      expect(await effects.settle("1", `${granted}`, done)).toBe(true);
      expect(await effects.get("1")).toMatchObject({ ...done, attempts: 2 });
    });

    it("takes a claim whose lease is over for unknown, and grants it to nobody", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await claimAndDie(effects, "1");
      expect(await effects.get("1")).toMatchObject({ status: "unknown", attempts: 1 });
      for (const owner of ["dead", "me"]) {
        expect(await effects.claim(sampleEffect("1", { owner }))).toMatchObject({
          granted: false,
          record: { status: "unknown", attempts: 1 },
        });
      }
      expect(await effects.get("1")).toMatchObject({ status: "unknown", input: { subject: "Hello" } });
    });

    it("keeps whatever JSON inputs and results hold, and tells a result of null from none", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      for (const [index, value] of VALUES.entries()) {
        await effects.claim(sampleEffect(`${index}`, { input: value }));
        expect("result" in ((await effects.get(`${index}`)) ?? {})).toBe(false);
        await effects.settle(`${index}`, "actor", { status: "done", result: value });
        const record = await effects.get(`${index}`);
        expect([record?.input, record?.result]).toEqual([value, value]);
        expect("result" in (record ?? {})).toBe(true);
      }
    });

    it("refuses what is not an effect, naming the field", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      const unsound: readonly (readonly [string, Partial<EffectRecord>])[] = [
        ["effect.key", { key: "" }],
        ["effect.key", { key: "x".repeat(401) }],
        ["effect.effect", { effect: "" }],
        ["effect.target", { target: "" }],
        ["effect.runId", { runId: "" }],
        ["effect.owner", { owner: "" }],
        ["effect.leaseUntil", { leaseUntil: "soon" }],
        ["effect.input", { input: Number.NaN }],
      ];
      for (const [field, changes] of unsound) {
        await expect(effects.claim(sampleEffect("1", changes))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "effects", field },
        });
      }
      expect((await effects.list()).items).toEqual([]);
    });
  });

  describe("effect-store/1, outcomes", () => {
    it("takes an outcome once, from the owner alone, and leaves nobody in hand", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      for (const outcome of [done, failed, unknown]) {
        const key = outcome.status;
        await effects.claim(sampleEffect(key, { owner: "me" }));
        expect(await effects.settle(key, "you", outcome)).toBe(false);
        expect(await effects.get(key)).toMatchObject({ status: "claimed", owner: "me" });
        expect(await effects.settle(key, "me", outcome)).toBe(true);
        const record = await effects.get(key);
        expect(record).toMatchObject(outcome);
        expect("owner" in (record ?? {}) || "leaseUntil" in (record ?? {})).toBe(false);
        expect(await effects.settle(key, "me", failed)).toBe(false);
        expect(await effects.get(key)).toEqual(record);
      }
      expect(await effects.settle("nothing", "me", done)).toBe(false);
      expect(await effects.get("nothing")).toBe(undefined);
    });

    it("takes a late outcome from its actor, while nobody else has it in hand", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      await claimAndDie(effects, "1");
      expect(await effects.settle("1", "you", done)).toBe(false);
      expect(await effects.settle("1", "dead", done)).toBe(true);
      expect(await effects.get("1")).toMatchObject({ ...done, attempts: 1 });
    });

    it("refuses an outcome that is none", async () => {
      await using storage = await open();
      const { effects } = storage.tenant("acme");
      const { record } = await effects.claim(sampleEffect("1"));
      for (const [field, outcome] of [
        ["outcome.status", { status: "claimed" as "failed", error }],
        ["outcome.status", { status: "sent" as "failed", error }],
        ["outcome.result", { status: "done", result: Number.NaN }],
      ] as const) {
        await expect(effects.settle("1", "actor", outcome)).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "effects", field },
        });
      }
      expect(await effects.get("1")).toEqual(record);
    });
  });
}
