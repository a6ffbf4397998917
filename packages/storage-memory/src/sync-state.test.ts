import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

const START = Date.UTC(2026, 0, 5, 12);
const at = (ms: number) => new Date(START + ms).toISOString();

function open() {
  const clock = manualClock(START);
  return { clock, acme: memoryStorage({ clock }).tenant("acme") };
}

describe("what syncs stand on, by the storage's clock", () => {
  it("gives a request away when its lease ends, or when it is to be tried again", async () => {
    const { clock, acme } = open();
    const { inbox } = acme;
    const request = { source: "close", body: "", hints: null };
    await inbox.put({ ...request, id: "1", key: "1", receivedAt: at(-1) });
    await inbox.put({ ...request, id: "2", key: "2", receivedAt: at(0) });
    const claim = async () =>
      (await inbox.claim({ source: "close", leaseMs: 1000, limit: 9 })).map(({ id }) => id);
    expect(await claim()).toEqual(["1", "2"]);
    const error = { code: "x", message: "y" };
    await inbox.settle("1", { status: "received", error, retryAt: at(1500) });
    clock.advance(999);
    expect(await claim()).toEqual([]);
    clock.advance(1);
    expect(await claim()).toEqual(["2"]);
    clock.advance(500);
    expect(await claim()).toEqual(["1"]);
  });

  it("gives a lease away when it ends, unless it was renewed", async () => {
    const { clock, acme } = open();
    const { leases } = acme;
    const fence = await leases.acquire("token", "me", 1000);
    clock.advance(999);
    expect(await leases.renew("token", "me", 1000)).toBe(true);
    clock.advance(999);
    expect(await leases.acquire("token", "you", 1000)).toBe(undefined);
    clock.advance(1);
    expect(await leases.renew("token", "me", 1000)).toBe(false);
    expect(await leases.acquire("token", "you", 1000)).toBe((fence ?? 0) + 1);
  });

  it("grants calls again after the wait that it told, and no earlier", async () => {
    const { clock, acme } = open();
    const want = { key: "close", windows: [{ name: "10s", limit: 2, windowMs: 10_000 }] };
    const { rateBudgets } = acme;
    for (let calls = 0; calls < 2; calls++) expect((await rateBudgets.take(want)).granted).toBe(true);
    const grant = await rateBudgets.take(want);
    const waitMs = grant.granted ? 0 : grant.waitMs;
    expect(waitMs).toBeGreaterThanOrEqual(10_000);
    expect(waitMs).toBeLessThanOrEqual(10_500);
    clock.advance(waitMs - 1);
    expect(await rateBudgets.take(want)).toEqual({ granted: false, waitMs: 1, window: "10s" });
    clock.advance(1);
    expect((await rateBudgets.take(want)).granted).toBe(true);
  });

  it("stamps records and conflicts", async () => {
    const { clock, acme } = open();
    const { records, conflicts } = acme;
    const put = { op: "put" as const, kind: "deal" as const, id: "1", draft: { fields: {}, keys: [] } };
    await records.writeMany([put]);
    clock.advance(10);
    await records.writeMany([put]);
    expect(await records.get("deal", "1")).toMatchObject({ createdAt: at(0), updatedAt: at(10) });
    clock.advance(10);
    await records.writeMany([{ op: "remove", kind: "deal", id: "1" }]);
    expect((await records.changes("deal")).removed).toEqual([{ kind: "deal", id: "1", removedAt: at(20) }]);
    const conflict = {
      connection: "close",
      kind: "deal" as const,
      recordId: "1",
      field: "name",
      policy: "review",
    };
    const values = { base: null, app: 1, crm: 2, status: "open" as const, foundAt: at(0) };
    await conflicts.addMany([{ id: "1", ...conflict, ...values }]);
    await conflicts.endMany([{ id: "1", status: "gone" }]);
    expect((await conflicts.get("1"))?.endedAt).toBe(at(20));
  });
});
