import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "./clock.js";

describe("systemClock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells the time and the time that has passed", () => {
    const before = systemClock.elapsed();
    vi.advanceTimersByTime(250);

    expect(systemClock.now()).toBe(1_250);
    expect(systemClock.elapsed() - before).toBe(250);
  });

  it("runs a task once, after its delay", () => {
    const task = vi.fn();
    systemClock.schedule(100, task);

    vi.advanceTimersByTime(99);
    expect(task).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it("forgets a task that is cancelled, once or twice", () => {
    const task = vi.fn();
    const timer = systemClock.schedule(100, task);
    timer.cancel();
    timer.cancel();

    vi.advanceTimersByTime(1_000);
    expect(task).not.toHaveBeenCalled();
  });

  it.each([2 ** 31, 1e12, Number.POSITIVE_INFINITY])(
    "does not fire at once after a delay of %d ms",
    (delayMs) => {
      const task = vi.fn();
      const timer = systemClock.schedule(delayMs, task);

      vi.advanceTimersByTime(24 * 3_600_000);
      expect(task).not.toHaveBeenCalled();
      timer.cancel();
    },
  );
});

describe("systemClock on the machine", () => {
  it("does not keep the process alive", () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const timer = systemClock.schedule(60_000, () => {});

    expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout")).toHaveLength(before);
    timer.cancel();
  });
});
