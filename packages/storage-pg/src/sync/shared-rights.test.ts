import { describe, expect, it } from "vitest";
import { FAR_AHEAD, webhook } from "../testing/sync-rows.js";
import { eachWithTwoProcesses } from "../testing/two-processes.js";

const { acme, atOnce } = eachWithTwoProcesses();

describe("what two processes share", () => {
  it("grants exactly the calls of a window, in all windows or in none", async () => {
    const windows = [
      { name: "hour", limit: 150, windowMs: 3_600_000 },
      { name: "day", limit: 100, windowMs: 86_400_000 },
    ];
    const grants = await atOnce(300, ({ rateBudgets }) => rateBudgets.take({ key: "close", windows }));
    expect(grants.filter(({ granted }) => granted)).toHaveLength(100);
    const hour = windows.slice(0, 1);
    const rest = await atOnce(100, ({ rateBudgets }) => rateBudgets.take({ key: "close", windows: hour }));
    expect(rest.filter(({ granted }) => granted)).toHaveLength(50);
  });

  it("keeps to a window whose length changes, and to what the service said, however many ask", async () => {
    const window = { name: "hour", limit: 100, windowMs: 3_600_000 };
    await acme(0).rateBudgets.take({
      key: "close",
      windows: [{ ...window, windowMs: 1_800_000 }],
      calls: 60,
    });
    await atOnce(10, ({ rateBudgets }) => rateBudgets.learn({ key: "close", window, remaining: 30 }));
    const grants = await atOnce(60, ({ rateBudgets }) =>
      rateBudgets.take({ key: "close", windows: [window] }),
    );
    expect(grants.filter(({ granted }) => granted)).toHaveLength(30);
  });

  it("gives a lease to one owner, and the number rises with each", async () => {
    const fences = await atOnce(30, ({ leases }, index) => leases.acquire("refresh", `${index}`, 60_000));
    const owner = fences.findIndex((fence) => fence !== undefined);
    expect(fences.filter((fence) => fence !== undefined)).toEqual([1]);
    await acme(1).leases.release("refresh", `${owner}`);
    expect(await acme(0).leases.acquire("refresh", "next", 60_000)).toBe(2);
  });

  it("writes a credential once for each revision that stood", async () => {
    const sealed = { platform: "hubspot", account: "1", keyId: "k1", sealed: "c2VhbGVk" };
    const added = await atOnce(20, ({ credentials }) => credentials.put({ ...sealed, ifRevision: null }));
    const changed = await atOnce(20, ({ credentials }) => credentials.put({ ...sealed, ifRevision: 1 }));
    expect([added, changed].map((list) => list.filter((revision) => revision !== undefined))).toEqual([
      [1],
      [2],
    ]);
  });

  it("takes each request to a webhook once, and gives it to one worker", async () => {
    const taken = await atOnce(40, ({ inbox }, index) =>
      inbox.put({ ...webhook(`${index}`), key: `${index % 20}` }),
    );
    expect(taken.filter(Boolean)).toHaveLength(20);
    const claimed = await atOnce(20, ({ inbox }) =>
      inbox.claim({ source: "close", leaseMs: 3_600_000, limit: 3 }),
    );
    const ids = claimed.flat().map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([20, 20]);
  });

  it("makes one letter of what fails the same way at once", async () => {
    const letter = {
      ...{ connection: "close", kind: "contact" as const, recordId: "1", operation: "create" },
      ...{ payload: {}, error: { code: "x", message: "y" }, addedAt: FAR_AHEAD },
    };
    const standing = await atOnce(12, ({ deadLetters }, index) =>
      deadLetters.add({ ...letter, id: `${index}` }),
    );
    expect(new Set(standing.map(({ id }) => id)).size).toBe(1);
    const [one] = (await acme(0).deadLetters.list()).items;
    expect(one?.history).toHaveLength(11);
  });
});
