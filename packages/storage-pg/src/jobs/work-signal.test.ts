import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { WorkSignal } from "./work-signal.js";

const open = (clock = manualClock()) => new WorkSignal({ clock, random: () => 0, pollMs: 2000 });

describe("a worker that waits for jobs", () => {
  it("is woken while it is still asking when the next one is due", async () => {
    const signal = open();
    const woken = signal.untilWoken(() => new Promise(() => {}));
    signal.wakeIn(0);
    await expect(woken).resolves.toBeUndefined();
  });

  it("looks again when the next one is due", async () => {
    const clock = manualClock();
    const signal = open(clock);
    let answered = () => {};
    const asked = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const woken = signal.untilWoken(async () => {
      queueMicrotask(() => queueMicrotask(answered));
      return 500;
    });
    await asked;
    clock.advance(500);
    await expect(woken).resolves.toBeUndefined();
  });

  it("is told that it can't be known when the next one is due, unless it was woken before", async () => {
    const signal = open();
    await expect(signal.untilWoken(() => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
    let fail = (_: Error) => {};
    const woken = signal.untilWoken(
      () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    );
    signal.wakeIn(0);
    fail(new Error("lost"));
    await expect(woken).resolves.toBeUndefined();
  });

  it("ends when it is closed, whatever it asked", async () => {
    const signal = open();
    const woken = signal.untilWoken(() => new Promise(() => {}));
    signal.close();
    await expect(woken).resolves.toBeUndefined();
  });
});
