import { describe, expect, it } from "vitest";
import { manualClock } from "./manual-clock.js";

describe("manualClock", () => {
  it("stands still until it is moved", () => {
    const clock = manualClock(1_000);
    expect([clock.now(), clock.elapsed()]).toEqual([1_000, 0]);

    clock.advance(250);

    expect([clock.now(), clock.elapsed()]).toEqual([1_250, 250]);
  });

  it("runs what falls due in order of time, each at its own instant", () => {
    const clock = manualClock(0);
    const seen: [string, number][] = [];
    clock.schedule(30, () => seen.push(["late", clock.elapsed()]));
    clock.schedule(10, () => seen.push(["early", clock.elapsed()]));
    clock.schedule(31, () => seen.push(["too late", clock.elapsed()]));

    clock.advance(30);

    expect(seen).toEqual([
      ["early", 10],
      ["late", 30],
    ]);
    expect(clock.pendingTimers).toBe(1);
  });

  it("runs what a task schedules within the same span", () => {
    const clock = manualClock();
    const seen: number[] = [];
    const tick = () => {
      seen.push(clock.elapsed());
      clock.schedule(10, tick);
    };
    clock.schedule(10, tick);

    clock.advance(35);

    expect(seen).toEqual([10, 20, 30]);
  });

  it("forgets a cancelled timer, and takes a second cancel", () => {
    const clock = manualClock();
    let fired = false;
    const timer = clock.schedule(5, () => {
      fired = true;
    });
    timer.cancel();
    timer.cancel();

    clock.advance(10);

    expect([fired, clock.pendingTimers]).toEqual([false, 0]);
  });

  it("refuses to go back", () => {
    expect(() => manualClock().advance(-1)).toThrow(RangeError);
  });
});
