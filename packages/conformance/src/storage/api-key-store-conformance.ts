import type { ApiKeyRecord } from "@salesagent/ports";
import { at } from "./sample-records.js";
import { sampleKey } from "./sample-streams.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

/** Keys of programs. */
export function apiKeyStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("api-key-store/1", () => {
    it("gives back a key as it was added, and adds none of an id that is there", async () => {
      await using storage = await open();
      const { apiKeys } = storage.tenant("acme");
      const full = sampleKey("full", { scopes: ["leads:read", "runs:write"], expiresAt: at(60) });
      expect(await apiKeys.add(full)).toBe(true);
      expect(await apiKeys.add(sampleKey("plain", { role: "owner", scopes: [] }))).toBe(true);
      expect(await apiKeys.add(sampleKey("full", { name: "another" }))).toBe(false);
      expect(await apiKeys.get("full")).toEqual(full);
      expect(await apiKeys.get("plain")).toEqual(sampleKey("plain", { role: "owner", scopes: [] }));
      expect("scopes" in ((await apiKeys.get("plain")) ?? {})).toBe(true);
      expect(await apiKeys.get("nobody")).toBe(undefined);
    });

    it("revokes a key once, and keeps it", async () => {
      await using storage = await open();
      const { apiKeys } = storage.tenant("acme");
      await apiKeys.add(sampleKey("1"));
      expect(await apiKeys.revoke("1", at(5))).toBe(true);
      expect(await apiKeys.revoke("1", at(6))).toBe(false);
      expect(await apiKeys.revoke("nobody", at(5))).toBe(false);
      expect(await apiKeys.get("1")).toEqual(sampleKey("1", { revokedAt: at(5) }));
      expect(await apiKeys.add(sampleKey("1"))).toBe(false);
    });

    it("notes when a key was used last", async () => {
      await using storage = await open();
      const { apiKeys } = storage.tenant("acme");
      await apiKeys.add(sampleKey("1"));
      await apiKeys.add(sampleKey("2"));
      await apiKeys.touch("1", at(5));
      await apiKeys.touch("1", at(3));
      await apiKeys.touch("nobody", at(5));
      expect(await apiKeys.get("1")).toEqual(sampleKey("1", { lastUsedAt: at(5) }));
      await apiKeys.touch("1", at(7));
      expect((await apiKeys.get("1"))?.lastUsedAt).toBe(at(7));
      expect((await apiKeys.get("2"))?.lastUsedAt).toBe(undefined);
      expect(await apiKeys.get("nobody")).toBe(undefined);
    });

    it("lists keys, the one made last first, revoked and expired ones too", async () => {
      await using storage = await open();
      const { apiKeys } = storage.tenant("acme");
      const made: readonly (readonly [string, number])[] = [
        ...([
          ["a", 1],
          ["d", 4],
          ["b1", 2],
        ] as const),
        ...([
          ["b2", 2],
          ["c", 3],
        ] as const),
      ];
      for (const [id, second] of made) {
        await apiKeys.add(sampleKey(id, { createdAt: at(second), expiresAt: at(second) }));
      }
      await apiKeys.revoke("c", at(9));
      const listed = await readAll((page) => apiKeys.list(page), 2);
      expect(listed.map(({ id }) => id)).toEqual(["d", "c", "b2", "b1", "a"]);
      expect(listed[1]).toEqual(sampleKey("c", { createdAt: at(3), expiresAt: at(3), revokedAt: at(9) }));
    });

    it("refuses keys and times that break the rules, naming the field", async () => {
      await using storage = await open();
      const { apiKeys } = storage.tenant("acme");
      await apiKeys.add(sampleKey("1"));
      const broken: readonly (readonly [string, object])[] = [
        ["key.id", { id: "x".repeat(101) }],
        ["key.name", { name: "" }],
        ["key.name", { name: "x".repeat(201) }],
        ["key.hash", { hash: "secret" }],
        ["key.role", { role: "root" }],
        ["key.scopes", { scopes: "leads:read" }],
        ["key.scopes[1]", { scopes: ["a", ""] }],
        ["key.createdBy", { createdBy: "" }],
        ["key.createdAt", { createdAt: "yesterday" }],
        ["key.expiresAt", { expiresAt: "2026-13-01T00:00:00Z" }],
      ];
      for (const [field, change] of broken) {
        await expect(apiKeys.add({ ...sampleKey("2"), ...change } as ApiKeyRecord)).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "apiKeys", field } },
        });
      }
      for (const act of [() => apiKeys.revoke("1", "now"), () => apiKeys.touch("1", "now")]) {
        await expect(act()).rejects.toMatchObject({ code: "store.invalid", facts: { field: "at" } });
      }
      expect((await apiKeys.list()).items).toEqual([sampleKey("1")]);
    });
  });
}
