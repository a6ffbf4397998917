import { manualClock } from "@salesagent/conformance";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineEffect } from "./effect.js";
import { createEffects } from "./effects.js";
import { frequencyCap } from "./frequency-cap.js";
import type { Gate, GateAnswer } from "./gate.js";
import { quietHours } from "./quiet-hours.js";
import { suppressionList } from "./suppression-list.js";

const tenant = "acme";

function setup(gate: Gate, startMs?: number) {
  const clock = manualClock(startMs);
  const storage = memoryStorage({ clock });
  const effects = [1, 2].map(() => createEffects({ storage, clock, gates: [gate] }));
  const define = (name: string, act: () => unknown) =>
    defineEffect<string, unknown>({ name, target: (to) => to.toLowerCase(), act });
  let step = 0;
  /** From one process and the other in turn, each time a new effect. */
  const send = async (to: string, { name = "email", act = () => "sent" as unknown } = {}) => {
    const ledger = effects[step++ % 2];
    return ledger?.run(define(name, act), { tenant, runId: "r1", step: `${step}`, input: to });
  };
  return { clock, send };
}

async function answerOf(gate: Gate, nowMs: number, target = "ada"): Promise<GateAnswer> {
  const question = { effect: "email", key: "k", target, input: target, tenant, runId: "r1", agent: "bdr" };
  const stores = memoryStorage().tenant(tenant);
  return gate.check({ ...question, approved: false, nowMs }, stores, {});
}

describe("frequencyCap", () => {
  const HOUR_MS = 3_600_000;

  it("lets so many through within the time, and more when it has passed", async () => {
    const { send, clock } = setup(frequencyCap({ max: 2, perMs: HOUR_MS }));
    await send("ada");
    clock.advance(HOUR_MS / 2);
    await send("ADA");
    await expect(send("ada")).rejects.toMatchObject({ facts: { gate: "frequency-cap" } });
    await send("bo");
    clock.advance(HOUR_MS / 2 + 1);
    await send("ada");
    await expect(send("ada")).rejects.toMatchObject({ code: "effect.refused" });
  });

  it("lets no two pass side by side where one has room", async () => {
    const { send } = setup(frequencyCap({ max: 10, perMs: HOUR_MS }));
    for (let count = 0; count < 9; count++) await send("ada");
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => send("ada")));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("counts what is being done, and what nobody can tell", async () => {
    const { send } = setup(frequencyCap({ max: 1, perMs: HOUR_MS }));
    let release = (_: string) => {};
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const act = () => {
      begin();
      return new Promise<string>((resolve) => {
        release = resolve;
      });
    };
    const running = send("ada", { act });
    await begun;
    await expect(send("ada")).rejects.toMatchObject({ code: "effect.refused" });
    release("sent");
    await running;
    const broken = send("bo", { act: () => Promise.reject(new Error("cut")) });
    await expect(broken).rejects.toMatchObject({ code: "effect.unknown" });
    await expect(send("bo")).rejects.toMatchObject({ code: "effect.refused" });
  });

  it("holds for one kind of effect where it names one", async () => {
    const { send } = setup(frequencyCap({ max: 1, perMs: HOUR_MS, effect: "email" }));
    await send("ada", { name: "call" });
    await send("ada");
    await send("ada", { name: "call" });
    await expect(send("ada")).rejects.toMatchObject({ code: "effect.refused" });
  });

  it.each([
    [{ max: 0, perMs: 1 }, "frequencyCap.max"],
    [{ max: 1.5, perMs: 1 }, "frequencyCap.max"],
    [{ max: 1, perMs: 0 }, "frequencyCap.perMs"],
  ])("refuses %o", (options, path) => {
    expect(() => frequencyCap(options)).toThrow(path);
  });
});

describe("quietHours", () => {
  const night = quietHours({ from: "20:00", until: "08:00", zone: "Europe/Berlin" });

  it.each([
    ["2026-01-05T18:59:59Z", undefined],
    ["2026-01-05T19:00:00Z", "2026-01-06T07:00:00.000Z"],
    ["2026-01-06T06:59:59Z", "2026-01-06T07:00:00.000Z"],
    ["2026-01-06T07:00:00Z", undefined],
    ["2026-07-05T18:00:00Z", "2026-07-06T06:00:00.000Z"],
    // clocks go forward at 01:00Z, back at 01:00Z
    ["2026-03-28T22:00:00Z", "2026-03-29T06:00:00.000Z"],
    ["2026-10-24T22:00:00Z", "2026-10-25T07:00:00.000Z"],
  ])("at %s says %s", async (at, retryAt) => {
    const expected = retryAt === undefined ? { allowed: true } : { allowed: false, retryAt };
    expect(await answerOf(night, Date.parse(at))).toMatchObject(expected);
  });

  it("goes by the target's own zone", async () => {
    const gate = quietHours({
      from: "20:00",
      until: "08:00",
      zone: ({ target }) => (target === "ada" ? "America/New_York" : "Asia/Tokyo"),
    });
    const noonInNewYork = Date.parse("2026-01-05T17:00:00Z");
    expect(await answerOf(gate, noonInNewYork, "ada")).toEqual({ allowed: true });
    expect(await answerOf(gate, noonInNewYork, "bo")).toMatchObject({ retryAt: "2026-01-05T23:00:00.000Z" });
  });

  it("says when quiet is over to the minute, in every zone and season", async () => {
    const zones = [
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "America/St_Johns",
    ];
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);
    const changes = ["2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-11-01T06:00Z", "2026-04-04T15:00Z"];
    const nowMs = fc
      .tuple(fc.constantFrom(...changes), fc.integer({ min: -26 * 60, max: 26 * 60 }))
      .map(([at, minutes]) => Date.parse(at) + minutes * 60_000);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...zones), time, time, nowMs, async (zone, from, until, now) => {
        fc.pre(from !== until);
        const gate = quietHours({ from, until, zone });
        const answer = await answerOf(gate, now);
        if (answer.allowed) return;
        const overMs = Date.parse(answer.retryAt ?? "");
        expect(await answerOf(gate, overMs)).toEqual({ allowed: true });
        expect(await answerOf(gate, overMs - 60_000)).toMatchObject({ allowed: false });
        for (let atMs = now; atMs < overMs; atMs += 17 * 60_000) {
          expect(await answerOf(gate, atMs)).toMatchObject({ allowed: false });
        }
      }),
    );
  });

  it.each([
    [{ from: "8:00", until: "20:00", zone: "UTC" }, "quietHours.from"],
    [{ from: "08:00", until: "24:00", zone: "UTC" }, "quietHours.until"],
    [{ from: "08:00", until: "08:00", zone: "UTC" }, "are the same"],
    [{ from: "08:00", until: "20:00", zone: "Mars/Base" }, "Mars/Base"],
  ])("refuses %o", (options, message) => {
    expect(() => quietHours(options)).toThrow(message);
  });
});

describe("suppressionList", () => {
  it("keeps out who is on it", async () => {
    const gate = suppressionList((target) => target === "ada");
    const { send } = setup(gate);
    await expect(send("Ada")).rejects.toMatchObject({ facts: { gate: "suppression-list" } });
    expect(await send("bo")).toBe("sent");
  });

  it("lets nobody through while it can't be read", async () => {
    const { send } = setup(suppressionList(() => Promise.reject(new Error("away"))));
    await expect(send("bo")).rejects.toThrow("away");
  });
});
