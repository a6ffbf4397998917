import { setImmediate as turn } from "node:timers/promises";
import Opossum from "opossum";
import { describe, expect, it, vi } from "vitest";
import { OutcomeWindow } from "./outcome-window.js";

const settings = { name: "acme/one", errorShare: 0.5, minCalls: 2, windowMs: 10_000 };

describe("OutcomeWindow", () => {
  it("decides in the same turn", () => {
    const window = new OutcomeWindow(settings, 0);
    window.add(true, 0);
    window.add(false, 0);

    expect([window.tooManyFailures, window.counts(0)]).toEqual([true, { calls: 2, failures: 1 }]);
    window.close();
  });

  it("lets a call drop out a window later, and not before", () => {
    const window = new OutcomeWindow(settings, 500);
    window.add(true, 500);
    expect(window.counts(10_499).calls).toBe(1);
    expect(window.counts(10_500).calls).toBe(0);
  });

  it("does not keep what it does not read, however many calls there are", async () => {
    const fire = vi.spyOn(Opossum.prototype, "fire");
    const window = new OutcomeWindow(settings, 0);
    for (let call = 0; call < 1_000; call += 1) {
      window.add(true, 0);
      await null;
    }
    await turn();
    const [circuit] = fire.mock.contexts as Opossum[];
    fire.mockRestore();

    expect(circuit?.status.window[0]?.fires).toBe(1_000);
    expect(circuit?.status.window[0]?.latencyTimes.length).toBeLessThan(10);
  });
});
