import { atOnce } from "./flow-suite.js";
import { sampleCredential } from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

/** Sealed credentials. */
export function credentialStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("credential-store/1", () => {
    it("keeps a credential under its platform and account, under a revision that rises", async () => {
      await using storage = await open();
      const { credentials } = storage.tenant("acme");
      expect(await credentials.get("hubspot", "main")).toBe(undefined);
      expect(await credentials.put(sampleCredential("main"))).toBe(1);
      expect(await credentials.put(sampleCredential("main", { platform: "close" }))).toBe(1);
      const first = await credentials.get("hubspot", "main");
      expect(await credentials.put(sampleCredential("main", { keyId: "key-2", sealed: "bmV3" }))).toBe(2);
      const second = await credentials.get("hubspot", "main");
      expect(second).toEqual({
        ...{ platform: "hubspot", account: "main", keyId: "key-2", sealed: "bmV3", revision: 2 },
        ...{ createdAt: first?.createdAt, updatedAt: second?.updatedAt },
      });
      expect(first).toMatchObject({ sealed: "c2VhbGVk", revision: 1, updatedAt: first?.createdAt });
      expect(first?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/);
      expect((await credentials.get("close", "main"))?.sealed).toBe("c2VhbGVk");
    });

    it("writes only over the revision that it rests on, so that one refresh of many is kept", async () => {
      await using storage = await open();
      const { credentials } = storage.tenant("acme");
      expect(await credentials.put({ ...sampleCredential("main"), ifRevision: 1 })).toBe(undefined);
      expect(await credentials.put({ ...sampleCredential("main"), ifRevision: null })).toBe(1);
      expect(await credentials.put({ ...sampleCredential("main"), ifRevision: null })).toBe(undefined);
      const written = await atOnce(8, (index) =>
        credentials.put({ ...sampleCredential("main", { keyId: `key ${index}` }), ifRevision: 1 }),
      );
      expect(written.filter((revision) => revision === 2).length).toBe(1);
      expect((await credentials.get("hubspot", "main"))?.keyId).toBe(`key ${written.indexOf(2)}`);
    });

    it("lists by platform and account, those of a platform or a key, and removes them", async () => {
      await using storage = await open();
      const { credentials } = storage.tenant("acme");
      for (const [platform, account, keyId] of [
        ["hubspot", "b", "key-1"],
        ["close", "z", "key-2"],
        ["hubspot", "a", "key-2"],
        ["hubspot", "B", "key-1"],
      ] as const) {
        await credentials.put(sampleCredential(account, { platform, keyId }));
      }
      const list = async (filter?: Parameters<typeof credentials.list>[0]) =>
        (await credentials.list(filter)).map(({ platform, account }) => `${platform}/${account}`);
      expect(await list()).toEqual(["close/z", "hubspot/B", "hubspot/a", "hubspot/b"]);
      expect(await list({ platform: "hubspot" })).toEqual(["hubspot/B", "hubspot/a", "hubspot/b"]);
      expect(await list({ keyId: "key-2" })).toEqual(["close/z", "hubspot/a"]);
      expect(await list({ platform: "hubspot", keyId: "key-2" })).toEqual(["hubspot/a"]);
      expect(await credentials.remove("hubspot", "a")).toBe(true);
      expect(await credentials.remove("hubspot", "a")).toBe(false);
      expect(await list({ keyId: "key-2" })).toEqual(["close/z"]);
    });

    it("takes 64 KiB, and refuses more and what is not sealed, naming the field but not the content", async () => {
      await using storage = await open();
      const { credentials } = storage.tenant("acme");
      const sealed = "QUJD".repeat(21_845).concat("QQ==");
      expect(await credentials.put(sampleCredential("big", { sealed }))).toBe(1);
      expect((await credentials.get("hubspot", "big"))?.sealed === sealed).toBe(true);
      const unsound: readonly (readonly [field: string, changes: object])[] = [
        ["platform", { platform: "" }],
        ["account", { account: "x".repeat(201) }],
        ["keyId", { keyId: "" }],
        ["sealed", { sealed: "" }],
        ["sealed", { sealed: "s3cret token" }],
        ["sealed", { sealed: "QUJD".repeat(21_847) }],
        ["ifRevision", { ifRevision: 0.5 }],
      ];
      for (const [field, changes] of unsound) {
        const pending = credentials.put({ ...sampleCredential("main"), ...changes });
        const facts = { store: "credentials", field: `credential.${field}` };
        await expect(pending).rejects.toMatchObject({ code: "store.invalid", facts });
        await pending.catch((error: unknown) => expect(String(error)).not.toContain("s3cret"));
      }
      for (const [field, run] of [
        ["platform", () => credentials.get("", "main")],
        ["account", () => credentials.get("hubspot", "")],
        ["account", () => credentials.remove("hubspot", "x".repeat(201))],
      ] as const) {
        await expect(run()).rejects.toMatchObject({ code: "store.invalid", facts: { field } });
      }
      expect((await credentials.list()).length).toBe(1);
    });
  });
}
