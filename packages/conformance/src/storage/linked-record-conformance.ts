import type { LinkedRecord, LinkedRecordMade, LinkStore } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import { at } from "./sample-records.js";
import {
  findLink,
  linkOne,
  putContact,
  removeContact,
  sampleContact,
  sampleLink,
  sampleLinkedRecord,
  writeOne,
} from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

const makeAll = (links: LinkStore, records: readonly LinkedRecord[]) =>
  links.makeRecords({ connection: "close", kind: "contact", records });

const statusesOf = (outcomes: readonly LinkedRecordMade[]) => outcomes.map(({ status }) => status);

/** Records that are made with their links. */
export function linkedRecordConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("link-store/1, records made with their links", () => {
    it("makes a record as any other is made, and its link, whose base is what the record says", async () => {
      await using storage = await open();
      const { records, links } = storage.tenant("acme");
      const draft = {
        ...sampleContact("1", { custom: { stage: "lead 🐟", tags: ["a", { b: null }] } }),
        ...{ links: { company: ["c-1"] }, keys: ["email:1@fjord.example", "phone:+47"] },
        fieldTimes: { email: at(3) },
      };
      const record = sampleLinkedRecord("1", {
        draft,
        crmHash: "hash",
        crmUpdatedAt: "2026-05-01T09:00:00+02:00",
      });
      const due = { notes: { awaits: 1 }, dueAt: at(7) };
      expect(await makeAll(links, [{ ...record, ...due }])).toEqual([{ status: "made" }]);
      const made = await records.get("contact", "1");
      expect(made).toMatchObject({ kind: "contact", id: "1", ...draft });
      expect(await records.findByKeys("contact", ["phone:+47"])).toEqual([made]);
      const values = {
        ...draft.fields,
        ...{ "custom.stage": "lead 🐟", "custom.tags": ["a", { b: null }], "links.company": ["c-1"] },
      };
      const link = await findLink(links, "1");
      expect(link).toEqual({
        ...{ connection: "close", kind: "contact", recordId: "1", crmId: "crm-1", state: "linked" },
        ...{ base: { app: values, crm: values }, recordRevision: made?.revision, crmHash: "hash" },
        ...{ crmUpdatedAt: "2026-05-01T09:00:00+02:00", failures: 0, revision: 1, ...due },
        ...{ createdAt: link?.createdAt, updatedAt: link?.createdAt },
      });
      expect(await links.findByCrmIds("close", "contact", ["crm-1"])).toEqual([link]);
    });

    it("leaves out of record and link what was not said", async () => {
      await using storage = await open();
      const { records, links } = storage.tenant("acme");
      await makeAll(links, [sampleLinkedRecord("1", { draft: { fields: {}, keys: [] } })]);
      expect(await records.get("contact", "1")).toMatchObject({
        fields: {},
        custom: {},
        links: {},
        keys: [],
      });
      const link = await findLink(links, "1");
      expect(link?.base).toEqual({ app: {}, crm: {} });
      expect(Object.keys(link ?? {}).sort()).toEqual([
        ...["base", "connection", "createdAt", "crmId", "failures", "kind", "recordId", "recordRevision"],
        ...["revision", "state", "updatedAt"],
      ]);
    });

    it("tells of records that were made where changes are followed", async () => {
      await using storage = await open();
      const { records, links } = storage.tenant("acme");
      const { cursor } = await records.changes("contact");
      await makeAll(links, [sampleLinkedRecord("1"), sampleLinkedRecord("2")]);
      const told = (await records.changes("contact", { cursor })).records.map(({ id }) => id);
      expect(new Set(told)).toEqual(new Set(["1", "2"]));
    });

    it("makes what fits, and tells what became of each, in their order", async () => {
      await using storage = await open();
      const { records, links } = storage.tenant("acme");
      await writeOne(records, putContact("there"));
      await writeOne(records, putContact("gone"));
      await writeOne(records, removeContact("gone"));
      await linkOne(links, sampleLink("other"));
      const outcomes = await makeAll(links, [
        sampleLinkedRecord("1"),
        sampleLinkedRecord("there"),
        sampleLinkedRecord("2", { crmId: "crm-other" }),
        sampleLinkedRecord("gone"),
        sampleLinkedRecord("3", { crmId: "crm-1" }),
        sampleLinkedRecord("4"),
      ]);
      expect(outcomes).toEqual([
        ...[{ status: "made" }, { status: "stale" }, { status: "taken", recordId: "other" }],
        ...[{ status: "stale" }, { status: "taken", recordId: "1" }, { status: "made" }],
      ]);
      for (const id of ["2", "gone", "3"]) expect(await records.get("contact", id)).toEqual(undefined);
      for (const id of ["1", "4"]) expect(await records.get("contact", id)).toMatchObject({ id });
      expect(await records.findByKeys("contact", ["email:2@fjord.example"])).toEqual([]);
      const linked = (await links.list("close")).items.map(({ recordId }) => recordId);
      expect(linked.toSorted()).toEqual(["1", "4", "other"]);
    });

    it("gives an id of the CRM to one of many that want it at once, and makes no other", async () => {
      await using storage = await open();
      const { records, links } = storage.tenant("acme");
      const outcomes = await atOnce(8, (index) =>
        makeAll(links, [sampleLinkedRecord(`${index}`, { crmId: "one" })]),
      );
      expect(statusesOf(outcomes.flat()).toSorted()).toEqual(["made", ...Array(7).fill("taken")]);
      const [link] = await links.findByCrmIds("close", "contact", ["one"]);
      const made = (await records.list("contact")).items.map(({ id }) => id);
      expect(made).toEqual([link?.recordId]);
    });

    it("makes more than a thousand at once, and nothing where nothing is asked for", async () => {
      await using storage = await open();
      const { records, links } = storage.tenant("acme");
      const many = Array.from({ length: 1_100 }, (_, index) => sampleLinkedRecord(`${index}`));
      expect(new Set(statusesOf(await makeAll(links, many)))).toEqual(new Set(["made"]));
      expect(await records.count("contact")).toBe(1_100);
      expect(await makeAll(links, [])).toEqual([]);
    });

    it("keeps what it was given, whatever becomes of that afterwards", async () => {
      await using storage = await open();
      const { records, links } = storage.tenant("acme");
      const custom = { stage: { name: "lead" } };
      const making = makeAll(links, [sampleLinkedRecord("1", { draft: sampleContact("1", { custom }) })]);
      custom.stage.name = "lost";
      await making;
      expect((await records.get("contact", "1"))?.custom).toEqual({ stage: { name: "lead" } });
      expect((await findLink(links, "1"))?.base?.app).toMatchObject({ "custom.stage": { name: "lead" } });
    });

    it("refuses what can't be stored, naming the field, and makes none of the call then", async () => {
      await using storage = await open();
      const { records, links } = storage.tenant("acme");
      const withCustom = (value: unknown) =>
        sampleLinkedRecord("2", { draft: sampleContact("2", { custom: { x: value as string } }) });
      const refused: readonly (readonly [LinkedRecord, string])[] = [
        [withCustom("a\0b"), "records[1].draft.custom.x"],
        [withCustom(["\ud800"]), "records[1].draft.custom.x[0]"],
        [withCustom({ "\0": 1 }), 'records[1].draft.custom.x["\\u0000"]'],
        [withCustom(Number.NaN), "records[1].draft.custom.x"],
        [withCustom(new Date(0)), "records[1].draft.custom.x"],
        [sampleLinkedRecord(""), "records[1].recordId"],
        [sampleLinkedRecord("2", { crmId: "" }), "records[1].crmId"],
        [sampleLinkedRecord("2", { dueAt: "soon" }), "records[1].dueAt"],
        [sampleLinkedRecord("1", { crmId: "another" }), "records[1].recordId"],
      ];
      for (const [record, field] of refused) {
        await expect(makeAll(links, [sampleLinkedRecord("1"), record])).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field },
        });
      }
      expect(await records.count("contact")).toBe(0);
      const words = "\u0001 \\u0000 \\ud800 🐟";
      await makeAll(links, [withCustom(words)]);
      expect((await records.get("contact", "2"))?.custom).toEqual({ x: words });
    });
  });
}
