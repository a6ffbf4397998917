import type { InboxStore } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import { at } from "./sample-records.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import { LONG_LEASE_MS, sampleRequest } from "./sample-sync.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const want = (changes: Partial<Parameters<InboxStore["claim"]>[0]> = {}) => ({
  ...{ source: "close", leaseMs: LONG_LEASE_MS, limit: 100 },
  ...changes,
});
const error = { code: "crm.refused", message: "no" };

const claimIds = async (inbox: InboxStore, changes?: Parameters<typeof want>[0]) =>
  (await inbox.claim(want(changes))).map(({ id }) => id);

/** Requests to webhooks. */
export function inboxStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("inbox-store/1", () => {
    it("keeps a request once by its source and key", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      const request = sampleRequest("1", { hints: [{ id: "🐟" }, null] });
      expect(await inbox.put(request)).toBe(true);
      expect(await inbox.put(sampleRequest("2", { key: request.key, hints: null }))).toBe(false);
      expect(await inbox.put(sampleRequest("1", { key: "other" }))).toBe(false);
      expect(await inbox.put(sampleRequest("3", { key: request.key, source: "hubspot" }))).toBe(true);
      expect((await inbox.list({ source: "close" })).items).toEqual([
        { ...request, status: "received", attempts: 0 },
      ]);
    });

    it("keeps a request once that comes many times at once", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      const put = await atOnce(8, (index) => inbox.put(sampleRequest(`${index}`, { key: "same" })));
      expect(put.filter(Boolean).length).toBe(1);
      expect((await inbox.list()).items.map(({ id }) => id)).toEqual([`${put.indexOf(true)}`]);
    });

    it("gives entries of a source that wait to one worker at a time, oldest first, and counts attempts", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      for (const [id, second] of [
        ["3", 3],
        ["1", 1],
        ["2", 2],
      ] as const) {
        await inbox.put(sampleRequest(id, { receivedAt: at(second) }));
      }
      await inbox.put(sampleRequest("4", { source: "hubspot" }));
      expect(await claimIds(inbox, { limit: 2 })).toEqual(["1", "2"]);
      const rest = await inbox.claim(want());
      expect(rest).toEqual([
        { ...sampleRequest("3", { receivedAt: at(3) }), status: "received", attempts: 1 },
      ]);
      expect(await claimIds(inbox)).toEqual([]);
      expect(await claimIds(inbox, { source: "hubspot" })).toEqual(["4"]);
    });

    it("gives each entry to one of many who claim at once", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      await atOnce(30, (index) => inbox.put(sampleRequest(`${index}`)));
      const claims = await atOnce(8, () => claimIds(inbox, { limit: 5 }));
      const all = [...claims.flat(), ...(await claimIds(inbox))];
      expect(all.length).toBe(30);
      expect(new Set(all).size).toBe(30);
    });

    it("gives an entry away whose lease ended, and takes it as handled from whoever is done", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      await inbox.put(sampleRequest("1"));
      expect(await claimIds(inbox, { leaseMs: 0 })).toEqual(["1"]);
      expect((await inbox.claim(want({ leaseMs: 0 })))[0]?.attempts).toBe(2);
      expect(await inbox.settle("1", { status: "handled" })).toBe(true);
      expect(await claimIds(inbox)).toEqual([]);
      expect(await inbox.settle("1", { status: "failed", error })).toBe(false);
      expect(await inbox.settle("none", { status: "handled" })).toBe(false);
    });

    it("empties what is handled, and knows its key still", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      await inbox.put(sampleRequest("1"));
      await inbox.claim(want());
      await inbox.settle("1", { status: "received", error, retryAt: LONG_AGO });
      await inbox.settle("1", { status: "handled" });
      const [entry] = (await inbox.list()).items;
      expect(entry).toEqual({
        ...{ ...sampleRequest("1"), body: "", status: "handled", attempts: 1, handledAt: entry?.handledAt },
      });
      expect(entry?.handledAt).toMatch(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/);
      expect(await inbox.put(sampleRequest("2", { key: "key-1" }))).toBe(false);
    });

    it("gives an entry that is to be tried again away from that time on, and one that failed never", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      for (const id of ["1", "2", "3"]) await inbox.put(sampleRequest(id));
      await inbox.claim(want());
      expect(await inbox.settle("1", { status: "received", error, retryAt: LONG_AGO })).toBe(true);
      await inbox.settle("2", { status: "received", error, retryAt: FAR_AHEAD });
      expect(await inbox.settle("3", { status: "failed", error })).toBe(true);
      expect(await claimIds(inbox)).toEqual(["1"]);
      const { items } = await inbox.list();
      expect(new Map(items.map(({ id, status, body }) => [id, [status, body]])).get("3")).toEqual([
        ...["failed", sampleRequest("3").body],
      ]);
      expect(items.map((entry) => [entry.id, entry.error, entry.attempts]).sort()).toEqual([
        ["1", error, 2],
        ["2", error, 1],
        ["3", error, 1],
      ]);
    });

    it("lists by source and status, latest first, page by page", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      for (const [id, second] of [
        ["1", 5],
        ["2", 9],
        ["3", 1],
      ] as const) {
        await inbox.put(sampleRequest(id, { receivedAt: at(second) }));
      }
      await inbox.put(sampleRequest("4", { source: "hubspot", receivedAt: at(7) }));
      await inbox.settle("1", { status: "handled" });
      const list = async (filter: Parameters<typeof inbox.list>[0]) =>
        (await readAll((page) => inbox.list(filter, page), 2)).map(({ id }) => id);
      expect(await list({})).toEqual(["2", "4", "1", "3"]);
      expect(await list({ source: "close" })).toEqual(["2", "1", "3"]);
      expect(await list({ status: "received" })).toEqual(["2", "4", "3"]);
      expect(await list({ source: "close", status: "handled" })).toEqual(["1"]);
    });

    it("refuses what is not a request, a claim or an outcome, naming the field", async () => {
      await using storage = await open();
      const { inbox } = storage.tenant("acme");
      const unsound: readonly (readonly [field: string, changes: object])[] = [
        ["id", { id: "" }],
        ["source", { source: "x".repeat(201) }],
        ["key", { key: "" }],
        ["body", { body: "not base64" }],
        ["body", { body: "abc" }],
        ["hints", { hints: undefined }],
        ["hints[0]", { hints: [Number.NaN] }],
        ["receivedAt", { receivedAt: "soon" }],
      ];
      for (const [field, changes] of unsound) {
        await expect(inbox.put({ ...sampleRequest("1"), ...changes })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "inbox", field: `entry.${field}` } },
        });
      }
      expect((await inbox.list()).items).toEqual([]);
      await inbox.put(sampleRequest("1"));
      for (const [field, run] of [
        ["want.source", () => inbox.claim(want({ source: "" }))],
        ["want.leaseMs", () => inbox.claim(want({ leaseMs: -1 }))],
        ["want.limit", () => inbox.claim(want({ limit: 1001 }))],
        ["outcome.status", () => inbox.settle("1", { status: "done" as "handled" })],
        [
          "outcome.error.code",
          () => inbox.settle("1", { status: "failed", error: { ...error, code: 1 as never } }),
        ],
        ["outcome.retryAt", () => inbox.settle("1", { status: "received", error, retryAt: "soon" })],
      ] as const) {
        await expect(run()).rejects.toMatchObject({ code: "store.invalid", facts: { field } });
      }
      expect(await claimIds(inbox)).toEqual(["1"]);
    });
  });
}
