import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { type Attempt, tryUntilClear } from "./collision.js";

const countTimers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

describe("tryUntilClear", () => {
  it("keeps the process alive while it waits for the next try, and no longer", async () => {
    const clock = manualClock();
    const outcomes: Attempt<string>[] = [{ collided: true }, { value: "done" }];
    const attempt = async (): Promise<Attempt<string>> => outcomes.shift() ?? { value: "once more" };
    const before = countTimers();
    const result = tryUntilClear(attempt, { clock, random: () => 0.5 }, undefined);
    await new Promise(setImmediate);
    expect(countTimers()).toBe(before + 1);
    clock.advance(1);
    expect(await result).toBe("done");
    expect(countTimers()).toBe(before);
  });

  it("waits no longer when its caller leaves", async () => {
    const caller = new AbortController();
    const before = countTimers();
    const attempt = async (): Promise<Attempt<string>> => ({ collided: true });
    const pending = tryUntilClear(attempt, { clock: manualClock(), random: () => 0.5 }, caller.signal);
    await new Promise(setImmediate);
    const reason = new Error("enough");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(countTimers()).toBe(before);
  });
});
