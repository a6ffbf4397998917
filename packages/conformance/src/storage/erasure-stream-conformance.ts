import type { StreamDraft, TenantStores } from "@salesagent/ports";
import { sampleStart } from "./sample-flows.js";
import { ADA, ada, BOB } from "./sample-person.js";
import { sampleRun, sampleStep } from "./sample-records.js";
import { appendOne, fillStream, numbered, readEvents, sampleAppend, sampleStream } from "./sample-streams.js";
import type { StorageSuite } from "./storage-suite.js";

const found = (records: number) => [{ store: "streams", records }];

/** A stream of which one event says something, between others. */
async function tell(
  { streams }: Pick<TenantStores, "streams">,
  draft: StreamDraft,
  data: Parameters<typeof sampleAppend>[1] = {},
): Promise<void> {
  await fillStream(streams, draft, [2]);
  await appendOne(streams, sampleAppend(draft.id, { after: 2, ...data }));
  await appendOne(streams, sampleAppend(draft.id, { after: 3 }));
}

const saying = (data: NonNullable<Parameters<typeof sampleAppend>[1]>["events"]) => ({ events: data ?? [] });

/** Finding and erasing a person in streams. */
export function erasureStreamConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("erasure-store/1, streams", () => {
    it("empties a stream that mentions the person in one event, and no other", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
      for (const tenant of [acme, other]) {
        await tell(tenant, sampleStream("text"), saying([{ type: "text-delta", data: `Hello ${ADA}` }]));
        await tell(tenant, sampleStream("deep"), saying([{ type: "tool", data: { to: [{ [ADA]: 1 }] } }]));
        await tell(tenant, sampleStream("bob"), saying([{ type: "text-delta", data: `Hello ${BOB}` }]));
      }
      const before = await acme.streams.get("text");
      expect(await acme.erasure.find(ada)).toEqual(found(2));
      expect((await readEvents(acme.streams, "text"))?.length).toBe(4);
      expect(await acme.erasure.erase(ada)).toEqual(found(2));
      for (const id of ["text", "deep"]) expect(await readEvents(acme.streams, id)).toEqual([]);
      expect(await acme.streams.get("text")).toEqual(before);
      expect((await readEvents(acme.streams, "bob"))?.length).toBe(4);
      expect(await acme.erasure.find(ada)).toEqual([]);
      expect(await acme.erasure.erase(ada)).toEqual([]);
      expect(await other.erasure.find(ada)).toEqual(found(2));
    });

    it("goes on with a stream that was emptied after the number of its last event", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await tell(acme, sampleStream("1"), saying([{ type: "text-delta", data: ADA }]));
      await acme.erasure.erase(ada);
      expect(await readEvents(acme.streams, "1", { after: 2 })).toEqual([]);
      expect(await appendOne(acme.streams, sampleAppend("1", { after: 3 }))).toEqual({
        ...{ status: "moved", last: 4 },
      });
      expect((await appendOne(acme.streams, sampleAppend("1", { after: 4 }))).status).toBe("written");
      expect((await appendOne(acme.streams, sampleAppend("1", { after: 5 }))).status).toBe("written");
      for (const after of [0, 3, 4]) {
        expect(await readEvents(acme.streams, "1", { after })).toEqual(numbered(5, 6));
        expect(await readEvents(acme.streams, "1", { after, limit: 1 })).toEqual(numbered(5, 5));
      }
      expect(await readEvents(acme.streams, "1", { after: 5 })).toEqual(numbered(6, 6));
      expect(await acme.erasure.find(ada)).toEqual([]);
    });

    it("empties streams of the person's threads and leads, whatever they say", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await tell(acme, sampleStream("thread", { threadId: "mail-1" }));
      await tell(acme, sampleStream("address", { threadId: `mail:${ADA}` }));
      await tell(acme, sampleStream("lead", { leadId: "lead-1" }));
      await tell(acme, sampleStream("other", { threadId: "mail-2", leadId: "lead-2" }));
      await acme.streams.open(sampleStream("empty", { threadId: "mail-1" }));
      const person = { ...ada, threadIds: ["mail-1"], leadIds: ["lead-1"] };
      expect(await acme.erasure.find(person)).toEqual(found(3));
      expect(await acme.erasure.erase(person)).toEqual(found(3));
      for (const id of ["thread", "address", "lead"]) expect(await readEvents(acme.streams, id)).toEqual([]);
      expect((await readEvents(acme.streams, "other"))?.length).toBe(4);
      expect((await acme.streams.get("address"))?.threadId).toBe("mail:[erased]");
      expect((await acme.streams.get("thread"))?.threadId).toBe("mail-1");
      expect(await acme.erasure.find(person)).toEqual([]);
    });

    it("empties streams of runs that are the person's, or mention them in themselves or their steps", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { runs, steps, flows } = acme;
      await runs.putMany([
        sampleRun("input", { input: { to: ADA } }),
        sampleRun("step"),
        sampleRun("lead", { leadId: "lead-1" }),
        sampleRun("thread", { threadId: "mail-1" }),
        sampleRun("nobody", { input: { to: BOB } }),
      ]);
      await steps.putMany([sampleStep("step", 0, { output: [ADA] }), sampleStep("nobody", 0)]);
      await flows.create(sampleStart("flow", { input: { to: ADA } }));
      await flows.create(sampleStart("flow of thread", { threadId: "mail-1" }));
      await flows.create(sampleStart("flow of nobody"));
      const theirs = ["input", "step", "lead", "thread", "flow", "flow of thread"];
      const others = ["nobody", "flow of nobody"];
      for (const id of [...theirs, ...others]) await tell(acme, sampleStream(id));
      const person = { ...ada, threadIds: ["mail-1"], leadIds: ["lead-1"] };
      const counted = async (records: typeof acme.erasure.find) =>
        (await records(person)).filter(({ store }) => store === "streams");
      expect(await counted(acme.erasure.find)).toEqual(found(6));
      expect(await counted(acme.erasure.erase)).toEqual(found(6));
      for (const id of theirs) expect(await readEvents(acme.streams, id)).toEqual([]);
      for (const id of others) expect((await readEvents(acme.streams, id))?.length).toBe(4);
      expect(await counted(acme.erasure.find)).toEqual([]);
    });

    it("erases mentions in what stays of a stream", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.streams.open(sampleStream("1", { startedBy: ADA }));
      await acme.streams.requestStop("1", { by: ADA, reason: `asked by ${ADA}` });
      const error = { code: "x", message: `no mail to ${ADA}` };
      await appendOne(acme.streams, sampleAppend("1", { end: { status: "failed", error } }));
      const before = await acme.streams.get("1");
      expect(await acme.erasure.erase(ada)).toEqual(found(1));
      expect(await acme.streams.get("1")).toEqual({
        ...{ ...before, startedBy: "[erased]", error: { code: "x", message: "no mail to [erased]" } },
        stop: { by: "[erased]", reason: "asked by [erased]", at: before?.stop?.at },
      });
      expect(await readEvents(acme.streams, "1")).toEqual(numbered(1, 1));
      expect(await acme.erasure.find(ada)).toEqual([]);
    });
  });
}
