import { createSyncContext, syncCycle } from "@salesagent/core/crm";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { closeScene } from "./testing/close-setup.js";

const MONTH_MS = 31 * 86_400_000;

describe("a sync with Close that rested for more than a month", () => {
  it("finds by a walk what was made, changed and removed meanwhile, and goes on by the feed", async () => {
    const { sandbox, provider, clock } = closeScene();
    const storage = memoryStorage({ clock }).tenant("acme");
    const context = createSyncContext({ connection: "close", provider, storage, clock });
    const act = async (method: "POST" | "PUT" | "DELETE", path: string, body?: object) =>
      String((await sandbox.act(method, path, { ...body }))["id"]);
    const names = async () =>
      (await storage.records.list("company")).items.map(({ fields }) => fields.name).toSorted();
    const stays = await act("POST", "/lead/", { name: "Acme" });
    const goes = await act("POST", "/lead/", { name: "Globex" });
    clock.advance(60_000);
    await syncCycle(context);
    clock.advance(60_000);
    await syncCycle(context);
    expect(await names()).toEqual(["Acme", "Globex"]);

    await act("PUT", `/lead/${stays}/`, { name: "Acme AG" });
    await act("DELETE", `/lead/${goes}/`);
    await act("POST", "/lead/", { name: "Initech" });
    clock.advance(MONTH_MS);
    const kept = await storage.syncCursors.get("close", "company/changes");
    const feed = provider.changes("company", { cursor: String(kept?.value["cursor"]) });
    await expect(feed[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "crm.walk_incomplete" });

    await syncCycle(context);
    expect(await names()).toEqual(["Acme AG", "Initech"]);

    await act("PUT", `/lead/${stays}/`, { name: "Acme SE" });
    clock.advance(60_000);
    await syncCycle(context);
    expect(await names()).toEqual(["Acme SE", "Initech"]);
  });
});
