import { setImmediate as turn } from "node:timers/promises";
import { type ManualClock, manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { backoffMs } from "./backoff.js";
import { type RetryOptions, type RetryWait, retry } from "./retry.js";

const facts = { provider: "acme", modelId: "one" };
const limited = (retryAfterMs?: number) =>
  new SalesAgentError("model.rate_limited", {
    message: "Wait.",
    facts: { ...facts, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    replay: "safe",
  });
const cut = (replay: "safe" | "unsafe") =>
  new SalesAgentError("model.stream_cut", { message: "Cut.", facts, replay });

/** Fails with each of the errors in turn, then answers with the time. */
function failing(clock: ManualClock, ...errors: readonly unknown[]) {
  const startsMs: number[] = [];
  const task = vi.fn(async () => {
    startsMs.push(clock.elapsed());
    if (startsMs.length <= errors.length) throw errors[startsMs.length - 1];
    return "well";
  });
  return { task, startsMs };
}

/** Moves the clock from wait to wait until the retrying is over. */
async function settle<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  for (await turn(); !isOver; await turn()) clock.advance(1);
  return over;
}

const half = () => 0.5;
const quick = { baseMs: 8, random: half } satisfies RetryOptions;

describe("retry", () => {
  it("tries again with full jitter on growing bounds", async () => {
    const clock = manualClock();
    const { task, startsMs } = failing(clock, limited(), limited(), limited());

    expect(await settle(clock, retry(task, { ...quick, clock }))).toBe("well");
    expect(startsMs).toEqual([0, 4, 12, 28]);
  });

  it("stops after three retries with the last error", async () => {
    const clock = manualClock();
    const last = limited();
    const { task } = failing(clock, limited(), limited(), limited(), last, limited());

    await expect(settle(clock, retry(task, { ...quick, clock }))).rejects.toBe(last);
    expect(task).toHaveBeenCalledTimes(4);
  });

  it("never comes back earlier than it was told, and tells of each wait", async () => {
    const clock = manualClock();
    const waits: RetryWait[] = [];
    const error = limited(90);
    const { task, startsMs } = failing(clock, error);
    await settle(clock, retry(task, { ...quick, clock, onWait: (wait) => waits.push(wait) }));

    expect(startsMs).toEqual([0, 94]);
    expect(waits).toEqual([{ attempt: 1, waitMs: 94, error }]);
  });

  it("stops at once, with the error and its facts, when it is told to wait too long", async () => {
    const clock = manualClock();
    const { task } = failing(clock, limited(90_000));

    await expect(retry(task, { clock, maxWaitMs: 60_000 })).rejects.toMatchObject({
      code: "model.rate_limited",
      facts: { retryAfterMs: 90_000 },
    });
    expect([task.mock.calls.length, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("begins no try after its time", async () => {
    const clock = manualClock();
    const { task, startsMs } = failing(clock, limited(30), limited(30), limited(30));

    await expect(
      settle(clock, retry(task, { ...quick, random: () => 0, clock, maxElapsedMs: 70 })),
    ).rejects.toMatchObject({ code: "model.rate_limited" });
    expect(startsMs).toEqual([0, 30, 60]);
  });

  it("does not try again what may act twice, unless it is told to", async () => {
    const clock = manualClock();
    const once = failing(clock, cut("unsafe"));
    await expect(settle(clock, retry(once.task, { ...quick, clock }))).rejects.toMatchObject({
      replay: "unsafe",
    });
    expect(once.task).toHaveBeenCalledTimes(1);

    const twice = failing(clock, cut("unsafe"));
    expect(await settle(clock, retry(twice.task, { ...quick, clock, retryUnsafe: true }))).toBe("well");
  });

  it.each([
    ["a bad request", new SalesAgentError("model.bad_request", { message: "No.", facts, replay: "safe" })],
    ["a stranger's error", new Error("what is this")],
    ["a slip", new TypeError("x is not a function")],
    ["what is no error", "a text"],
    ["nothing", undefined],
  ])("does not try %s again, and throws it as it came", async (_, thrown) => {
    const clock = manualClock();
    const { task } = failing(clock, thrown);
    const outcome = await retry(task, { clock }).then(
      () => "resolved",
      (error: unknown) => ({ error }),
    );

    expect(outcome).toEqual({ error: thrown });
    expect(task).toHaveBeenCalledTimes(1);
  });

  it("does not try a slip again even if told that all is retryable", async () => {
    const clock = manualClock();
    const { task } = failing(clock, new TypeError("x is not a function"));
    await expect(settle(clock, retry(task, { ...quick, clock, retryable: () => true }))).rejects.toThrow(
      TypeError,
    );

    expect(task).toHaveBeenCalledTimes(1);
  });

  it("takes any function's errors, told how to read them", async () => {
    const clock = manualClock();
    const busy = Object.assign(new Error("busy"), { seconds: 0.05 });
    const { task, startsMs } = failing(clock, busy);
    const retryAfter = (error: unknown) => (error === busy ? busy.seconds * 1_000 : undefined);
    await settle(
      clock,
      retry(task, { clock, random: () => 0, retryable: (error) => error === busy, retryAfter }),
    );

    expect(startsMs).toEqual([0, 50]);
  });

  it("ends with the caller's reason in the middle of a wait, and leaves no timer", async () => {
    const clock = manualClock();
    const caller = new AbortController();
    const { task } = failing(clock, limited());
    const pending = retry(task, { clock, random: half, signal: caller.signal });
    await turn();
    expect(clock.pendingTimers).toBe(1);

    const reason = { hung: "up" };
    caller.abort(reason);

    await expect(pending).rejects.toBe(reason);
    expect([task.mock.calls.length, clock.pendingTimers]).toEqual([1, 0]);
  });

  it("ends with the caller's reason while a task does not listen, and before the first try", async () => {
    const caller = new AbortController();
    const pending = retry(() => new Promise(() => {}), { signal: caller.signal });
    caller.abort("enough");
    await expect(pending).rejects.toBe("enough");

    const task = vi.fn(async () => 1);
    await expect(retry(task, { signal: caller.signal })).rejects.toBe("enough");
    expect(task).not.toHaveBeenCalled();
  });

  it.each([
    ["retry.retries", { retries: -1 }],
    ["retry.retries", { retries: 1.5 }],
    ["retry.baseMs", { baseMs: Number.NaN }],
    ["retry.factor", { factor: 0.5 }],
    ["retry.capMs", { capMs: -1 }],
    ["retry.maxWaitMs", { maxWaitMs: -1 }],
    ["retry.maxElapsedMs", { maxElapsedMs: Number.NaN }],
  ])("refuses %s = %j", async (path, options) => {
    await expect(retry(async () => 1, options)).rejects.toThrow(`${path} must be`);
  });
});

describe("backoffMs", () => {
  it("is a whole number from 0 to the bound, which grows to the cap", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (attempt, baseMs, capMs, chance) => {
          const waitMs = backoffMs({ attempt, baseMs, capMs, random: () => chance });
          expect(Number.isInteger(waitMs)).toBe(true);
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 99)));
        },
      ),
    );
  });

  it("uses the whole of its span", () => {
    expect(backoffMs({ attempt: 4, random: () => 0 })).toBe(0);
    expect(backoffMs({ attempt: 4, random: () => 0.999_999 })).toBe(15_999);
    expect(backoffMs({ attempt: 40, random: () => 0.999_999 })).toBe(59_999);
  });
});
