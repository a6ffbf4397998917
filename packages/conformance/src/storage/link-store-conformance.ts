import type { CrmLink, LinkDraft, LinkWrite } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import { at } from "./sample-records.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import { findLink, linkOne, newLink, sampleLink } from "./sample-sync.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const whole: Required<LinkDraft> = {
  ...{ connection: "close 🐟", kind: "deal", recordId: "deal-1", crmId: "oppo_1", state: "held" },
  base: { app: { name: "Trout", amountMinor: 1 }, crm: { name: null } },
  ...{ recordRevision: "7", crmHash: "hash", crmUpdatedAt: "2026-05-01T09:00:00+02:00", removal: "to-crm" },
  ...{ notes: { tried: [1, { deep: "x" }] }, failures: 3, error: { code: "crm.refused", message: "no" } },
  dueAt: at(7),
};

const idsOf = (links: readonly (CrmLink | undefined)[]) => links.map((link) => link?.recordId);

/** What belongs together in the app and in a CRM. */
export function linkStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("link-store/1", () => {
    it("gives back a link as it was written, by the record and by the CRM's id", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      expect(await linkOne(links, whole)).toEqual({ status: "written", revision: 1 });
      await linkOne(links, newLink("deal-2", { connection: whole.connection, kind: "deal" }));
      const found = await links.findByRecords(whole.connection, "deal", ["deal-2", "none", "deal-1"]);
      expect(idsOf(found)).toEqual(["deal-2", undefined, "deal-1"]);
      const link = found[2];
      expect(link).toMatchObject({ ...whole, revision: 1 });
      expect(link?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Object.keys(found[0] ?? {}).sort()).toEqual([
        ...["connection", "createdAt", "failures", "kind", "recordId", "revision", "state", "updatedAt"],
      ]);
      expect(await links.findByCrmIds(whole.connection, "deal", ["none", "oppo_1"])).toEqual([
        undefined,
        link,
      ]);
      expect(await links.findByCrmIds(whole.connection, "contact", ["oppo_1"])).toEqual([undefined]);
      expect(await links.findByRecords("hubspot", "deal", ["deal-1"])).toEqual([undefined]);
    });

    it("tells by the CRM's ids how links stand, in their order", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      const { connection, crmHash, notes, removal } = whole;
      const bare = (id: string) => sampleLink(id, { connection, kind: "deal", crmId: `oppo_${id}` });
      await linkOne(links, whole);
      await linkOne(links, bare("2"));
      await linkOne(links, newLink("3", { connection, kind: "deal" }));
      await linkOne(links, { ...whole, kind: "company", recordId: "company-1" });
      const [second, first] = await links.findByRecords(connection, "deal", ["2", "deal-1"]);
      const createdAt = first?.createdAt;
      expect(await links.findStandings(connection, "deal", ["oppo_2", "none", "oppo_1"])).toEqual([
        { recordId: "2", crmId: "oppo_2", state: "linked", hasBase: false, createdAt: second?.createdAt },
        undefined,
        {
          ...{ recordId: "deal-1", crmId: "oppo_1", state: "held", hasBase: true, createdAt },
          ...{ crmHash, notes, removal },
        },
      ]);
      expect(await links.findStandings("hubspot", "deal", ["oppo_1"])).toEqual([undefined]);
      const others = storage.tenant("other").links;
      expect(await others.findStandings(connection, "deal", ["oppo_1"])).toEqual([undefined]);
      await linkOne(links, { ...bare("deal-1"), crmId: "oppo_1" });
      expect(await links.findStandings(connection, "deal", ["oppo_1"])).toEqual([
        { recordId: "deal-1", crmId: "oppo_1", state: "linked", hasBase: false, createdAt },
      ]);
    });

    it("replaces a link whole, under a revision that rises, and keeps when it was made", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1", { notes: { a: 1 }, removal: "to-app", crmHash: "x" }));
      const before = await findLink(links, "1");
      expect(await linkOne(links, newLink("1"))).toEqual({ status: "written", revision: 2 });
      const after = await findLink(links, "1");
      expect(after).toEqual({
        ...{ ...newLink("1"), revision: 2, createdAt: before?.createdAt, updatedAt: after?.updatedAt },
      });
      expect(await links.findByCrmIds("close", "contact", ["crm-1"])).toEqual([undefined]);
    });

    it("tells of each write what became of it, in their order, and makes those that fit", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      const write = (link: LinkDraft, ifRevision?: number | null): LinkWrite =>
        ifRevision === undefined ? { link } : { link, ifRevision };
      await links.writeMany([write(sampleLink("1")), write(sampleLink("2"))]);
      const outcomes = await links.writeMany([
        write(sampleLink("3"), null),
        write(sampleLink("1"), null),
        write(sampleLink("2", { failures: 1 }), 1),
        write(sampleLink("4"), 1),
        write(sampleLink("5", { crmId: "crm-1" })),
        write(sampleLink("6", { crmId: "new" })),
        write(sampleLink("7", { crmId: "new" })),
        write(sampleLink("8", { crmId: "crm-1", kind: "company" })),
      ]);
      expect(outcomes).toEqual([
        { status: "written", revision: 1 },
        { status: "stale", revision: 1 },
        { status: "written", revision: 2 },
        { status: "stale" },
        { status: "taken", recordId: "1" },
        { status: "written", revision: 1 },
        { status: "taken", recordId: "6" },
        { status: "written", revision: 1 },
      ]);
      const found = await links.findByRecords("close", "contact", ["1", "2", "3", "4", "5", "6", "7"]);
      expect(found.map((link) => link?.revision)).toEqual([1, 2, 1, undefined, undefined, 1, undefined]);
    });

    it("gives an id of the CRM to one link, and to another once it is free", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      const outcomes = await atOnce(8, (index) => linkOne(links, sampleLink(`${index}`, { crmId: "one" })));
      expect(outcomes.filter((outcome) => outcome?.status === "written").length).toBe(1);
      const [holder] = await links.findByCrmIds("close", "contact", ["one"]);
      const id = holder?.recordId ?? "";
      expect(
        outcomes.filter((outcome) => outcome?.status === "taken" && outcome.recordId === id).length,
      ).toBe(7);
      expect(await linkOne(links, sampleLink("9", { crmId: "one", connection: "hubspot" }))).toMatchObject({
        ...{ status: "written" },
      });
      expect(await linkOne(links, sampleLink(id, { crmId: "two" }))).toMatchObject({ status: "written" });
      expect(await linkOne(links, sampleLink("9", { crmId: "one" }))).toMatchObject({ status: "written" });
      expect(idsOf(await links.findByCrmIds("close", "contact", ["one", "two"]))).toEqual(["9", id]);
    });

    it("lets one of many writes pass that rest on one revision", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("1"));
      const outcomes = await atOnce(8, async (failures) => {
        const [outcome] = await links.writeMany([{ link: sampleLink("1", { failures }), ifRevision: 1 }]);
        return outcome;
      });
      const winner = outcomes.findIndex((outcome) => outcome?.status === "written");
      expect(outcomes.filter((outcome) => outcome?.status === "written").length).toBe(1);
      expect(await findLink(links, "1")).toMatchObject({ failures: winner, revision: 2 });
    });

    it("lists a connection's links in the order of their creation, by filter and page by page", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      await linkOne(links, sampleLink("3"));
      await linkOne(links, newLink("1"));
      await linkOne(links, sampleLink("2", { removal: "to-app" }));
      await linkOne(links, sampleLink("2", { kind: "deal" }));
      await linkOne(links, sampleLink("4", { connection: "hubspot" }));
      await linkOne(links, sampleLink("3", { failures: 1 }));
      const list = async (filter: Parameters<typeof links.list>[1]) =>
        idsOf((await links.list("close", filter)).items);
      expect(idsOf(await readAll((page) => links.list("close", {}, page), 2))).toEqual(["3", "1", "2", "2"]);
      expect(await list({ kind: "contact" })).toEqual(["3", "1", "2"]);
      expect(await list({ kind: "contact", state: "linked" })).toEqual(["3", "2"]);
      expect(await list({ removal: "to-app" })).toEqual(["2"]);
      expect(await list({ removal: "to-crm" })).toEqual([]);
      const since = (await findLink(links, "2"))?.updatedAt ?? "";
      expect(await list({ kind: "contact", since })).toContain("2");
      expect(await list({ since: LONG_AGO })).toEqual(["3", "1", "2", "2"]);
      expect(await list({ since: FAR_AHEAD })).toEqual([]);
    });

    it("lists how links stand that have an id in the CRM, by filter and page by page", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      for (const id of ["3", "1", "2"]) await linkOne(links, sampleLink(id));
      await linkOne(links, newLink("5"));
      await linkOne(links, sampleLink("2", { removal: "to-app" }));
      await linkOne(links, sampleLink("6", { kind: "deal", state: "held" }));
      await linkOne(links, sampleLink("4", { connection: "hubspot" }));
      const all = await readAll((page) => links.listStandings("close", {}, page), 2);
      expect(all.map(({ recordId }) => recordId)).toEqual(["3", "1", "2", "6"]);
      const ids = all.slice(0, 3).map(({ crmId }) => crmId);
      expect(all.slice(0, 3)).toEqual(await links.findStandings("close", "contact", ids));
      const list = async (filter: Parameters<typeof links.listStandings>[1]) =>
        (await links.listStandings("close", filter)).items.map(({ recordId }) => recordId);
      expect(await list({ kind: "contact", state: "linked" })).toEqual(["3", "1", "2"]);
      expect(await list({ state: "held" })).toEqual(["6"]);
      expect(await list({ removal: "to-app" })).toEqual(["2"]);
      expect(await list({ since: FAR_AHEAD })).toEqual([]);
    });

    it("counts links by kind and state, and how many of them are due by now or being worked on", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      expect(await links.count("close")).toEqual([]);
      const due = { dueAt: LONG_AGO };
      for (const link of [
        newLink("1", due),
        newLink("2", { dueAt: FAR_AHEAD }),
        newLink("8", { dueAt: FAR_AHEAD }),
        sampleLink("3"),
        sampleLink("4", due),
        sampleLink("5", { removal: "to-app" }),
        sampleLink("6", { kind: "company", state: "held" }),
        sampleLink("7", { connection: "hubspot" }),
      ]) {
        await linkOne(links, link);
      }
      await links.claim({ connection: "close", kinds: ["contact"], leaseMs: 60_000, limit: 1 });
      expect(await links.count("close")).toEqual([
        { kind: "contact", state: "new", links: 3, due: 1 },
        { kind: "contact", state: "linked", links: 3, due: 1 },
        { kind: "company", state: "held", links: 1, due: 0 },
      ]);
      expect(await links.count("close", { state: "linked", removal: "to-app" })).toEqual([
        { kind: "contact", state: "linked", links: 1, due: 0 },
      ]);
      expect(await links.count("close", { since: FAR_AHEAD })).toEqual([]);
    });

    it("refuses what is not a write, naming the field, and makes none of the call then", async () => {
      await using storage = await open();
      const { links } = storage.tenant("acme");
      const unsound: readonly (readonly [field: string, changes: object])[] = [
        ["link.connection", { connection: "" }],
        ["link.connection", { connection: "x".repeat(201) }],
        ["link.kind", { kind: "activity" }],
        ["link.recordId", { recordId: "" }],
        ["link.recordId", { recordId: "1" }],
        ["link.crmId", { crmId: "x".repeat(401) }],
        ["link.state", { state: "done" }],
        ["link.base", { base: { app: {} } }],
        ["link.base", { base: { app: {}, crm: 1 } }],
        ["link.base.crm.x", { base: { app: {}, crm: { x: Number.NaN } } }],
        ["link.crmHash", { crmHash: 1 }],
        ["link.removal", { removal: "both" }],
        ["link.notes", { notes: [] }],
        ["link.failures", { failures: -1 }],
        ["link.error.code", { error: { message: "no" } }],
        ["link.dueAt", { dueAt: "soon" }],
      ];
      for (const [field, changes] of unsound) {
        const link = { ...sampleLink("2"), ...changes };
        const facts = { store: "links", field: `writes[1].${field}` };
        await expect(links.writeMany([{ link: sampleLink("1") }, { link }])).rejects.toMatchObject({
          ...{ code: "store.invalid", facts },
        });
      }
      const pending = links.writeMany([{ link: sampleLink("1"), ifRevision: 0.5 }]);
      await expect(pending).rejects.toMatchObject({ facts: { field: "writes[0].ifRevision" } });
      expect((await links.list("close")).items).toEqual([]);
    });
  });
}
