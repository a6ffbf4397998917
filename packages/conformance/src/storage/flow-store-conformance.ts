import type { FlowFilter, FlowRecord, FlowStart, JsonValue } from "@salesagent/ports";
import type { FlowSuite } from "./flow-suite.js";
import { atOnce } from "./flow-suite.js";
import { begin, claimOne, fenceOf, sampleStart } from "./sample-flows.js";
import { FAR_AHEAD } from "./sample-shared-state.js";
import { readAll } from "./storage-suite.js";

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

const fullStart: Required<FlowStart> = {
  id: "run-full 🐟",
  graph: "bdr",
  version: "2026-11-21",
  input: { company: "Fjørd 🐟", list: [1, null, { deep: [[], {}] }] },
  threadId: "thread-1",
  parentId: "run-0",
  dueAt: "2026-05-01T09:00:00Z",
};

/** Values that some storages would change. */
const VALUES: readonly JsonValue[] = [null, "", 0, false, 1e21, 5e-324, [], {}, ["é\r\n\u0001"]];

/** Runs of graphs: how they begin, and how they are read. */
export function flowStoreConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("flow-store/1", () => {
    it("gives back a run as it was begun, every field of it, in state pending", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      expect(await flows.create(fullStart)).toBe(true);
      const record = await flows.get(fullStart.id);
      const { createdAt = "", updatedAt = "" } = record ?? {};
      expect(record).toEqual({
        ...fullStart,
        dueAt: "2026-05-01T09:00:00.000Z",
        status: "pending",
        seq: 0,
        fence: 0,
        awaiting: [],
        createdAt,
        updatedAt: createdAt,
      });
      expect(createdAt).toMatch(INSTANT);
      expect(updatedAt).toMatch(INSTANT);
    });

    it("leaves absent what a run left out, but for the time: it is due at once", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      await flows.create(sampleStart("1"));
      const record = await flows.get("1");
      expect(Object.keys(record ?? {}).sort()).toEqual(
        [
          ...["awaiting", "createdAt", "dueAt", "fence", "graph"],
          ...["id", "input", "seq", "status", "updatedAt", "version"],
        ].sort(),
      );
      expect(record?.dueAt).toBe(record?.createdAt);
      expect(await flows.get("unknown")).toBe(undefined);
    });

    it("creates a run once, and keeps the first of an id, however far it has come", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const created = await atOnce(20, (index) => flows.create(sampleStart("1", { input: index })));
      expect(created.filter(Boolean).length).toBe(1);
      const first = (await flows.get("1"))?.input;
      expect(first).toBe(created.indexOf(true));
      const claim = await claimOne(storage.queue);
      await flows.commit({ ...fenceOf(claim), rest: { status: "completed", output: "out" } });
      expect(await flows.create(sampleStart("1", { input: "again" }))).toBe(false);
      expect(await flows.get("1")).toMatchObject({ status: "completed", input: first, output: "out" });
    });

    it("keeps whatever JSON inputs and outputs hold, and tells an output of null from none", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      for (const [index, value] of VALUES.entries()) {
        await flows.create(sampleStart(`${index}`, { input: value }));
        const claim = await claimOne(storage.queue);
        expect("output" in ((await flows.get(`${index}`)) ?? {})).toBe(false);
        await flows.commit({ ...fenceOf(claim), rest: { status: "completed", output: value } });
        const record = await flows.get(`${index}`);
        expect([record?.input, record?.output]).toEqual([value, value]);
        expect("output" in (record ?? {})).toBe(true);
      }
    });

    it("lists the latest creation first, page by page", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      for (let index = 0; index < 7; index++) await flows.create(sampleStart(`${index}`));
      await begin({ flows, queue: storage.queue }, "7", { limit: 1 });
      const listed = await readAll((page) => flows.list({}, page), 3);
      expect(listed.map(({ id }) => id)).toEqual(["7", "6", "5", "4", "3", "2", "1", "0"]);
      expect(listed[7]).toEqual(await flows.get("0"));
    });

    it("lists by graph, status, thread and parent", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      await flows.create(sampleStart("1", { graph: "a", threadId: "x", dueAt: FAR_AHEAD }));
      await flows.create(sampleStart("2", { graph: "a", threadId: "y", parentId: "1", dueAt: FAR_AHEAD }));
      await flows.create(sampleStart("3", { graph: "b", threadId: "x", parentId: "1", dueAt: FAR_AHEAD }));
      await begin({ flows, queue: storage.queue }, "4");
      const idsOf = async (filter: FlowFilter) => (await flows.list(filter)).items.map(({ id }) => id);
      expect(await idsOf({ graph: "a" })).toEqual(["2", "1"]);
      expect(await idsOf({ threadId: "x" })).toEqual(["3", "1"]);
      expect(await idsOf({ parentId: "1" })).toEqual(["3", "2"]);
      expect(await idsOf({ status: "pending" })).toEqual(["3", "2", "1"]);
      expect(await idsOf({ status: "running" })).toEqual(["4"]);
      expect(await idsOf({ graph: "a", threadId: "x", status: "pending" })).toEqual(["1"]);
      expect(await idsOf({ graph: "b", parentId: "2" })).toEqual([]);
    });

    it("refuses what is not a run, naming the field", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const unsound: readonly (readonly [string, Partial<FlowRecord>])[] = [
        ["start.id", { id: "" }],
        ["start.id", { id: "x".repeat(401) }],
        ["start.graph", { graph: "" }],
        ["start.version", { version: "" }],
        ["start.threadId", { threadId: "" }],
        ["start.parentId", { parentId: "x".repeat(401) }],
        ["start.dueAt", { dueAt: "tomorrow" }],
        ["start.input.at", { input: { at: Number.NaN } }],
      ];
      for (const [field, changes] of unsound) {
        await expect(flows.create(sampleStart("1", changes))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "flows", field },
        });
      }
      expect((await flows.list()).items).toEqual([]);
    });
  });
}
