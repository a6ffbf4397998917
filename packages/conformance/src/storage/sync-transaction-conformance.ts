import type { TenantStores } from "@salesagent/ports";
import { everySyncCall, everySyncPut, readSyncState } from "./every-sync-call.js";
import { LONG_AGO } from "./sample-shared-state.js";
import {
  claimRecordIds,
  findLink,
  linkOne,
  newLink,
  putContact,
  removeContact,
  sampleClaim,
  sampleLetter,
  sampleLink,
  writeOne,
} from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

const hour = { name: "hour", limit: 20, windowMs: 3_600_000 };
const want = { key: "close", windows: [hour], calls: 8 };

/** Changes, removes and adds, in each of the stores. */
async function changeAll(stores: TenantStores): Promise<void> {
  const { records, links, syncCursors, conflicts, deadLetters, inbox, leases, credentials } = stores;
  await records.writeMany([removeContact("1"), putContact("2")]);
  await links.writeMany([{ link: newLink("1") }, { link: sampleLink("2", { crmId: "crm-1" }) }]);
  await links.hint({ connection: "close", kind: "contact", dueAt: LONG_AGO, recordIds: ["1"] });
  await links.claim(sampleClaim());
  await syncCursors.remove("close", "contact");
  await conflicts.endMany([{ id: "conflict-1", status: "gone" }]);
  await deadLetters.end("letter-1", "dropped", "ada");
  await deadLetters.add(sampleLetter("letter-2"));
  await inbox.settle("request-1", { status: "handled" });
  await leases.release("token", "me");
  await credentials.remove("hubspot", "main");
}

/** Transactions over the stores of syncs. */
export function syncTransactionConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("transactions over the stores of syncs", () => {
    it("puts back what was changed and removed when the callback throws", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      for (const put of Object.values(everySyncPut(acme))) await put();
      const before = await readSyncState(acme);
      const reason = new Error("stop");
      const pending = acme.transaction(async (stores) => {
        await changeAll(stores);
        await stores.rateBudgets.take(want);
        throw reason;
      });
      await expect(pending).rejects.toBe(reason);
      expect(await readSyncState(acme)).toEqual(before);
      expect((await acme.records.findByKeys("contact", ["email:1@fjord.example"])).length).toBe(1);
      expect((await acme.links.findByCrmIds("close", "contact", ["crm-1"]))[0]?.recordId).toBe("1");
      expect(await claimRecordIds(acme.links)).toEqual([]);
      expect((await acme.deadLetters.add(sampleLetter("letter-3"))).id).toBe("letter-1");
      expect(await acme.leases.acquire("token", "you", 1)).toBe(undefined);
      expect((await acme.rateBudgets.take(want)).granted).toBe(true);
    });

    it("shows a transaction its own changes, and nobody else before it ends", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      for (const put of Object.values(everySyncPut(acme))) await put();
      const before = await readSyncState(acme);
      const seen = await acme.transaction(async (stores) => {
        await changeAll(stores);
        const inside = await readSyncState(stores);
        const keys = ["email:1@fjord.example", "email:2@fjord.example"];
        const found = await stores.records.findByKeys("contact", keys);
        const [byCrmId] = await stores.links.findByCrmIds("close", "contact", ["crm-1"]);
        return { inside, outside: await readSyncState(acme), found, byCrmId };
      });
      expect(seen.outside).toEqual(before);
      expect(seen.found.map(({ id }) => id)).toEqual(["2"]);
      expect(seen.byCrmId?.recordId).toBe("2");
      expect(seen.inside).toMatchObject({
        ...{ contacts: [{ id: "2" }], links: [{ recordId: "1", revision: 3 }, { recordId: "2" }] },
        ...{ syncCursors: [], conflicts: [{ status: "gone" }], credentials: [] },
        ...{ inbox: [{ status: "handled", body: "" }] },
      });
      expect(await readSyncState(acme)).toEqual(seen.inside);
      expect(typeof (await acme.leases.acquire("token", "you", 1))).toBe("number");
    });

    it("claims in a transaction what it made due itself, and what others did, earliest first", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await linkOne(acme.links, sampleLink("1", { dueAt: "2001-01-01T00:00:02.000Z" }));
      await linkOne(acme.links, sampleLink("2", { dueAt: "2001-01-01T00:00:04.000Z" }));
      const claimed = await acme.transaction(async ({ links }) => {
        await linkOne(links, sampleLink("3", { dueAt: "2001-01-01T00:00:03.000Z" }));
        await linkOne(links, sampleLink("4", { dueAt: "2001-01-01T00:00:01.000Z" }));
        const first = await claimRecordIds(links, { limit: 3 });
        return [first, await claimRecordIds(links)];
      });
      expect(claimed).toEqual([["4", "1", "3"], ["2"]]);
      expect(await claimRecordIds(acme.links)).toEqual([]);
      expect((await findLink(acme.links, "4"))?.revision).toBe(2);
    });

    it("keeps a page of records, their links and the cursor together", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const pull = (page: number, fails: boolean) =>
        acme.transaction(async ({ records, links, syncCursors }) => {
          const id = `page-${page}`;
          await writeOne(records, putContact(id));
          await linkOne(links, sampleLink(id));
          await syncCursors.put({ connection: "close", name: "contact", value: { page } });
          if (fails) throw new RangeError("stop");
        });
      await pull(1, false);
      await expect(pull(2, true)).rejects.toMatchObject({ name: "RangeError" });
      expect(await acme.records.count("contact")).toBe(1);
      expect((await acme.links.list("close")).items.map(({ recordId }) => recordId)).toEqual(["page-1"]);
      expect((await acme.syncCursors.get("close", "contact"))?.value).toEqual({ page: 1 });
      expect((await acme.records.changes("contact")).records.map(({ id }) => id)).toEqual(["page-1"]);
    });

    it("gives an id of the CRM to one of two links when transactions link it at once", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const outcomes = await Promise.all(
        ["1", "2", "3"].map((id) =>
          acme.transaction(({ links }) => linkOne(links, sampleLink(id, { crmId: "one" }))),
        ),
      );
      expect(outcomes.map((outcome) => outcome?.status).sort()).toEqual(["taken", "taken", "written"]);
      expect((await acme.links.list("close")).items.length).toBe(1);
    });

    it("refuses the stores of a transaction once it is over", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const kept = await acme.transaction(async (stores) => stores);
      for (const call of Object.values(everySyncCall(kept))) {
        await expect(call()).rejects.toMatchObject({ code: "store.closed" });
      }
    });
  });
}
