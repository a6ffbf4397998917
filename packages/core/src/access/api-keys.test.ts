import { manualClock } from "@salesagent/conformance";
import { SalesAgentError, type Storage, type TenantStorage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createApiKeys } from "./api-keys.js";

const MINUTE = 60_000;

/** A storage that counts how often keys are read and noted. */
function counted(storage: Storage) {
  const calls = { get: 0, touch: 0 };
  const tenant = (id: string): TenantStorage => {
    const stores = storage.tenant(id);
    const apiKeys: TenantStorage["apiKeys"] = {
      ...{ port: "api-key-store/1", add: (key) => stores.apiKeys.add(key) },
      list: (page) => stores.apiKeys.list(page),
      revoke: (key, at) => stores.apiKeys.revoke(key, at),
      get(key) {
        calls.get += 1;
        return stores.apiKeys.get(key);
      },
      touch(key, at) {
        calls.touch += 1;
        return stores.apiKeys.touch(key, at);
      },
    };
    return new Proxy(stores, {
      get: (from, name) => (name === "apiKeys" ? apiKeys : Reflect.get(from, name)),
    });
  };
  return { calls, storage: { ...storage, tenant } as Storage };
}

function setUp() {
  const clock = manualClock();
  const memory = memoryStorage({ clock });
  const { calls, storage } = counted(memory);
  return { clock, memory, calls, storage, keys: createApiKeys({ storage, clock }) };
}

const problemOf = (error: unknown) =>
  SalesAgentError.is(error, "access.unauthenticated") ? error.facts.problem : error;

const outcome = (verified: Promise<unknown>) => verified.then(() => "good", problemOf);

describe("a key", () => {
  it("stands for its tenant, role and scopes", async () => {
    const { keys } = setUp();
    const { key, record } = await keys.issue("acme/ü", {
      name: "Sync",
      role: "member",
      scopes: ["leads:read"],
      by: "user:1",
    });
    expect(key).toMatch(/^sak_[\w-]+\.[\w-]+\.[\w-]{43}$/);
    expect(await keys.verify(key)).toEqual({
      tenant: "acme/ü",
      id: `key:${record.id}`,
      role: "member",
      scopes: ["leads:read"],
      name: "Sync",
    });
  });

  it("is kept nowhere, nor its hash told", async () => {
    const { keys, memory } = setUp();
    const { key, record } = await keys.issue("acme", { name: "Sync", role: "viewer", by: "user:1" });
    const secret = key.split(".")[2] ?? "";
    const kept = await memory.tenant("acme").apiKeys.list();
    const trail = await memory.tenant("acme").audit.list();
    const listed = await keys.list("acme");
    expect(JSON.stringify([kept, trail, listed, record])).not.toContain(secret);
    expect(kept.items[0]?.hash).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify([listed, record])).not.toContain(kept.items[0]?.hash);
  });

  it("that is altered in any way is refused, and the refusal tells nothing of it", async () => {
    const { keys } = setUp();
    const { key } = await keys.issue("acme", { name: "Sync", role: "owner", by: "user:1" });
    const place = fc.nat(key.length - 1);
    const letter = fc.constantFrom(..."abcXYZ019-_.".split(""));
    await fc.assert(
      fc.asyncProperty(place, letter, async (at, other) => {
        fc.pre(key[at] !== other);
        const altered = key.slice(0, at) + other + key.slice(at + 1);
        const refused = await keys.verify(altered).catch((error: unknown) => error);
        expect(["unknown", "malformed"]).toContain(problemOf(refused));
        expect(JSON.stringify(refused)).not.toContain(key.split(".")[2]);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    "",
    "sak_",
    "sak_YWNtZQ.1",
    "Bearer x",
    `sak_AA.1.${"a".repeat(43)}`,
    `sak__w.1.${"a".repeat(43)}`,
  ])("is no key: %j", async (text) => {
    expect(await outcome(setUp().keys.verify(text))).toBe("malformed");
  });

  it("of one tenant is not good for another, whatever the id", async () => {
    const { keys } = setUp();
    const { key } = await keys.issue("acme", { name: "Sync", role: "owner", by: "user:1" });
    const [, id, secret] = key.split(".");
    expect(await outcome(keys.verify(`sak_${btoa("globex").replace(/=+$/, "")}.${id}.${secret}`))).toBe(
      "unknown",
    );
  });

  it("is refused from the moment that it expires", async () => {
    const { keys, clock } = setUp();
    const expiresAt = new Date(clock.now() + MINUTE).toISOString();
    const { key } = await keys.issue("acme", { name: "Sync", role: "viewer", by: "user:1", expiresAt });
    clock.advance(MINUTE - 1);
    expect(await outcome(keys.verify(key))).toBe("good");
    clock.advance(1);
    expect(await outcome(keys.verify(key))).toBe("expired");
  });

  it("that was revoked here is refused at once, elsewhere within 30 seconds", async () => {
    const { keys, clock, storage } = setUp();
    const elsewhere = createApiKeys({ storage, clock });
    const { key, record } = await keys.issue("acme", { name: "Sync", role: "viewer", by: "user:1" });
    expect([await outcome(keys.verify(key)), await outcome(elsewhere.verify(key))]).toEqual(["good", "good"]);

    expect(await keys.revoke("acme", record.id, { by: "user:2" })).toBe(true);
    expect(await outcome(keys.verify(key))).toBe("revoked");
    clock.advance(30_000);
    expect(await outcome(elsewhere.verify(key))).toBe("revoked");
    expect(await keys.revoke("acme", record.id, { by: "user:2" })).toBe(false);
  });

  it("that is wrong is never told to be revoked or expired", async () => {
    const { keys } = setUp();
    const { key, record } = await keys.issue("acme", { name: "Sync", role: "viewer", by: "user:1" });
    await keys.revoke("acme", record.id, { by: "user:2" });
    expect(await outcome(keys.verify(key.slice(0, -43) + "A".repeat(43)))).toBe("unknown");
  });
});

it("asks the storage once for many requests of one key, and notes a use once a minute", async () => {
  const { keys, calls, clock, memory } = setUp();
  const { key, record } = await keys.issue("acme", { name: "Sync", role: "viewer", by: "user:1" });
  await Promise.all(Array.from({ length: 50 }, () => keys.verify(key)));
  expect(calls).toEqual({ get: 1, touch: 1 });

  clock.advance(MINUTE - 1);
  await keys.verify(key);
  expect(calls).toEqual({ get: 2, touch: 1 });
  clock.advance(1);
  await keys.verify(key);
  expect(calls.touch).toBe(2);
  expect((await memory.tenant("acme").apiKeys.get(record.id))?.lastUsedAt).toBe(
    new Date(clock.now()).toISOString(),
  );
});

it("asks again for a key that there was not, so that one made meanwhile is good", async () => {
  const { storage, clock } = setUp();
  let id = 0;
  const keys = createApiKeys({
    storage,
    clock,
    createId: () => `k${++id}`,
    random: (bytes) => bytes.fill(7),
  });
  const first = await keys.issue("acme", { name: "One", role: "viewer", by: "user:1" });
  const coming = first.key.replace(".k1.", ".k2.");
  expect(await outcome(keys.verify(coming))).toBe("unknown");
  await keys.issue("acme", { name: "Two", role: "viewer", by: "user:1" });
  expect(await outcome(keys.verify(coming))).toBe("good");
});

it("puts on record who made and who revoked a key", async () => {
  const { keys, memory } = setUp();
  const { record } = await keys.issue("acme", {
    name: "Sync",
    role: "member",
    scopes: ["leads:read"],
    by: "user:1",
  });
  await keys.revoke("acme", record.id, { by: "user:2" });
  const { items } = await memory.tenant("acme").audit.list();
  expect(items.map(({ actor, action, subject, facts }) => [actor, action, subject, facts])).toEqual([
    [
      "user:1",
      "api-key-issued",
      `api-key:${record.id}`,
      { name: "Sync", role: "member", scopes: ["leads:read"] },
    ],
    ["user:2", "api-key-revoked", `api-key:${record.id}`, {}],
  ]);
});

it.each([
  [{ name: "" }, "name"],
  [{ name: "x".repeat(201) }, "name"],
  [{ role: "root" }, "role"],
  [{ scopes: ["leads:all"] }, "scopes"],
  [{ expiresAt: "2020-01-01T00:00:00.000Z" }, "expiresAt"],
  [{ expiresAt: "soon" }, "expiresAt"],
  [{ by: "" }, "by"],
])("refuses to make a key of %j", async (wrong, place) => {
  const request = { name: "Sync", role: "viewer", by: "user:1", ...wrong } as never;
  await expect(setUp().keys.issue("acme", request)).rejects.toThrow(place);
});
