import { manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type ActContext, defineEffect, type Effect, type LookupAnswer } from "./effect.js";
import { createEffects } from "./effects.js";
import type { Gate } from "./gate.js";
import { type Tap, tappedStorage } from "./testing/tapped-storage.js";

interface Mail {
  readonly to: string;
  readonly body: string;
}

const ada: Mail = { to: "ada@figma.com", body: "Hello Ada." };

function setup(overrides: Partial<Effect<Mail, { id: string }>> = {}, gates: readonly Gate[] = []) {
  const clock = manualClock();
  const { storage, connect } = tappedStorage(clock);
  const sent: Mail[] = [];
  const mail = defineEffect<Mail, { id: string }>({
    name: "email_send",
    target: ({ to }) => to.trim().toLowerCase(),
    act: (input) => ({ id: `m${sent.push(input)}` }),
    ...overrides,
  });
  const ledger = (tap?: Tap) => createEffects({ storage: connect(tap), clock, gates, leaseMs: 60_000 });
  const stores = storage.tenant("acme");
  const record = async () => (await stores.effects.list()).items[0];
  const audit = async () => (await stores.audit.list()).items.map(({ action, facts }) => ({ action, facts }));
  return { clock, sent, mail, ledger, effects: ledger(), stores, record, audit, storage };
}

const call = (input: Mail = ada, step = "send") => ({ tenant: "acme", runId: "r1", step, input });

/** An act that is held: it has begun, and ends when it is released. */
function held() {
  let release = () => {};
  let begin = (_signal: AbortSignal) => {};
  const begun = new Promise<AbortSignal>((resolve) => {
    begin = resolve;
  });
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const act = (_: Mail, { signal }: ActContext) => {
    begin(signal);
    return until.then(() => ({ id: "m1" }));
  };
  return { act, begun, release };
}

describe("an effect", () => {
  it("is done once, however often and in whatever words it is asked for", async () => {
    const { effects, ledger, mail, sent } = setup();
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
    const { effects, mail, sent } = setup();
    await effects.run(mail, call());
    await effects.run(mail, { ...call(), ...other });
    expect(sent).toHaveLength(2);
  });

  it("is on record with its input and result, and audited without its target", async () => {
    const { effects, mail, record, audit } = setup();
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

  it("gives its actor a key for the vendor that is the same on every attempt, and another for each tenant", async () => {
    const keys: string[] = [];
    const { effects, mail } = setup({
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
    const { effects, ledger, mail, clock } = setup({ act });
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
    const { effects, ledger, mail, clock } = setup({ act });
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
    const { effects, mail, record } = setup({
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
    const { effects, mail, record } = setup({
      act: () => Promise.reject(new Error("password=hunter2")),
      lookup: () => ({ happened: false }),
    });
    await expect(effects.run(mail, call())).rejects.toThrow("hunter2");
    expect(JSON.stringify(await record())).not.toContain("hunter2");
  });
});

describe("an effect that failed on the way", () => {
  const fails = { act: () => Promise.reject(new Error("socket hang up")) };

  it.each<[string, LookupAnswer<{ id: string }>, object]>([
    ["is done when its lookup finds it", { happened: true, result: { id: "m9" } }, { status: "done" }],
    ["has failed when its lookup rules it out", { happened: false }, { status: "failed" }],
    ["is of unknown outcome when its lookup can't tell", { unknown: true }, { status: "unknown" }],
  ])("%s", async (_, answer, expected) => {
    const { effects, mail, record } = setup({ ...fails, lookup: () => answer });
    const running = effects.run(mail, call());
    if ("unknown" in answer) await expect(running).rejects.toMatchObject({ code: "effect.unknown" });
    else if (answer.happened) expect(await running).toEqual({ id: "m9" });
    else await expect(running).rejects.toThrow("socket hang up");
    expect(await record()).toMatchObject(expected);
  });

  it.each<[string, Effect<Mail, { id: string }>["lookup"]]>([
    ["there is no lookup", undefined],
    ["the lookup fails", () => Promise.reject(new Error("away"))],
    ["the lookup says nothing of use", () => undefined as never],
  ])("is not done again when %s", async (_, lookup) => {
    let tries = 0;
    const { effects, mail } = setup({
      lookup,
      act: () => {
        tries++;
        throw new Error("socket hang up");
      },
    });
    for (let again = 0; again < 3; again++) {
      await expect(effects.run(mail, call())).rejects.toMatchObject({ code: "effect.unknown" });
    }
    expect(tries).toBe(1);
  });

  it("is looked up with what was to be done, not with what is asked for now", async () => {
    const asked: string[] = [];
    const dead = { now: true };
    const { ledger, mail, clock, effects } = setup({
      lookup: ({ body }, record) => {
        asked.push(body, record.target);
        return { happened: true, result: { id: "m1" } };
      },
    });
    const dying = ledger((name, phase) => {
      if (dead.now && name === "transaction" && phase === "after") throw new Error("killed");
      if (name === "settle") throw new Error("killed");
    });
    await expect(dying.run(mail, call())).rejects.toThrow("killed");
    clock.advance(60_000);
    expect(await effects.run(mail, call({ ...ada, body: "Other words." }))).toEqual({ id: "m1" });
    expect(asked).toEqual([ada.body, "ada@figma.com"]);
  });
});

describe("an effect of unknown outcome", () => {
  const by = "user:42";
  const broken = { act: () => Promise.reject(new Error("socket hang up")) };

  it.each([
    ["done, when a person found it", { happened: true, result: { id: "m7" } }, "effect-done"],
    ["failed, when a person ruled it out", { happened: false }, "effect-failed"],
  ] as const)("is settled by hand as %s", async (_, found, action) => {
    const { effects, mail, record, audit } = setup(broken);
    await expect(effects.run(mail, call())).rejects.toMatchObject({ code: "effect.unknown" });
    const key = (await record())?.key ?? "";
    const settled = await effects.settle(key, { tenant: "acme", by, found });
    expect(settled).toEqual(await record());
    expect((await audit()).at(-1)).toMatchObject({ action, facts: { how: "by-hand" } });
    const again = await effects.run({ ...mail, act: async () => ({ id: "m8" }) }, call());
    expect(again).toEqual({ id: found.happened ? "m7" : "m8" });
  });

  it("can't be settled by nobody, for another tenant, or while it is being done", async () => {
    const { act, begun, release } = held();
    const { effects, mail, record } = setup({ act });
    const running = effects.run(mail, call());
    await begun;
    const key = (await record())?.key ?? "";
    const finding = { tenant: "acme", by, found: { happened: false } } as const;
    await expect(effects.settle(key, finding)).rejects.toMatchObject({ code: "effect.in_progress" });
    await expect(effects.settle(key, { ...finding, by: "" })).rejects.toThrow(TypeError);
    await expect(effects.settle(key, { ...finding, tenant: "other" })).rejects.toMatchObject({
      code: "store.not_found",
    });
    release();
    await running;
    expect(await effects.settle(key, finding)).toMatchObject({ status: "done" });
  });
});

describe("an actor that is stopped", () => {
  it("rejects with the caller's own reason, and what it did all the same is found on record", async () => {
    const { act, begun, release } = held();
    const { effects, mail, record } = setup({ act });
    const caller = new AbortController();
    const running = effects.run(mail, { ...call(), signal: caller.signal });
    await begun;
    const reason = new Error("the tab was closed");
    caller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(await record()).toMatchObject({ status: "claimed" });
    release();
    await flushed();
    expect(await record()).toMatchObject({ status: "done", result: { id: "m1" } });
  });

  it("is not looked up before its lease is over", async () => {
    let asked = 0;
    const { act, begun } = held();
    const { effects, mail, clock } = setup({
      timeoutMs: 5_000,
      act,
      lookup: () => {
        asked++;
        return { happened: true, result: { id: "late" } };
      },
    });
    const running = effects.run(mail, call());
    await begun;
    clock.advance(5_000);
    await expect(running).rejects.toMatchObject({ code: "effect.unknown" });
    await expect(effects.run(mail, call())).rejects.toMatchObject({ code: "effect.in_progress" });
    expect(asked).toBe(0);
    clock.advance(60_000);
    expect(await effects.run(mail, call())).toEqual({ id: "late" });
    expect(clock.pendingTimers).toBe(0);
  });

  it("begins nothing for a caller who has left", async () => {
    const caller = new AbortController();
    const { ledger, mail, sent, record } = setup();
    const effects = ledger((name, phase) => {
      if (name === "transaction" && phase === "after") caller.abort(new Error("left"));
    });
    await expect(effects.run(mail, { ...call(), signal: caller.signal })).rejects.toThrow("left");
    expect(sent).toEqual([]);
    expect(await record()).toMatchObject({ status: "failed" });
  });

  it("begins nothing under a lease that ran out while it was claimed", async () => {
    const { ledger, mail, sent, clock } = setup();
    let claimed = false;
    const slow = ledger((name, phase) => {
      if (name !== "transaction" || phase !== "after" || claimed) return;
      claimed = true;
      clock.advance(61_000);
    });
    await expect(slow.run(mail, call())).rejects.toMatchObject({ code: "call.timed_out", replay: "safe" });
    expect(sent).toEqual([]);
  });

  it("is told when its lease can't be kept", async () => {
    const { act, begun } = held();
    const { ledger, mail, clock } = setup({ act });
    const away = ledger((name) => {
      if (name === "renew") throw new Error("away");
    });
    const running = away.run(mail, call());
    running.catch(() => {});
    const signal = await begun;
    for (let part = 0; part < 3; part++) {
      expect(signal.aborted).toBe(false);
      clock.advance(20_000);
      await flushed();
    }
    expect(signal.aborted).toBe(true);
    await expect(running).rejects.toMatchObject({ code: "effect.unknown" });
  });
});

describe("a gate", () => {
  const closed: Gate = {
    name: "closed",
    check: () => ({ allowed: false, reason: "not today", retryAt: "2026-01-06T00:00:00.000Z" }),
  };

  it("keeps an effect from being done, says when it may be, and is audited", async () => {
    const { effects, mail, sent, audit, record } = setup({}, [closed]);
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
    const { effects, mail } = setup({ gates: own }, [gate("shared", true)]);
    await expect(effects.run(mail, call())).rejects.toMatchObject({ facts: { gate: "own" } });
    expect(asked).toEqual(["shared", "own"]);
  });

  it("that fails lets nothing through", async () => {
    const { effects, mail, sent } = setup({}, [
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
    const { effects, mail } = setup({}, [gate]);
    await effects.run(mail, call());
    open = false;
    expect(await effects.run(mail, call())).toEqual({ id: "m1" });
  });
});

describe("defineEffect", () => {
  const { mail } = setup();

  it.each([
    [{ name: "has space" }, "effect.name"],
    [{ target: undefined }, "effects.email_send.target"],
    [{ act: "no" }, "effects.email_send.act"],
    [{ lookup: 5 }, "effects.email_send.lookup"],
    [{ timeoutMs: 0 }, "effects.email_send.timeoutMs"],
  ])("refuses %o", (wrong, path) => {
    expect(() => defineEffect({ ...mail, ...wrong } as never)).toThrow(path);
  });

  it.each(["", "x".repeat(1_001), 5])("refuses the target %o when it is done", async (target) => {
    const { effects, mail: effect } = setup({ target: () => target as string });
    await expect(effects.run(effect, call())).rejects.toThrow("effects.email_send.target");
  });

  it("refuses a lease of no length", () => {
    const { storage } = setup();
    expect(() => createEffects({ storage, leaseMs: 0 })).toThrow("effects.leaseMs");
  });
});

function refusal(replay: "safe" | "unsafe") {
  return new SalesAgentError("service.rate_limited", {
    message: "Try later.",
    facts: { service: "smtp" },
    replay,
  });
}

/** Lets everything that can go on do so. */
const flushed = () => new Promise<void>((resolve) => setImmediate(resolve));
