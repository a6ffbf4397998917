import type { LinkStore } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import { ago, claimRecordIds, findLink, linkOne, sampleClaim, sampleLink } from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

const due = { dueAt: LONG_AGO };
const hintOf = (recordId: string, dueAt = LONG_AGO) => ({
  ...{ connection: "close", kind: "contact" as const, dueAt, recordIds: [recordId] },
});

/** Claims one link of `1`, and gives it back. */
async function claimOne(links: LinkStore, leaseMs = 60_000) {
  const [link] = await links.claim(sampleClaim({ leaseMs, limit: 1 }));
  if (link === undefined) throw new Error("nothing is due");
  const { revision, createdAt: _createdAt, updatedAt: _updatedAt, ...draft } = link;
  return { link, draft, revision };
}

/** What is due of links: hints, and who works on it. */
export function linkClaimConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("link-store/1, work", () => {
    it("claims what is due of the kinds asked for, earliest due first, as many as asked for", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      for (const [id, dueAt] of [
        ["3", ago(3)],
        ["1", ago(1)],
        ["5", ago(5)],
        ["later", FAR_AHEAD],
        ["2", ago(2)],
      ] as const) {
        await linkOne(links, sampleLink(id, { dueAt }));
      }
      await linkOne(links, sampleLink("never"));
      await linkOne(links, sampleLink("4", { kind: "company", dueAt: ago(4) }));
      await linkOne(links, sampleLink("deal", { kind: "deal", dueAt: ago(0) }));
      await linkOne(links, sampleLink("6", { connection: "hubspot", dueAt: ago(0) }));
      expect(await claimRecordIds(links, { limit: 2 })).toEqual(["1", "2"]);
      expect(await claimRecordIds(links, { kinds: ["company", "contact"] })).toEqual(["3", "4", "5"]);
      expect(await claimRecordIds(links, { kinds: [] })).toEqual([]);
      expect(await claimRecordIds(links)).toEqual([]);
      expect(await claimRecordIds(links, { connection: "hubspot" })).toEqual(["6"]);
    });

    it("raises the revision with a claim and clears the time, and changes nothing else", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", { ...due, notes: { a: 1 } }));
      const before = await findLink(links, "1");
      const { dueAt: _dueAt, ...rest } = before ?? { dueAt: "" };
      const { link } = await claimOne(links);
      expect(link).toEqual({ ...rest, revision: 2 });
      expect("dueAt" in link).toBe(false);
      expect(await findLink(links, "1")).toEqual(link);
    });

    it("gives each link to one of many who claim at once", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await links.writeMany(Array.from({ length: 40 }, (_, id) => ({ link: sampleLink(`${id}`, due) })));
      const claims = await atOnce(10, () => claimRecordIds(links, { limit: 7 }));
      const rest = await claimRecordIds(links);
      const all = [...claims.flat(), ...rest];
      expect(all.length).toBe(40);
      expect(new Set(all).size).toBe(40);
      expect(await claimRecordIds(links)).toEqual([]);
    });

    it("gives a link whose lease ended to another, who alone may write then", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", due));
      const dead = await claimOne(links, 0);
      expect((await findLink(links, "1"))?.dueAt === undefined).toBe(false);
      expect(await links.count("close")).toMatchObject([{ links: 1, due: 1 }]);
      const living = await claimOne(links);
      expect(living.revision).toBe(3);
      expect(await links.writeMany([{ link: dead.draft, ifRevision: dead.revision }])).toEqual([
        { status: "stale", revision: 3 },
      ]);
      expect(await links.writeMany([{ link: living.draft, ifRevision: 3 }])).toEqual([
        { status: "written", revision: 4 },
      ]);
      expect(await claimRecordIds(links)).toEqual([]);
      expect((await findLink(links, "1"))?.dueAt).toBe(undefined);
    });

    it("takes the write of a worker whose lease ended but whom nobody followed", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", due));
      const { draft, revision } = await claimOne(links, 0);
      expect(await links.writeMany([{ link: draft, ifRevision: revision }])).toMatchObject([
        { status: "written" },
      ]);
      expect(await claimRecordIds(links)).toEqual([]);
    });

    it("ends the lease with a write, and keeps it where it is asked to", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", due));
      const { draft, revision } = await claimOne(links);
      const again = { ...draft, state: "creating" as const, ...due };
      const [kept] = await links.writeMany([{ link: again, ifRevision: revision, keepLease: true }]);
      expect(kept).toEqual({ status: "written", revision: 3 });
      expect(await claimRecordIds(links)).toEqual([]);
      await links.writeMany([{ link: { ...draft, ...due }, ifRevision: 3 }]);
      expect(await claimRecordIds(links)).toEqual(["1"]);
    });

    it("makes links due by their records or the CRM's ids, earlier but never later", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      for (const id of ["1", "2", "3"]) await linkOne(links, sampleLink(id, { dueAt: ago(5) }));
      await linkOne(links, sampleLink("4"));
      await linkOne(links, sampleLink("1", { kind: "deal" }));
      const before = await links.findByRecords("close", "contact", ["1", "2", "3", "4"]);
      const hint = (dueAt: string, recordIds: string[], crmIds: string[]) =>
        links.hint({ connection: "close", kind: "contact", dueAt, recordIds, crmIds });
      expect(await hint(ago(3), ["1", "4", "none", "1"], ["crm-2", "crm-1", "none"])).toBe(3);
      expect(await hint(ago(9), ["3"], [])).toBe(1);
      expect(await hint(ago(1), [], [])).toBe(0);
      const after = await links.findByRecords("close", "contact", ["1", "2", "3", "4"]);
      expect(after.map((link) => link?.dueAt)).toEqual([ago(3), ago(3), ago(5), ago(3)]);
      expect(after.map((link) => link?.revision)).toEqual(before.map((link) => link?.revision));
      expect(after.map((link) => link?.updatedAt)).toEqual(before.map((link) => link?.updatedAt));
      expect((await links.findByRecords("close", "deal", ["1"]))[0]?.dueAt).toBe(undefined);
    });

    it("passes over links that were removed or erased", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", { state: "removed" }));
      await linkOne(links, sampleLink("2", { state: "erased" }));
      await linkOne(links, sampleLink("3", { state: "held" }));
      const recordIds = ["1", "2", "3"];
      expect(await links.hint({ ...hintOf("1"), recordIds, crmIds: ["crm-2"] })).toBe(1);
      expect(await claimRecordIds(links)).toEqual(["3"]);
    });

    it("keeps a hint that comes while somebody works on the link, whatever is written then", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", due));
      const { draft, revision } = await claimOne(links);
      expect(await links.hint(hintOf("1"))).toBe(1);
      expect(await claimRecordIds(links)).toEqual([]);
      expect((await findLink(links, "1"))?.revision).toBe(revision);
      expect(await links.writeMany([{ link: draft, ifRevision: revision }])).toMatchObject([
        { status: "written" },
      ]);
      const second = await claimOne(links);
      await links.hint(hintOf("1"));
      const later = { ...second.draft, dueAt: FAR_AHEAD };
      await links.writeMany([{ link: later, ifRevision: second.revision }]);
      expect((await findLink(links, "1"))?.dueAt).toBe(LONG_AGO);
      expect(await claimRecordIds(links)).toEqual(["1"]);
    });

    it("keeps the time that the write says where that is earlier, and alone where hints are not kept", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", { dueAt: ago(5) }));
      await linkOne(links, sampleLink("1", { dueAt: ago(3) }));
      expect((await findLink(links, "1"))?.dueAt).toBe(ago(3));
      await linkOne(links, sampleLink("1"));
      expect((await findLink(links, "1"))?.dueAt).toBe(ago(3));
      await links.writeMany([{ link: sampleLink("1", { dueAt: ago(9) }), keepDue: false }]);
      expect((await findLink(links, "1"))?.dueAt).toBe(ago(9));
      await links.writeMany([{ link: sampleLink("1"), keepDue: false }]);
      expect((await findLink(links, "1"))?.dueAt).toBe(undefined);
      expect(await claimRecordIds(links)).toEqual([]);
    });

    it("loses no hint of many that come while links are claimed and written", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1"));
      let handled = 0;
      // A claim may pass over a link that is being hinted at just then.
      for (let round = 0; round < 200 && handled < 6; round++) {
        const [[link]] = await Promise.all([links.claim(sampleClaim({ limit: 1 })), links.hint(hintOf("1"))]);
        if (link === undefined) continue;
        handled += 1;
        const { revision, createdAt: _createdAt, updatedAt: _updatedAt, ...draft } = link;
        await Promise.all([
          links.writeMany([{ link: draft, ifRevision: revision }]),
          links.hint(hintOf("1")),
        ]);
      }
      expect(handled).toBe(6);
      expect(await claimRecordIds(links)).toEqual(["1"]);
    });

    it("refuses claims and hints that make no sense, naming the field", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", due));
      const unsound: readonly (readonly [field: string, run: () => Promise<unknown>])[] = [
        ["want.leaseMs", () => links.claim(sampleClaim({ leaseMs: -1 }))],
        ["want.leaseMs", () => links.claim(sampleClaim({ leaseMs: 86_400_001 }))],
        ["want.leaseMs", () => links.claim(sampleClaim({ leaseMs: 0.5 }))],
        ["want.limit", () => links.claim(sampleClaim({ limit: 0 }))],
        ["want.limit", () => links.claim(sampleClaim({ limit: 1001 }))],
        ["want.kinds[0]", () => links.claim(sampleClaim({ kinds: ["activity" as "deal"] }))],
        ["want.connection", () => links.claim(sampleClaim({ connection: "" }))],
        ["want.dueAt", () => links.hint(hintOf("1", "soon"))],
        ["want.kind", () => links.hint({ ...hintOf("1"), kind: "activity" as "deal" })],
        ["want.recordIds[0]", () => links.hint(hintOf(""))],
        ["want.crmIds[0]", () => links.hint({ ...hintOf("1"), crmIds: [""] })],
        ["connection", () => links.list("")],
        ["connection", () => links.count("x".repeat(201))],
        ["filter.since", () => links.list("close", { since: "soon" })],
        ["connection", () => links.listStandings("")],
        ["filter.since", () => links.listStandings("close", { since: "soon" })],
        ["kind", () => links.findByRecords("close", "activity" as "deal", [])],
        ["kind", () => links.findByCrmIds("close", "activity" as "deal", [])],
        ["kind", () => links.findStandings("close", "activity" as "deal", [])],
        ["connection", () => links.findStandings("", "deal", ["oppo_1"])],
      ];
      for (const [field, run] of unsound) {
        await expect(run()).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "links", field },
        });
      }
      expect(await claimRecordIds(links)).toEqual(["1"]);
    });
  });
}
