import type { Storage, TenantStores } from "@salesagent/ports";
import { ADA, ada, BOB } from "./sample-person.js";
import { at } from "./sample-records.js";
import { LONG_AGO } from "./sample-shared-state.js";
import {
  claimRecordIds,
  findLink,
  linkOne,
  newLink,
  putCompany,
  putContact,
  sampleConflict,
  sampleCredential,
  sampleLetter,
  sampleLink,
  sampleRequest,
  sampleSyncEntry,
  sampleSyncRun,
  writeOne,
} from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

const body = (text: string) => btoa(text);

/** A contact who is Ada, by her address, with what a sync keeps of her. */
async function fillSync({ records, links, conflicts, deadLetters, syncRuns }: TenantStores): Promise<void> {
  await records.writeMany([putContact("1", { fields: { fullName: "Ada", email: ADA }, keys: [] })]);
  await linkOne(
    links,
    sampleLink("1", { base: { app: { title: "CTO" }, crm: { title: "cto" } }, dueAt: LONG_AGO }),
  );
  await conflicts.addMany([sampleConflict("hers"), sampleConflict("other", { recordId: "2" })]);
  await deadLetters.add(sampleLetter("hers"));
  await deadLetters.add(sampleLetter("other", { recordId: "2" }));
  await syncRuns.log([
    sampleSyncEntry("hers", { detail: { fields: ["title"] } }),
    sampleSyncEntry("page", { recordIds: ["1", "2"], detail: { pages: 1 } }),
  ]);
}

const nothing = (storage: Storage) => storage.tenant("acme").erasure.find({ ...ada, recordIds: ["1"] });

/** Finding and erasing a person in what syncs keep. */
export function erasureSyncConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("erasure-store/1, syncs", () => {
    it("finds what syncs hold of a person, erases it as it was found, and finds nothing then", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillSync(acme);
      await fillSync(storage.tenant("other"));
      const counts = [
        { store: "conflicts", records: 1 },
        { store: "deadLetters", records: 1 },
        { store: "links", records: 1 },
        { store: "records", records: 1 },
        { store: "syncRuns", records: 1 },
      ];
      expect(await acme.erasure.find(ada)).toEqual(counts);
      expect(await acme.records.count("contact")).toBe(1);
      expect(await acme.erasure.erase(ada)).toEqual(counts);
      expect(await nothing(storage)).toEqual([]);
      expect(await storage.tenant("other").erasure.find(ada)).toEqual(counts);
    });

    it("drops a contact that is the person, whole, and tells the feed that it was removed", async () => {
      await using storage = await open();
      const { records, erasure } = storage.tenant("acme");
      const field = (fields: Parameters<typeof putContact>[1]) => ({ keys: [], ...fields });
      await records.writeMany([
        putContact("1", field({ fields: { email: "ADA@fjord.example" } })),
        putContact("2", field({ fields: { otherEmails: ["x@y.example", ADA] } })),
        putContact("3", field({ fields: { phone: "+4712345678" } })),
        putContact("4", field({ fields: { otherPhones: ["+4712345678"] } })),
        putContact("5", field({ fields: { linkedinUrl: "https://linkedin.com/in/ada-lovelace" } })),
        putContact("6", { fields: {}, keys: [`email:${ADA}`] }),
        putContact("7", field({ fields: { fullName: "Nobody" } })),
        putContact("8", field({ fields: { fullName: "Ada Lovelace", email: BOB } })),
        putCompany("7", { keys: [] }),
      ]);
      const { cursor } = await records.changes("contact");
      const mentions = [...ada.mentions, "+4712345678", "linkedin.com/in/ada-lovelace"];
      const person = { mentions, recordIds: ["7", "none"] };
      expect(await erasure.erase(person)).toEqual([{ store: "records", records: 8 }]);
      expect((await records.list("contact")).items.map(({ id }) => id)).toEqual(["8"]);
      expect((await records.list("company")).items.map(({ id }) => id)).toEqual(["7"]);
      const page = await records.changes("contact", { cursor });
      expect(page.removed.map(({ id }) => id).sort()).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
      expect(page.records.map(({ id }) => id)).toEqual(["8"]);
      expect(await records.findByKeys("contact", [`email:${ADA}`])).toEqual([]);
      expect(await writeOne(records, putContact("1", {}, null))).toEqual({ status: "stale" });
    });

    it("erases mentions in other records, and their keys that mention the person", async () => {
      await using storage = await open();
      const { records, erasure } = storage.tenant("acme");
      const company = putCompany("1", {
        fields: { name: "Fjord", description: `Ask ${ADA}`, phone: "+4700000000" },
        ...{ custom: { [ADA]: { to: ["Ada Lovelace"] } }, keys: ["domain:fjord.example", `owner:${ADA}`] },
        ...{ links: { contact: ["7"] }, fieldTimes: { name: at(1) } },
      });
      await records.writeMany([company, putCompany("2")]);
      const before = await records.get("company", "1");
      const { cursor } = await records.changes("company");
      expect(await erasure.erase(ada)).toEqual([{ store: "records", records: 1 }]);
      const after = await records.get("company", "1");
      expect(after).toEqual({
        ...before,
        ...{ fields: { name: "Fjord", description: "Ask [erased]", phone: "+4700000000" } },
        ...{ custom: { "[erased]": { to: ["[erased]"] } }, keys: ["domain:fjord.example"] },
        ...{ revision: after?.revision, updatedAt: after?.updatedAt },
      });
      expect(after?.revision === before?.revision).toBe(false);
      expect(await records.findByKeys("company", [`owner:${ADA}`])).toEqual([]);
      expect((await records.changes("company", { cursor })).records).toEqual([after]);
    });

    it("leaves of the person's links what keeps the CRM's record away, and fences who works on them", async () => {
      await using storage = await open();
      const { links, records, erasure } = storage.tenant("acme");
      await writeOne(records, putContact("1", { fields: { email: ADA } }));
      const error = { code: "x", message: "y" };
      const link = sampleLink("1", { notes: { n: 1 }, error, failures: 2, removal: "to-crm", crmHash: "h" });
      await linkOne(links, { ...link, base: { app: {}, crm: {} }, dueAt: LONG_AGO });
      await linkOne(links, newLink("1", { connection: "hubspot", dueAt: LONG_AGO }));
      await linkOne(links, sampleLink("1", { kind: "deal" }));
      expect(await claimRecordIds(links, { leaseMs: 0 })).toEqual(["1"]);
      const before = await findLink(links, "1");
      await erasure.erase(ada);
      const erased = { connection: "close", kind: "contact", recordId: "1", state: "erased", failures: 0 };
      const after = await findLink(links, "1");
      expect(after).toEqual({
        ...{ ...erased, crmId: "crm-1", revision: 3, createdAt: before?.createdAt },
        updatedAt: after?.updatedAt,
      });
      const [stale] = await links.writeMany([{ link, ifRevision: 2 }]);
      expect(stale).toEqual({ status: "stale", revision: 3 });
      expect(await claimRecordIds(links, { kinds: ["contact", "deal"] })).toEqual([]);
      expect(await claimRecordIds(links, { connection: "hubspot" })).toEqual([]);
      expect((await findLink(links, "1", "hubspot"))?.state).toBe("erased");
      expect((await links.findByCrmIds("close", "contact", ["crm-1"]))[0]?.state).toBe("erased");
      expect((await links.findByRecords("close", "deal", ["1"]))[0]?.state).toBe("linked");
      expect(
        await links.hint({ connection: "close", kind: "contact", dueAt: LONG_AGO, recordIds: ["1"] }),
      ).toBe(0);
    });

    it("drops the person's conflicts and dead letters, also of a contact that is named and gone", async () => {
      await using storage = await open();
      const { conflicts, deadLetters, links, erasure } = storage.tenant("acme");
      await linkOne(links, sampleLink("1"));
      await conflicts.addMany([
        sampleConflict("1"),
        sampleConflict("2", { status: "settled" }),
        sampleConflict("3", { kind: "deal" }),
      ]);
      await deadLetters.add(sampleLetter("1"));
      await deadLetters.end("1", "dropped", "bob");
      await deadLetters.add(sampleLetter("2"));
      await deadLetters.add(sampleLetter("3", { kind: "deal" }));
      expect(await erasure.erase({ ...ada, recordIds: ["1"] })).toEqual([
        { store: "conflicts", records: 2 },
        { store: "deadLetters", records: 2 },
        { store: "links", records: 1 },
      ]);
      expect((await conflicts.list()).items.map(({ id }) => id)).toEqual(["3"]);
      expect((await deadLetters.list()).items.map(({ id }) => id)).toEqual(["3"]);
      expect((await deadLetters.add(sampleLetter("4"))).id).toBe("4");
      expect(await nothing(storage)).toMatchObject([{ store: "deadLetters", records: 1 }]);
    });

    it("erases mentions in other links, conflicts, dead letters and the history, each in its place", async () => {
      await using storage = await open();
      const { links, conflicts, deadLetters, syncRuns, erasure } = storage.tenant("acme");
      const error = { code: "x", message: `no mail to ${ADA}` };
      const gone = { code: "x", message: "no mail to [erased]" };
      await linkOne(links, sampleLink("2", { base: { app: { note: ADA }, crm: { note: "x" } }, error }));
      await conflicts.addMany([sampleConflict("2", { recordId: "2", app: [ADA], value: ADA, endedBy: ADA })]);
      await deadLetters.add(sampleLetter("2", { recordId: "2", error }));
      await deadLetters.add(sampleLetter("3", { recordId: "2", payload: { [ADA]: 1 }, addedAt: at(1) }));
      await syncRuns.put(sampleSyncRun("1", { error }));
      await syncRuns.log([sampleSyncEntry("1", { recordIds: ["2"], detail: { why: ADA } })]);
      const before = await findLink(links, "2");
      expect(await erasure.erase(ada)).toEqual([
        { store: "conflicts", records: 1 },
        { store: "deadLetters", records: 1 },
        { store: "links", records: 1 },
        { store: "syncRuns", records: 2 },
      ]);
      const after = await findLink(links, "2");
      expect(after).toEqual({
        ...{ ...before, base: { app: { note: "[erased]" }, crm: { note: "x" } }, error: gone },
        ...{ revision: 2, updatedAt: after?.updatedAt },
      });
      expect(await conflicts.get("2")).toEqual(
        sampleConflict("2", { recordId: "2", app: ["[erased]"], value: "[erased]", endedBy: "[erased]" }),
      );
      expect(await deadLetters.get("2")).toMatchObject({
        ...{ payload: { "[erased]": 1 }, history: [{ at: at(0), error: gone }], status: "open" },
      });
      expect(await syncRuns.get("1")).toEqual(sampleSyncRun("1", { error: gone }));
      expect((await syncRuns.entries()).items[0]?.detail).toEqual({ why: "[erased]" });
      expect(await nothing(storage)).toEqual([]);
    });

    it("drops the detail of what was decided on the person alone", async () => {
      await using storage = await open();
      const { syncRuns, erasure } = storage.tenant("acme");
      await syncRuns.log([
        sampleSyncEntry("1", { detail: { fields: ["title"] } }),
        sampleSyncEntry("2", { recordIds: ["1", "2"], detail: { pages: 1 } }),
        sampleSyncEntry("3", { kind: "deal", detail: { pages: 1 } }),
        sampleSyncEntry("4", { recordIds: [], detail: { pages: 1 } }),
      ]);
      expect(await erasure.erase({ ...ada, recordIds: ["1"] })).toEqual([{ store: "syncRuns", records: 1 }]);
      const { items } = await syncRuns.entries();
      expect(items.flatMap(({ id, detail }) => (detail === undefined ? id : []))).toEqual(["1"]);
      expect(items.length).toBe(4);
    });

    it("empties requests to webhooks that mention the person, and leaves credentials and cursors", async () => {
      await using storage = await open();
      const { inbox, credentials, syncCursors, erasure } = storage.tenant("acme");
      await inbox.put(sampleRequest("1", { body: body(`{"email":"${ADA}"}`) }));
      await inbox.put(sampleRequest("2", { hints: { ids: ["1"], to: ADA } }));
      await inbox.put(sampleRequest("3", { body: body(`{"email":"${BOB}"}`) }));
      await credentials.put(sampleCredential(ADA));
      await syncCursors.put({ connection: "close", name: "a", value: { after: ADA } });
      expect(await erasure.erase(ada)).toEqual([{ store: "inbox", records: 2 }]);
      const items = (await inbox.list()).items.map((entry) => [entry.id, entry.body, entry.hints]);
      expect(items.sort()).toEqual([
        ["1", "", { ids: ["1"] }],
        ["2", "aGVsbG8=", { ids: ["1"], to: "[erased]" }],
        ["3", body(`{"email":"${BOB}"}`), { ids: ["3"] }],
      ]);
      expect(await inbox.put(sampleRequest("4", { key: "key-1" }))).toBe(false);
      expect((await inbox.claim({ source: "close", leaseMs: 0, limit: 9 })).length).toBe(3);
      expect((await credentials.list()).length).toBe(1);
      expect((await syncCursors.get("close", "a"))?.value).toEqual({ after: ADA });
    });

    it("refuses ids of records that are none, naming the field", async () => {
      await using storage = await open();
      const { erasure } = storage.tenant("acme");
      await expect(erasure.find({ ...ada, recordIds: ["1", ""] })).rejects.toMatchObject({
        ...{ code: "store.invalid", facts: { store: "erasure", field: "person.recordIds[1]" } },
      });
    });
  });
}
