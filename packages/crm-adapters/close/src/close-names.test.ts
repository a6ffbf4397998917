import { createSyncContext, recordDraft, resolveConflict, syncCycle } from "@salesagent/core/crm";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { closeScene } from "./testing/close-setup.js";

describe("a name that the app and Close divide differently", () => {
  it("keeps all its words when both sides edit it", async () => {
    const { sandbox, provider, clock } = closeScene();
    const storage = memoryStorage({ clock }).tenant("acme");
    const context = createSyncContext({ connection: "close", provider, storage, clock });
    const cycle = async () => {
      clock.advance(60_000);
      await syncCycle(context);
    };
    const standing = () => sandbox.standing("contact").map(({ name }) => name);
    const fields = {
      email: "mary@x.example",
      firstName: "Mary Ann",
      lastName: "Smith",
      fullName: "Mary Ann Smith",
    };
    const put = (draft: ReturnType<typeof recordDraft>) =>
      storage.records.writeMany([{ op: "put", kind: "contact", id: "c1", draft }]);
    await put(recordDraft("contact", fields));
    await cycle();
    expect(standing()).toEqual(["Mary Ann Smith"]);

    expect((await storage.records.get("contact", "c1"))?.fields).toMatchObject(fields);
    await put(recordDraft("contact", { ...fields, firstName: "Marie Ann", fullName: "Marie Ann Smith" }));
    const { id } = sandbox.standing("contact")[0] ?? {};
    await sandbox.act("PUT", `/contact/${String(id)}/`, { name: "Maria Ann Smith" });
    await cycle();
    const [open, ...others] = (await storage.conflicts.list({ status: "open" })).items;
    expect([open, others]).toMatchObject([{ field: "firstName", app: "Marie Ann", crm: "Maria" }, []]);
    expect(standing()).toEqual(["Maria Ann Smith"]);

    await resolveConflict(context, { id: open?.id ?? "", choice: { take: "app" }, by: "user:1" });
    await cycle();
    expect(standing()).toEqual(["Marie Ann Smith"]);
    await put(recordDraft("contact", { ...fields, firstName: "Jo", fullName: "Jo Smith" }));
    await cycle();
    await cycle();
    expect(standing()).toEqual(["Jo Smith"]);
    expect((await storage.records.get("contact", "c1"))?.fields).toMatchObject({
      firstName: "Jo",
      lastName: "Smith",
    });
    expect((await storage.conflicts.list({ status: "open" })).items).toEqual([]);
  });
});
