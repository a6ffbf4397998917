import { describe, expect, it } from "vitest";
import type { OpenLine } from "./listening.js";
import { shareListening } from "./shared-listening.js";

/** A server that takes connections, or refuses them. */
function setUp() {
  const lines: { on: Parameters<OpenLine>[0]; listens: string[]; isOpen: boolean }[] = [];
  const state = { refuses: false, refusesToListen: false };
  const listen = shareListening(async (on) => {
    if (state.refuses) throw new Error("refused");
    const line = { on, listens: [] as string[], isOpen: true };
    lines.push(line);
    return {
      async listen(channel) {
        if (state.refusesToListen) throw new Error("may not listen");
        line.listens.push(channel);
      },
      unlisten(channel) {
        line.listens = line.listens.filter((other) => other !== channel);
      },
      close() {
        line.isOpen = false;
      },
    };
  });
  const told: string[] = [];
  const begin = (channel: string) =>
    listen(channel, {
      told: (payload) => void told.push(`${channel}: ${payload}`),
      lost: () => void told.push(`${channel} is lost`),
    });
  return { lines, state, told, begin };
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

describe("a connection that several listen over", () => {
  it("is one for all channels, and gives each what is told on its own", async () => {
    const { lines, told, begin } = setUp();
    await Promise.all([begin("flows"), begin("streams")]);
    expect(lines.map(({ listens }) => listens)).toEqual([["flows", "streams"]]);
    lines[0]?.on.told("streams", "a");
    lines[0]?.on.told("others", "b");
    lines[0]?.on.told("flows", "c");
    expect(told).toEqual(["streams: a", "flows: c"]);
  });

  it("stays until the last one leaves, and is there again for the next", async () => {
    const { lines, told, begin } = setUp();
    const [flows, streams] = [await begin("flows"), await begin("streams")];
    streams.close();
    expect(lines[0]).toMatchObject({ isOpen: true, listens: ["flows"] });
    lines[0]?.on.told("streams", "a");
    await begin("streams");
    expect(lines[0]?.listens).toEqual(["flows", "streams"]);
    streams.close(); // it left before
    lines[0]?.on.told("streams", "b");
    expect(told).toEqual(["streams: b"]);
    flows.close();
    await settle();
    expect(lines.map(({ isOpen }) => isOpen)).toEqual([true]);
  });

  it("is closed once nobody listens, also where that comes before it is there", async () => {
    const { lines, begin } = setUp();
    (await begin("flows")).close();
    await settle();
    (await begin("flows")).close();
    await settle();
    expect(lines.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  });

  it("is told to all as lost, closed, and made anew by whoever listens next", async () => {
    const { lines, told, begin } = setUp();
    const flows = await begin("flows");
    await begin("streams");
    lines[0]?.on.lost();
    lines[0]?.on.lost();
    await settle();
    expect(told).toEqual(["flows is lost", "streams is lost"]);
    expect(lines[0]?.isOpen).toBe(false);
    await begin("flows");
    flows.close(); // of the line that was lost
    await settle();
    expect(lines.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });

  it("fails for all who wait for it, and for no other one", async () => {
    const { lines, state, begin } = setUp();
    state.refuses = true;
    const outcomes = await Promise.allSettled([begin("flows"), begin("streams")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    state.refuses = false;
    await begin("flows");
    state.refusesToListen = true;
    await expect(begin("streams")).rejects.toThrow("may not listen");
    await settle();
    expect(lines).toMatchObject([{ isOpen: true, listens: ["flows"] }]);
  });
});
