import type { TenantStorage, TenantStores } from "@salesagent/ports";
import { expect, it } from "vitest";
import { pushChanges } from "./push-changes.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

/** The same storage, in which another process is always the first to keep a cursor. */
function outrun(storage: TenantStorage): TenantStorage {
  const late = (stores: TenantStores): TenantStores => ({
    ...stores,
    syncCursors: { ...stores.syncCursors, put: async () => undefined },
  });
  return {
    ...storage,
    transaction: (work, options) => storage.transaction((stores) => work(late(stores)), options),
  };
}

it("leaves what changed in the app to the process that was first", async () => {
  const { context, storage, putInApp } = openSync();
  await putInApp("contact", "ada", { email: "ada@x.example" });
  const second = { ...context, storage: outrun(storage) };
  expect(await pushChanges(second, "contact")).toMatchObject({ read: 0, created: 0, movedOn: true });
  expect(await pushChanges(context, "contact")).toMatchObject({ read: 1, created: 1, movedOn: false });
});

it("goes on with what is due where another process was first", async () => {
  const { context, storage, world, putInApp } = openSync();
  await putInApp("contact", "ada", { email: "ada@x.example" });
  await pushChanges(context, "contact");
  await syncCycle({ ...context, storage: outrun(storage) });
  expect(world.records("contact")).toHaveLength(1);
});
