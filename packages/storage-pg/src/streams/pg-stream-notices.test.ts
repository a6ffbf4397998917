import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import type { Listen } from "../listening.js";
import { PgStreamNotices } from "./pg-stream-notices.js";

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** A server that listens or refuses as it is told. */
function setUp({ listens = true } = {}) {
  const clock = manualClock();
  const attempts: { told(payload: string): void; lost(): void }[] = [];
  const state = { isUp: true, open: 0 };
  const listen: Listen = async (_channel, on) => {
    attempts.push(on);
    if (!state.isUp) throw new Error("refused");
    state.open += 1;
    return {
      close() {
        state.open -= 1;
      },
    };
  };
  const options = { clock, random: () => 1, channel: "streams", listen: listens ? listen : undefined };
  const notices = new PgStreamNotices(options);
  const heard: string[] = [];
  const watch = () =>
    notices.watch({
      told: ({ tenant, id }) => void heard.push(`${tenant}/${id}`),
      missed: () => void heard.push("missed"),
    });
  return { clock, attempts, state, notices, heard, watch };
}

describe("watches of streams", () => {
  it("are told that they may have missed something once the line stands, and then of each stream", async () => {
    const { attempts, heard, watch, state } = setUp();
    const first = watch();
    expect(first.isLive).toBe(false);
    await settle();
    expect([first.isLive, heard]).toEqual([true, ["missed"]]);
    const second = watch();
    expect([second.isLive, attempts.length, state.open]).toEqual([true, 1, 1]);
    second.close();
    attempts[0]?.told('["acme",["run-1","run-2"]]');
    expect(heard).toEqual(["missed", "acme/run-1", "acme/run-2"]);
  });

  it("take a notice that names no stream for one that may be of any", async () => {
    const { attempts, heard, watch } = setUp();
    watch();
    await settle();
    for (const notice of ["", "{", "[1]", '["acme"]']) attempts[0]?.told(notice);
    expect(heard).toEqual(["missed", "missed", "missed", "missed", "missed"]);
  });

  it("are not live while the line is lost, and may have missed something when it stands again", async () => {
    const { attempts, heard, watch, state, clock } = setUp();
    const watching = watch();
    await settle();
    state.isUp = false;
    attempts[0]?.lost();
    expect(watching.isLive).toBe(false);
    const attemptsAfter: number[] = [];
    for (const pauseMs of [100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
      clock.advance(pauseMs - 1);
      await settle();
      attemptsAfter.push(attempts.length);
      clock.advance(1);
      await settle();
    }
    expect(attemptsAfter).toEqual([1, 2, 3, 4, 5, 6, 7, 8]); // later after each failure, and every 5 s then
    expect([watching.isLive, heard]).toEqual([false, ["missed"]]);
    state.isUp = true;
    clock.advance(5000);
    await settle();
    expect([watching.isLive, heard]).toEqual([true, ["missed", "missed"]]);
  });

  it("hold no line and no timer once all are closed, also while it comes about or is lost", async () => {
    const { attempts, watch, state, clock } = setUp();
    watch().close();
    await settle();
    expect(state.open).toBe(0);
    const watching = watch();
    await settle();
    state.isUp = false;
    attempts.at(-1)?.lost();
    expect(clock.pendingTimers).toBe(1);
    watching.close();
    expect(clock.pendingTimers).toBe(0);
    state.isUp = true;
    const again = watch();
    await settle();
    expect([again.isLive, watching.isLive]).toEqual([true, false]);
  });

  it("are never live where nobody can be told", async () => {
    const { watch, clock, heard } = setUp({ listens: false });
    const watching = watch();
    await settle();
    expect([watching.isLive, clock.pendingTimers, heard]).toEqual([false, 0, []]);
  });

  it("end with the storage", async () => {
    const { notices, watch, state } = setUp();
    const watching = watch();
    await settle();
    notices.close();
    expect([watching.isLive, state.open]).toEqual([false, 0]);
    expect(watch).toThrow(expect.objectContaining({ code: "store.closed" }));
  });
});
