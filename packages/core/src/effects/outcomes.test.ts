import { describe, expect, it } from "vitest";
import type { Effect, LookupAnswer } from "./effect.js";
import { ada, call, flushed, held, type Mail, mailWorld } from "./testing/mail-world.js";

describe("an effect that failed on the way", () => {
  const fails = { act: () => Promise.reject(new Error("socket hang up")) };

  it.each<[string, LookupAnswer<{ id: string }>, object]>([
    ["is done when its lookup finds it", { happened: true, result: { id: "m9" } }, { status: "done" }],
    ["has failed when its lookup rules it out", { happened: false }, { status: "failed" }],
    ["is of unknown outcome when its lookup can't tell", { unknown: true }, { status: "unknown" }],
  ])("%s", async (_, answer, expected) => {
    const { effects, mail, record } = mailWorld({ ...fails, lookup: () => answer });
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
    const { effects, mail } = mailWorld({
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
    const { ledger, mail, clock, effects } = mailWorld({
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
    const { effects, mail, record, audit } = mailWorld(broken);
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
    const { effects, mail, record } = mailWorld({ act });
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
    const { effects, mail, record } = mailWorld({ act });
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
    const { effects, mail, clock } = mailWorld({
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
    const { ledger, mail, sent, record } = mailWorld();
    const effects = ledger((name, phase) => {
      if (name === "transaction" && phase === "after") caller.abort(new Error("left"));
    });
    await expect(effects.run(mail, { ...call(), signal: caller.signal })).rejects.toThrow("left");
    expect(sent).toEqual([]);
    expect(await record()).toMatchObject({ status: "failed" });
  });

  it("gives a claim back whose answer was lost, since nothing was begun under it", async () => {
    const { ledger, effects, mail, sent } = mailWorld();
    let lost = false;
    const unlucky = ledger((name, phase) => {
      if (name !== "transaction" || phase !== "after" || lost) return;
      lost = true;
      throw new Error("connection reset");
    });
    await expect(unlucky.run(mail, call())).rejects.toThrow("connection reset");
    expect(sent).toEqual([]);
    expect(await effects.run(mail, call())).toEqual({ id: "m1" });
  });

  it("begins nothing under a lease that ran out while it was claimed", async () => {
    const { ledger, mail, sent, clock } = mailWorld();
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
    const { ledger, mail, clock } = mailWorld({ act });
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
