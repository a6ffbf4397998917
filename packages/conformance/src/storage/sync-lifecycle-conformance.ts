import type { CallOptions, TenantStores } from "@salesagent/ports";
import { everySyncCall, everySyncPut, readSyncState } from "./every-sync-call.js";
import { at } from "./sample-records.js";
import {
  findLink,
  LONG_LEASE_MS,
  putContact,
  sampleClaim,
  sampleConflict,
  sampleCredential,
  sampleLetter,
  sampleLink,
  sampleRequest,
  sampleSyncEntry,
  sampleSyncRun,
} from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

const NUL = "a\0b";
const HALF = "🐟".slice(0, 1);

type Write = readonly [field: string, write: () => Promise<unknown>];

const error = (message: string) => ({ code: "x", message });

/** Calls with a text that not every database can hold, each by the field that must be named. */
function unstorable(stores: TenantStores, text: string): readonly Write[] {
  const { records, links, syncCursors, syncRuns, conflicts, deadLetters, inbox } = stores;
  const { rateBudgets, leases, credentials } = stores;
  const window = { name: "hour", limit: 1, windowMs: 1000 };
  const link = (changes: Parameters<typeof sampleLink>[1]) => () =>
    links.writeMany([{ link: sampleLink("1", changes) }]);
  return [
    ["writes[0].id", () => records.writeMany([putContact(text)])],
    ["writes[0].draft.keys[0]", () => records.writeMany([putContact("1", { keys: [text] })])],
    ["writes[0].draft.fields.title", () => records.writeMany([putContact("1", { fields: { title: text } })])],
    ["writes[0].draft.custom.x[0]", () => records.writeMany([putContact("1", { custom: { x: [text] } })])],
    [
      "writes[0].draft.links.deal[0]",
      () => records.writeMany([putContact("1", { links: { deal: [text] } })]),
    ],
    ["id", () => records.get("contact", text)],
    ["ids[1]", () => records.getMany("contact", ["1", text])],
    ["keys[0]", () => records.findByKeys("contact", [text])],
    ["writes[0].link.connection", link({ connection: text })],
    ["writes[0].link.recordId", link({ recordId: text })],
    ["writes[0].link.crmId", link({ crmId: text })],
    ["writes[0].link.crmUpdatedAt", link({ crmUpdatedAt: text })],
    ["writes[0].link.base.crm.x", link({ base: { app: {}, crm: { x: text } } })],
    ["writes[0].link.notes.x", link({ notes: { x: text } })],
    ["writes[0].link.error.message", link({ error: error(text) })],
    ["connection", () => links.findByRecords(text, "contact", ["1"])],
    ["ids[0]", () => links.findByRecords("close", "contact", [text])],
    ["ids[0]", () => links.findByCrmIds("close", "contact", [text])],
    ["ids[0]", () => links.findStandings("close", "contact", [text])],
    [
      "want.crmIds[0]",
      () => links.hint({ connection: "close", kind: "contact", dueAt: at(0), crmIds: [text] }),
    ],
    ["want.connection", () => links.claim(sampleClaim({ connection: text }))],
    ["connection", () => links.list(text)],
    ["cursor.value.x", () => syncCursors.put({ connection: "close", name: "a", value: { x: text } })],
    ["name", () => syncCursors.get("close", text)],
    ["connection", () => syncCursors.list(text)],
    ["run.trigger", () => syncRuns.put(sampleSyncRun("1", { trigger: text }))],
    ["run.error.message", () => syncRuns.put(sampleSyncRun("1", { error: error(text) }))],
    ["id", () => syncRuns.get(text)],
    ["filter.connection", () => syncRuns.list({ connection: text })],
    ["entries[0].crmIds[0]", () => syncRuns.log([sampleSyncEntry("1", { crmIds: [text] })])],
    ["entries[0].detail.x", () => syncRuns.log([sampleSyncEntry("1", { detail: { x: text } })])],
    ["filter.recordId", () => syncRuns.entries({ recordId: text })],
    ["conflicts[0].app.x", () => conflicts.addMany([sampleConflict("1", { app: { x: text } })])],
    ["conflicts[0].id", () => conflicts.addMany([sampleConflict(text)])],
    ["id", () => conflicts.get(text)],
    ["ends[0].value", () => conflicts.endMany([{ id: "1", status: "resolved", value: text }])],
    ["filter.field", () => conflicts.list({ field: text })],
    ["filter.field", () => conflicts.count({ field: text })],
    ["letter.payload.x", () => deadLetters.add(sampleLetter("1", { payload: { x: text } }))],
    ["letter.error.message", () => deadLetters.add(sampleLetter("1", { error: error(text) }))],
    ["id", () => deadLetters.get(text)],
    ["id", () => deadLetters.end(text, "dropped", undefined)],
    ["by", () => deadLetters.end("1", "dropped", text)],
    ["filter.connection", () => deadLetters.list({ connection: text })],
    ["filter.connection", () => deadLetters.count({ connection: text })],
    ["entry.key", () => inbox.put(sampleRequest("1", { key: text }))],
    ["entry.hints[0]", () => inbox.put(sampleRequest("1", { hints: [text] }))],
    ["want.source", () => inbox.claim({ source: text, leaseMs: 0, limit: 1 })],
    ["id", () => inbox.settle(text, { status: "handled" })],
    ["outcome.error.message", () => inbox.settle("1", { status: "failed", error: error(text) })],
    ["filter.source", () => inbox.list({ source: text })],
    ["want.key", () => rateBudgets.take({ key: text, windows: [window] })],
    ["want.windows[0].name", () => rateBudgets.take({ key: "a", windows: [{ ...window, name: text }] })],
    ["told.key", () => rateBudgets.learn({ key: text, window })],
    ["name", () => leases.acquire(text, "me", 1)],
    ["owner", () => leases.acquire("token", text, 1)],
    ["credential.keyId", () => credentials.put(sampleCredential("a", { keyId: text }))],
    ["account", () => credentials.get("hubspot", text)],
    ["filter.platform", () => credentials.list({ platform: text })],
    ["platform", () => credentials.remove(text, "a")],
  ];
}

/** Tenants, values, aborts and closing. */
export function syncLifecycleConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("sync stores, lifecycle", () => {
    it("name their ports", async () => {
      await using storage = await open();
      const stores = storage.tenant("acme");
      expect([stores.records.port, stores.links.port, stores.syncCursors.port, stores.syncRuns.port]).toEqual(
        [...["record-store/1", "link-store/1", "sync-cursor-store/1", "sync-run-store/1"]],
      );
      expect([stores.conflicts.port, stores.deadLetters.port, stores.inbox.port]).toEqual([
        ...["conflict-store/1", "dead-letter-store/1", "inbox-store/1"],
      ]);
      expect([stores.rateBudgets.port, stores.leases.port, stores.credentials.port]).toEqual([
        ...["rate-budget-store/1", "lease-store/1", "credential-store/1"],
      ]);
    });

    it("reject every call with the caller's reason when it was aborted before, and write nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      for (const put of Object.values(everySyncPut(acme))) await put();
      const before = await readSyncState(acme);
      const reason = new Error("prospect hung up");
      const call: CallOptions = { signal: AbortSignal.abort(reason) };
      for (const run of Object.values(everySyncCall(acme, call))) await expect(run()).rejects.toBe(reason);
      expect(await readSyncState(acme)).toEqual(before);
    });

    it("refuse every call once the storage is closed", async () => {
      const storage = await open();
      const acme = storage.tenant("acme");
      await storage[Symbol.asyncDispose]();
      for (const run of Object.values(everySyncCall(acme))) {
        await expect(run()).rejects.toMatchObject({ code: "store.closed" });
      }
    });

    it("refuse texts that not every database can hold, naming the field, and write nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const before = await readSyncState(acme);
      for (const text of [NUL, HALF]) {
        for (const [field, write] of unstorable(acme, text)) {
          await expect(write()).rejects.toMatchObject({ code: "store.invalid", facts: { field } });
        }
      }
      expect(await readSyncState(acme)).toEqual(before);
    });

    it("refuse page limits out of range and cursors of their own making", async () => {
      await using storage = await open();
      const { records, links, syncRuns, conflicts, deadLetters, inbox } = storage.tenant("acme");
      const lists = [
        (page: object) => records.list("contact", page),
        (page: object) => links.list("close", {}, page),
        (page: object) => syncRuns.list({}, page),
        (page: object) => syncRuns.entries({}, page),
        (page: object) => conflicts.list({}, page),
        (page: object) => deadLetters.list({}, page),
        (page: object) => inbox.list({}, page),
      ];
      for (const list of lists) {
        await expect(list({ limit: 1001 })).rejects.toMatchObject({ name: "RangeError" });
        await expect(list({ after: "x" })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { field: "page.after" } },
        });
      }
    });

    it("keep to their tenant, though names and ids are the same", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
      for (const put of Object.values(everySyncPut(acme))) await put();
      const before = await readSyncState(acme);
      const empty = await readSyncState(other);
      expect((await other.records.changes("contact")).records).toEqual([]);
      expect(await other.links.claim(sampleClaim())).toEqual([]);
      expect(typeof (await other.leases.acquire("token", "you", LONG_LEASE_MS))).toBe("number");
      const hour = { name: "hour", limit: 20, windowMs: 3_600_000 };
      expect((await other.rateBudgets.take({ key: "close", windows: [hour], calls: 15 })).granted).toBe(true);
      for (const put of Object.values(everySyncPut(other))) await put();
      expect(await readSyncState(acme)).toEqual(before);
      expect((await other.records.changes("contact")).records.map(({ id }) => id)).toEqual(["1", "2"]);
      for (const call of Object.values(everySyncCall(other))) await call();
      await other.records.writeMany([{ op: "remove", kind: "contact", id: "1" }]);
      await other.links.writeMany([{ link: sampleLink("1", { crmId: "another" }) }]);
      expect(await readSyncState(acme)).toEqual(before);
      expect((await findLink(acme.links, "1"))?.crmId).toBe("crm-1");
      expect(await acme.leases.renew("token", "me", LONG_LEASE_MS)).toBe(true);
      expect(await storage.tenant("third").links.list("close")).toEqual({ items: [] });
      expect(empty).toEqual(await readSyncState(storage.tenant("third")));
    });
  });
}
