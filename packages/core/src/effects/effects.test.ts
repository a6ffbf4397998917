import { describe, expect, it } from "vitest";
import { defineEffect } from "./effect.js";
import { createEffects } from "./effects.js";
import type { Gate } from "./gate.js";
import { ada, call, flushed, held, mailWorld, refusal } from "./testing/mail-world.js";

describe("an effect", () => {
  it("is done once, however often and in whatever words it is asked for", async () => {
    const { effects, ledger, mail, sent } = mailWorld();
    expect(await effects.run(mail, call())).toEqual({ id: "m1" });
    expect(await effects.run(mail, call({ to: " ADA@figma.com", body: "Dear Ada" }))).toEqual({ id: "m1" });
    expect(await ledger().run(mail, call())).toEqual({ id: "m1" });
    expect(sent).toHaveLength(1);
  });

  it.each([
    ["another step", { step: "again" }],
    ["another run", { runId: "r2" }],
    ["another target", { input: { ...ada, to: "bo@figma.com" } }],
    ["another tenant", { tenant: "other" }],
  ])("is another one at %s", async (_, other) => {
    const { effects, mail, sent } = mailWorld();
    await effects.run(mail, call());
    await effects.run(mail, { ...call(), ...other });
    expect(sent).toHaveLength(2);
  });

  it("is on record with its input and result, and audited without its target", async () => {
    const { effects, mail, record, audit } = mailWorld();
    await effects.run(mail, call());
    expect(await record()).toMatchObject({
      effect: "email_send",
      target: "ada@figma.com",
      runId: "r1",
      status: "done",
      input: ada,
      result: { id: "m1" },
      attempts: 1,
    });
    expect(await audit()).toEqual([{ action: "effect-done", facts: { effect: "email_send", how: "acted" } }]);
    expect(JSON.stringify(await audit()) + (await record())?.key).not.toContain("ada@");
  });

  it("may be on something with a long name, of which enough is kept", async () => {
    const { effects, mail, sent, record } = mailWorld({
      target: ({ to }) => `https://${"x".repeat(5_000)}/${to}`,
    });
    await effects.run(mail, call());
    await effects.run(mail, call({ ...ada, to: "bo@figma.com" }));
    await effects.run(mail, call());
    expect(sent).toHaveLength(2);
    expect((await record())?.target).toMatch(/^https:\/\/x+#[\w-]{43}$/);
  });

  it("gives its actor a key for the vendor that is the same on every attempt, and another for each tenant", async () => {
    const keys: string[] = [];
    const { effects, mail } = mailWorld({
      act: (_, { idempotencyKey }) => {
        keys.push(idempotencyKey);
        throw refusal("safe");
      },
    });
    for (const tenant of ["acme", "acme", "other"]) {
      await expect(effects.run(mail, { ...call(), tenant })).rejects.toThrow();
    }
    expect(keys[0]).toMatch(/^[\w-]{43}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it("is refused to a second actor while the first one acts, and given to it afterwards", async () => {
    const { act, begun, release } = held();
    const { effects, ledger, mail, clock } = mailWorld({ act });
    const first = effects.run(mail, call());
    await begun;
    for (const actor of [effects, ledger()]) {
      await expect(actor.run(mail, call())).rejects.toMatchObject({ code: "effect.in_progress" });
    }
    release();
    expect(await first).toEqual({ id: "m1" });
    expect(await ledger().run(mail, call())).toEqual({ id: "m1" });
    expect(clock.pendingTimers).toBe(0);
  });

  it("keeps its lease for as long as it is being done", async () => {
    const { act, begun, release } = held();
    const { effects, ledger, mail, clock } = mailWorld({ act });
    const first = effects.run(mail, call());
    await begun;
    for (let minute = 0; minute < 10; minute++) {
      for (let part = 0; part < 3; part++) {
        clock.advance(20_000);
        await flushed();
      }
      await expect(ledger().run(mail, call())).rejects.toMatchObject({ code: "effect.in_progress" });
    }
    release();
    expect(await first).toEqual({ id: "m1" });
  });

  it("may be tried again when it is sure that nothing happened", async () => {
    let tries = 0;
    const { effects, mail, record } = mailWorld({
      act: () => {
        if (++tries === 1) throw refusal("safe");
        return { id: "m1" };
      },
    });
    await expect(effects.run(mail, call())).rejects.toMatchObject({ code: "service.rate_limited" });
    expect(await record()).toMatchObject({ status: "failed", error: { code: "service.rate_limited" } });
    expect(await effects.run(mail, call({ ...ada, body: "Shorter." }))).toEqual({ id: "m1" });
    expect(await record()).toMatchObject({ attempts: 2, input: { body: "Shorter." } });
  });

  it("tells nobody the words of a foreign error on record", async () => {
    const { effects, mail, record } = mailWorld({
      act: () => Promise.reject(new Error("password=hunter2")),
      lookup: () => ({ happened: false }),
    });
    await expect(effects.run(mail, call())).rejects.toThrow("hunter2");
    expect(JSON.stringify(await record())).not.toContain("hunter2");
  });
});

describe("a gate", () => {
  const closed: Gate = {
    name: "closed",
    check: () => ({ allowed: false, reason: "not today", retryAt: "2026-01-06T00:00:00.000Z" }),
  };

  it("keeps an effect from being done, says when it may be, and is audited", async () => {
    const { effects, mail, sent, audit, record } = mailWorld({}, [closed]);
    await expect(effects.run(mail, call())).rejects.toMatchObject({
      code: "effect.refused",
      replay: "safe",
      facts: { effect: "email_send", gate: "closed", retryAt: "2026-01-06T00:00:00.000Z" },
    });
    expect(sent).toEqual([]);
    expect(await record()).toBeUndefined();
    expect(await audit()).toMatchObject([{ action: "effect-refused", facts: { gate: "closed" } }]);
  });

  it("is asked in order, those of all effects first, and the first to refuse decides", async () => {
    const asked: string[] = [];
    const gate = (name: string, allowed: boolean): Gate => ({
      name,
      check: () => {
        asked.push(name);
        return allowed ? { allowed } : { allowed, reason: "no" };
      },
    });
    const own = [gate("own", false), gate("never", false)];
    const { effects, mail } = mailWorld({ gates: own }, [gate("shared", true)]);
    await expect(effects.run(mail, call())).rejects.toMatchObject({ facts: { gate: "own" } });
    expect(asked).toEqual(["shared", "own"]);
  });

  it("that fails lets nothing through", async () => {
    const { effects, mail, sent } = mailWorld({}, [
      { name: "x", check: () => Promise.reject(new Error("away")) },
    ]);
    await expect(effects.run(mail, call())).rejects.toThrow("away");
    expect(sent).toEqual([]);
  });

  it("is not asked again about what is done", async () => {
    let open = true;
    const gate: Gate = {
      name: "x",
      check: () => (open ? { allowed: true } : { allowed: false, reason: "" }),
    };
    const { effects, mail } = mailWorld({}, [gate]);
    await effects.run(mail, call());
    open = false;
    expect(await effects.run(mail, call())).toEqual({ id: "m1" });
  });
});

describe("defineEffect", () => {
  const { mail } = mailWorld();

  it.each([
    [{ name: "has space" }, "effect.name"],
    [{ target: undefined }, "effects.email_send.target"],
    [{ act: "no" }, "effects.email_send.act"],
    [{ lookup: 5 }, "effects.email_send.lookup"],
    [{ timeoutMs: 0 }, "effects.email_send.timeoutMs"],
  ])("refuses %o", (wrong, path) => {
    expect(() => defineEffect({ ...mail, ...wrong } as never)).toThrow(path);
  });

  it.each(["", 5, undefined])("refuses the target %o when it is done", async (target) => {
    const { effects, mail: effect } = mailWorld({ target: () => target as string });
    await expect(effects.run(effect, call())).rejects.toThrow("effects.email_send.target");
  });

  it("refuses a lease of no length", () => {
    const { storage } = mailWorld();
    expect(() => createEffects({ storage, leaseMs: 0 })).toThrow("effects.leaseMs");
  });
});
