import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { GroupCommit } from "./group-commit.js";

const AWAY = new SalesAgentError("store.unavailable", {
  message: "away",
  facts: { store: "x" },
  replay: "safe",
});

/** Notes its groups; a group that holds `bad` fails, all fail while the store is away. */
function setup(away = false) {
  const told = { groups: [] as string[][], idle: 0 };
  const group = new GroupCommit<string>(
    async (items) => {
      told.groups.push([...items]);
      await Promise.resolve();
      if (away) throw AWAY;
      if (items.includes("bad")) throw new Error("bad");
    },
    () => {
      told.idle++;
    },
  );
  const write = (...items: readonly string[]) => Promise.allSettled(items.map((item) => group.write(item)));
  return { group, told, write };
}

describe("a group commit", () => {
  it("takes what gathered during a write together, and tells when all is written", async () => {
    const { group, told, write } = setup();
    const written = write("a", "b", "c");
    expect(group.waiting).toBe(2);
    await written;
    await Promise.resolve();
    expect(told).toEqual({ groups: [["a"], ["b", "c"]], idle: 1 });
    expect(group.idle).toBe(true);
  });

  it("does not let a bad item fail the others of its group", async () => {
    const { told, write } = setup();
    const ends = await write("a", "bad", "c");
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(told.groups).toEqual([["a"], ["bad", "c"], ["bad"], ["c"]]);
  });

  it("does not ask a store again that is away, and works on afterwards", async () => {
    const { told, write } = setup(true);
    const ends = await write("a", "b", "c");
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(told.groups).toEqual([["a"], ["b", "c"]]);
  });
});
