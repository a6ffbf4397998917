import { setImmediate as turn } from "node:timers/promises";
import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { hedge } from "./hedge.js";

/** A task whose attempts are settled by hand. */
function manualTask() {
  const attempts: {
    signal: AbortSignal;
    resolve: (value: string) => void;
    reject: (error: unknown) => void;
  }[] = [];
  const task = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => attempts.push({ signal, resolve, reject }));
  const attempt = (number: number) => {
    const found = attempts[number - 1];
    if (!found) throw new Error(`attempt ${number} has not begun`);
    return found;
  };
  return { task, attempt, begun: () => attempts.length };
}

describe("hedge", () => {
  it("asks once when the answer comes in time", async () => {
    const clock = manualClock();
    const { task, attempt, begun } = manualTask();
    const pending = hedge(task, { afterMs: 100, clock });
    clock.advance(99);
    attempt(1).resolve("first");

    expect(await pending).toBe("first");
    expect([begun(), clock.pendingTimers]).toEqual([1, 0]);
  });

  it("asks again beside a slow one; the first answer wins, and the other is aborted", async () => {
    const clock = manualClock();
    const { task, attempt, begun } = manualTask();
    const pending = hedge(task, { afterMs: 100, clock });
    clock.advance(100);
    expect(begun()).toBe(2);
    attempt(2).resolve("second");

    expect(await pending).toBe("second");
    expect([attempt(1).signal.aborted, attempt(2).signal.aborted]).toEqual([true, false]);
    expect(attempt(1).signal.reason).toMatchObject({ name: "AbortError" });
  });

  it("begins no more than it may", () => {
    const clock = manualClock();
    const { task, attempt, begun } = manualTask();
    const pending = hedge(task, { afterMs: 100, max: 3, clock });
    clock.advance(10_000);

    expect([begun(), clock.pendingTimers]).toEqual([3, 0]);
    attempt(1).resolve("done");
    return pending;
  });

  it("waits for the other when one fails, and throws the first's error when all do", async () => {
    const clock = manualClock();
    const { task, attempt } = manualTask();
    const saved = hedge(task, { afterMs: 100, clock });
    clock.advance(100);
    attempt(1).reject(new Error("first"));
    await turn();
    attempt(2).resolve("second");
    expect(await saved).toBe("second");

    const lost = manualTask();
    const pending = hedge(lost.task, { afterMs: 100, clock });
    clock.advance(100);
    lost.attempt(2).reject(new Error("second"));
    await turn();
    lost.attempt(1).reject(new Error("first"));
    await expect(pending).rejects.toThrow("first");
  });

  it("throws the first's error also when the second's comes last", async () => {
    const clock = manualClock();
    const { task, attempt } = manualTask();
    const pending = hedge(task, { afterMs: 100, clock });
    clock.advance(100);
    attempt(1).reject(new Error("first"));
    await turn();
    attempt(2).reject(new Error("second"));

    await expect(pending).rejects.toThrow("first");
  });

  it("does not take a failure for slowness", async () => {
    const clock = manualClock();
    const { task, attempt, begun } = manualTask();
    const pending = hedge(task, { afterMs: 100, clock });
    attempt(1).reject(new Error("first"));

    await expect(pending).rejects.toThrow("first");
    clock.advance(100);
    expect(begun()).toBe(1);
  });

  it("ends all with the caller's reason", async () => {
    const clock = manualClock();
    const { task, attempt } = manualTask();
    const caller = new AbortController();
    const pending = hedge(task, { afterMs: 100, clock, signal: caller.signal });
    clock.advance(100);
    caller.abort("enough");

    await expect(pending).rejects.toBe("enough");
    expect([attempt(1).signal.reason, attempt(2).signal.reason]).toEqual(["enough", "enough"]);
  });

  it("takes a task that throws at once as one that failed", async () => {
    const broken = () => {
      throw new TypeError("slip");
    };
    await expect(hedge(broken, { afterMs: 100, clock: manualClock() })).rejects.toThrow("slip");
  });

  it.each([
    ["hedge.afterMs", { afterMs: -1 }],
    ["hedge.max", { afterMs: 1, max: 0 }],
  ])("refuses %s = %j", async (path, options) => {
    await expect(hedge(async () => 1, options)).rejects.toThrow(`${path} must be`);
  });
});
