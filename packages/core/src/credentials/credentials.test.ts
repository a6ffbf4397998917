import { inspect } from "node:util";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { toBase64 } from "../kernel/base64.js";
import { createCredentials } from "./credentials.js";
import { localKeys } from "./local-keys.js";

const PLANTED = "sk-planted-4b1d";
const newKey = () => toBase64(crypto.getRandomValues(new Uint8Array(32)));
const close = { platform: "close" } as const;

function setup() {
  const storage = memoryStorage();
  const one = newKey();
  const keys = localKeys({ current: "one", keys: { one } });
  const credentials = createCredentials({ storage, keys });
  return { storage, one, credentials, acme: credentials.tenant("acme") };
}

describe("createCredentials", () => {
  it("gives back what was put, and nothing where nothing was", async () => {
    const { acme } = setup();
    await acme.put(close, { apiKey: PLANTED, scopes: ["all"] });
    const credential = await acme.need<{ apiKey: string }>(close);
    expect(credential.reveal()).toEqual({ apiKey: PLANTED, scopes: ["all"] });
    expect(await acme.get({ platform: "close", account: "second" })).toBeUndefined();
    await expect(acme.need({ platform: "hubspot" })).rejects.toMatchObject({
      ...{ code: "credential.not_found", facts: { platform: "hubspot", account: "default" } },
    });
  });

  it("keeps nothing readable, and shows no secret in JSON, text or dumps", async () => {
    const { acme, storage } = setup();
    await acme.put(close, { apiKey: PLANTED });
    const kept = await storage.tenant("acme").credentials.get("close", "default");
    expect(kept?.sealed).toBeDefined();
    expect(atob(kept?.sealed ?? "")).not.toContain(PLANTED);
    const credential = await acme.need(close);
    const shown = [
      JSON.stringify(credential),
      String(credential),
      inspect(credential, { showHidden: true, depth: 9 }),
    ];
    expect(shown.join("\n")).not.toContain(PLANTED);
    expect(shown.join("\n")).toContain("close");
    expect(JSON.stringify(await acme.list())).not.toContain("sealed");
  });

  it.each([
    ["another tenant", "other", "close", "default"],
    ["another platform", "acme", "hubspot", "default"],
    ["another account", "acme", "close", "second"],
  ])("does not open for %s where its row is moved there", async (_, tenant, platform, account) => {
    const { acme, credentials, storage } = setup();
    await acme.put(close, { apiKey: PLANTED });
    const kept = await storage.tenant("acme").credentials.get("close", "default");
    const { keyId = "", sealed = "" } = kept ?? {};
    await storage.tenant(tenant).credentials.put({ platform, account, keyId, sealed });
    const opened = credentials.tenant(tenant).get({ platform, account });
    await expect(opened).rejects.toMatchObject({
      ...{ code: "credential.unreadable", facts: { platform, account, keyId: "one" } },
    });
  });

  it("does not open when any byte was altered", async () => {
    const { acme, storage } = setup();
    await acme.put(close, { apiKey: PLANTED });
    const store = storage.tenant("acme").credentials;
    const { keyId = "", sealed = "" } = (await store.get("close", "default")) ?? {};
    const bytes = Uint8Array.from(atob(sealed), (character) => character.charCodeAt(0));
    for (let at = 0; at < bytes.length; at += 7) {
      const altered = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
      await store.put({ platform: "close", account: "default", keyId, sealed: toBase64(altered) });
      await expect(acme.get(close)).rejects.toMatchObject({ code: "credential.unreadable" });
    }
  });

  it("is put under the new key by a rotation, and then opens without the old one", async () => {
    const { acme, storage, one } = setup();
    await acme.put(close, { apiKey: PLANTED });
    await acme.put({ platform: "hubspot" }, { token: PLANTED });
    const two = newKey();
    const both = createCredentials({ storage, keys: localKeys({ current: "two", keys: { one, two } }) });
    expect(await both.tenant("acme").rotate()).toEqual({ rotated: 2, unreadable: [] });
    const alone = createCredentials({ storage, keys: localKeys({ current: "two", keys: { two } }) });
    expect((await alone.tenant("acme").need(close)).reveal()).toEqual({ apiKey: PLANTED });
    expect((await acme.list()).map(({ keyId }) => keyId)).toEqual(["two", "two"]);
    await expect(acme.get(close)).rejects.toMatchObject({ code: "credential.unreadable" });
  });

  it("tells which credentials a rotation could not open, and goes on with the rest", async () => {
    const { acme, storage } = setup();
    const stranger = createCredentials({ storage, keys: localKeys({ current: "x", keys: { x: newKey() } }) });
    await stranger.tenant("acme").put({ platform: "apollo" }, { apiKey: PLANTED });
    await acme.put(close, { apiKey: PLANTED });
    expect(await acme.rotate()).toEqual({
      ...{ rotated: 1, unreadable: [{ platform: "apollo", account: "default" }] },
    });
  });

  it("loses no update: of two that rest on one revision, one is put", async () => {
    const { acme } = setup();
    const first = await acme.put(close, { n: 0 }, { ifRevision: null });
    expect(first).toBeDefined();
    const puts = await Promise.all([1, 2].map((n) => acme.put(close, { n }, { ifRevision: first })));
    expect(puts.filter((revision) => revision !== undefined)).toHaveLength(1);
    expect(await acme.put(close, { n: 3 }, { ifRevision: null })).toBeUndefined();
  });

  it("removes", async () => {
    const { acme } = setup();
    await acme.put(close, { n: 0 });
    expect(await acme.remove(close)).toBe(true);
    expect(await acme.remove(close)).toBe(false);
    expect(await acme.list()).toEqual([]);
  });
});
