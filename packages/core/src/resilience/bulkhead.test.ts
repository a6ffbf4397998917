import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bulkhead, type BulkheadPermit } from "./bulkhead.js";

describe("Bulkhead", () => {
  it("lets as many run as it is told to, and the rest in their order", async () => {
    const bulkhead = new Bulkhead({ name: "crm", maxRunning: 1 });
    const order: string[] = [];
    const noted = (name: string) => (permit: BulkheadPermit) => {
      order.push(name);
      return permit;
    };
    const first = await bulkhead.acquire();
    const second = bulkhead.acquire().then(noted("second"));
    const third = bulkhead.acquire().then(noted("third"));
    expect([bulkhead.running, bulkhead.waiting]).toEqual([1, 2]);

    first.release();
    (await second).release();
    (await third).release();

    expect(order).toEqual(["second", "third"]);
    expect([bulkhead.running, bulkhead.waiting]).toEqual([0, 0]);
  });

  it("refuses what is beyond the line, and says how full it is", async () => {
    const bulkhead = new Bulkhead({ name: "crm", maxRunning: 1, maxWaiting: 1 });
    const permit = await bulkhead.acquire();
    const waiting = bulkhead.acquire();

    await expect(bulkhead.acquire()).rejects.toMatchObject({
      code: "bulkhead.full",
      facts: { name: "crm", running: 1, waiting: 1 },
      replay: "safe",
    });
    permit.release();
    (await waiting).release();
  });

  it("takes a place only if one is free, when asked in the same turn", () => {
    const bulkhead = new Bulkhead({ name: "crm", maxRunning: 1 });
    const permit = bulkhead.tryAcquire();
    expect(bulkhead.tryAcquire()).toBeUndefined();

    permit?.release();
    expect(bulkhead.tryAcquire()).toBeDefined();
  });

  it("frees one place, however often a permit is given back", async () => {
    const bulkhead = new Bulkhead({ name: "crm", maxRunning: 2 });
    const permit = await bulkhead.acquire();
    await bulkhead.acquire();
    permit.release();
    permit.release();

    expect(bulkhead.running).toBe(1);
  });

  it("lets who gives up leave the line with the own reason", async () => {
    const bulkhead = new Bulkhead({ name: "crm", maxRunning: 1 });
    const permit = await bulkhead.acquire();
    const caller = new AbortController();
    const leaving = bulkhead.acquire(caller.signal);
    const staying = bulkhead.acquire();
    caller.abort("changed my mind");
    await expect(leaving).rejects.toBe("changed my mind");

    permit.release();
    (await staying).release();
    expect(bulkhead.running).toBe(0);
  });

  it("passes a place on whose caller gave up in the same turn", async () => {
    const bulkhead = new Bulkhead({ name: "crm", maxRunning: 1 });
    const permit = await bulkhead.acquire();
    const caller = new AbortController();
    const leaving = bulkhead.acquire(caller.signal);
    permit.release();
    caller.abort("too late");

    await expect(leaving).rejects.toBe("too late");
    expect(bulkhead.running).toBe(0);
  });

  it("gives the place back when the task fails", async () => {
    const bulkhead = new Bulkhead({ name: "crm", maxRunning: 1 });
    await expect(bulkhead.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");

    expect(await bulkhead.run(async () => bulkhead.running)).toBe(1);
    expect(bulkhead.running).toBe(0);
  });

  it("never runs too many, keeps the order and loses no place, in any sequence", async () => {
    const steps = fc.array(fc.tuple(fc.constantFrom("acquire", "try", "release", "abort"), fc.nat(9)), {
      maxLength: 80,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (sequence, maxRunning) => {
        const bulkhead = new Bulkhead({ name: "crm", maxRunning, maxWaiting: 6 });
        const held: BulkheadPermit[] = [];
        const line: { number: number; caller: AbortController }[] = [];
        let number = 0;
        let lastIn = -1;
        for (const [step, pick] of sequence) {
          if (step === "release") held.splice(pick % (held.length || 1), 1)[0]?.release();
          if (step === "abort") line[pick % (line.length || 1)]?.caller.abort("left");
          if (step === "try") held.push(...[bulkhead.tryAcquire()].filter((permit) => permit !== undefined));
          if (step === "acquire") {
            const entry = { number, caller: new AbortController() };
            number += 1;
            line.push(entry);
            const leave = () => line.splice(line.indexOf(entry), 1);
            bulkhead.acquire(entry.caller.signal).then((permit) => {
              leave();
              expect(entry.number).toBeGreaterThan(lastIn);
              lastIn = entry.number;
              held.push(permit);
            }, leave);
          }
          await turn();
          expect(held.length).toBe(bulkhead.running);
          expect(held.length).toBeLessThanOrEqual(maxRunning);
          expect(line.length).toBe(bulkhead.waiting);
          if (line.length > 0) expect(held.length).toBe(maxRunning);
        }
        while (held.length > 0) {
          for (const permit of held.splice(0)) permit.release();
          await turn();
        }
        expect([bulkhead.running, bulkhead.waiting]).toEqual([0, 0]);
      }),
    );
  });

  it.each([
    ["bulkhead.name", { name: "" }],
    ["bulkhead.maxRunning", { maxRunning: 0 }],
    ["bulkhead.maxWaiting", { maxWaiting: -1 }],
  ])("refuses %s = %j", (path, options) => {
    expect(() => new Bulkhead({ name: "crm", maxRunning: 1, ...options })).toThrow(`${path} must be`);
  });
});
