import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { FlowListener } from "./flow-listener.js";
import type { Listen } from "./listening.js";

/** Lets promises that are due run. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** A server that listens or refuses as it is told. */
function setUp({ listens = true } = {}) {
  const clock = manualClock();
  const attempts: { told(): void; lost(): void }[] = [];
  let open = 0;
  let up = true;
  const listen: Listen = async (_channel, { told, lost }) => {
    attempts.push({ told: () => told(""), lost });
    if (!up) throw new Error("refused");
    open += 1;
    return {
      close() {
        open -= 1;
      },
    };
  };
  const listener = new FlowListener({
    ...{ clock, random: () => 1, channel: "flows", pollMs: 500 },
    listen: listens ? listen : undefined,
  });
  /** Sleeps, and says whether it is over. */
  const sleep = (maxMs: number) => {
    const state = { over: false };
    const ended = listener.wait(maxMs, undefined).then(() => {
      state.over = true;
    });
    return { state, ended };
  };
  return {
    ...{ clock, attempts, listener, sleep },
    setUp: (value: boolean) => {
      up = value;
    },
    open: () => open,
  };
}

/** Sleeps once, so that it listens, and looks for work. */
async function begin(set: ReturnType<typeof setUp>): Promise<void> {
  await set.sleep(60_000).ended;
  set.listener.look();
}

describe("a sleeping worker", () => {
  it("wakes once it listens, since something may have been told before", async () => {
    const set = setUp();
    await set.sleep(60_000).ended;
    expect(set.attempts.length).toBe(1);
  });

  it("sleeps until something is told, with all others, over one connection", async () => {
    const set = setUp();
    await begin(set);
    const [one, two] = [set.sleep(60_000), set.sleep(60_000)];
    set.clock.advance(59_999);
    await settle();
    expect([one.state.over, two.state.over]).toEqual([false, false]);
    set.attempts[0]?.told();
    await Promise.all([one.ended, two.ended]);
    expect(set.attempts.length).toBe(1);
    expect(set.clock.pendingTimers).toBe(0);
  });

  it("does not sleep at all where something was told since it looked", async () => {
    const set = setUp();
    await begin(set);
    set.attempts[0]?.told();
    await set.sleep(60_000).ended;
    set.listener.look();
    const again = set.sleep(60_000);
    await settle();
    expect(again.state.over).toBe(false);
    set.clock.advance(60_000);
    await again.ended;
  });

  it("looks again every so often where nobody tells it", async () => {
    const set = setUp({ listens: false });
    const sleeping = set.sleep(60_000);
    set.clock.advance(499);
    await settle();
    expect(sleeping.state.over).toBe(false);
    set.clock.advance(1);
    await sleeping.ended;
    const short = set.sleep(20);
    set.clock.advance(20);
    await short.ended;
  });

  it("wakes when the connection is lost, looks again every so often, and connects later after each failure", async () => {
    const set = setUp();
    await begin(set);
    const sleeping = set.sleep(60_000);
    set.setUp(false);
    set.attempts[0]?.lost();
    await sleeping.ended;
    expect(set.open()).toBe(0);
    const attemptsAfter: number[] = [];
    for (let polls = 0; polls < 40; polls++) {
      set.listener.look();
      const poll = set.sleep(60_000);
      await settle();
      set.clock.advance(500);
      await poll.ended;
      attemptsAfter.push(set.attempts.length);
    }
    // after 0.1 s, 0.2 s, 0.4 s …, and then every 5 s: some ten in 20 s
    expect(attemptsAfter.at(-1)).toBeGreaterThan(5);
    expect(attemptsAfter.at(-1)).toBeLessThan(12);
    set.setUp(true);
    set.clock.advance(5000);
    await begin(set);
    const quiet = set.sleep(60_000);
    set.clock.advance(30_000);
    await settle();
    expect([quiet.state.over, set.open()]).toEqual([false, 1]);
    set.attempts.at(-1)?.told();
    await quiet.ended;
  });

  it("is told that the storage is closed, and nothing listens any more", async () => {
    const set = setUp();
    await begin(set);
    const sleeping = set.listener.wait(60_000, undefined);
    set.listener.close();
    await expect(sleeping).rejects.toMatchObject({ code: "store.closed" });
    await expect(set.listener.wait(1, undefined)).rejects.toMatchObject({ code: "store.closed" });
    expect([set.open(), set.clock.pendingTimers, set.attempts.length]).toEqual([0, 0, 1]);
  });

  it("leaves no connection behind when it is closed while it connects", async () => {
    const set = setUp();
    const sleeping = set.listener.wait(60_000, undefined);
    set.listener.close();
    await expect(sleeping).rejects.toMatchObject({ code: "store.closed" });
    await settle();
    expect(set.open()).toBe(0);
  });

  it("leaves with its caller's reason", async () => {
    const set = setUp();
    await begin(set);
    const caller = new AbortController();
    const sleeping = set.listener.wait(60_000, { signal: caller.signal });
    const reason = new Error("the worker drains");
    caller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    expect(set.clock.pendingTimers).toBe(0);
  });
});
