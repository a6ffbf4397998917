import type { TenantStores } from "@salesagent/ports";
import { everyStreamCall, fillStreams, readStreamState } from "./every-stream-call.js";
import { sampleAppend, sampleKey, sampleStream } from "./sample-streams.js";
import type { StorageSuite } from "./storage-suite.js";

const NUL = "a\0b";
const HALF = "🐟".slice(0, 1);

type Write = readonly [field: string, write: () => Promise<unknown>];

/** Calls with a text that not every database can hold, each by the field that must be named. */
function unstorable({ streams, apiKeys, runs }: TenantStores, text: string): readonly Write[] {
  const opens = (field: string) => () => streams.open({ ...sampleStream("1"), [field]: text });
  const appends = (changes: Parameters<typeof sampleAppend>[1]) => () =>
    streams.append([sampleAppend("1", changes)]);
  const error = { code: "x", message: text };
  return [
    ...["id", "source", "threadId", "leadId", "startedBy"].map(
      (field) => [`draft.${field}`, opens(field)] as const,
    ),
    ["writes[0].id", () => streams.append([sampleAppend(text)])],
    ["writes[0].events[0].type", appends({ events: [{ type: text, data: 1 }] })],
    ["writes[0].events[0].data.x[0]", appends({ events: [{ type: "x", data: { x: [text] } }] })],
    ["writes[0].end.error.message", appends({ end: { status: "failed", error } })],
    ["id", () => streams.read(text)],
    ["id", () => streams.get(text)],
    ["id", () => streams.requestStop(text, { by: "ada", reason: "enough" })],
    ["stop.by", () => streams.requestStop("1", { by: text, reason: "enough" })],
    ["stop.reason", () => streams.requestStop("1", { by: "ada", reason: text })],
    ["filter.threadId", () => streams.list({ threadId: text })],
    ["key.name", () => apiKeys.add(sampleKey("1", { name: text }))],
    ["key.scopes[0]", () => apiKeys.add(sampleKey("1", { scopes: [text] }))],
    ["id", () => apiKeys.get(text)],
    ["id", () => apiKeys.revoke(text, "2026-05-01T00:00:00Z")],
    ["id", () => apiKeys.touch(text, "2026-05-01T00:00:00Z")],
    ["range.agent", () => runs.stats({ from: "2026-05-01", until: "2026-05-01", agent: text })],
  ];
}

/** Tenants, values, aborts and closing. */
export function streamLifecycleConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("stores of streams and keys, lifecycle", () => {
    it("name their ports", async () => {
      await using storage = await open();
      const { streams, apiKeys } = storage.tenant("acme");
      expect([streams.port, apiKeys.port]).toEqual(["stream-store/1", "api-key-store/1"]);
    });

    it("reject every call with the caller's reason when it was aborted before, and write nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillStreams(acme);
      const before = await readStreamState(acme);
      const reason = new Error("prospect hung up");
      const call = { signal: AbortSignal.abort(reason) };
      for (const run of Object.values(everyStreamCall(acme, call))) await expect(run()).rejects.toBe(reason);
      expect(await readStreamState(acme)).toEqual(before);
    });

    it("refuse every call once the storage is closed, and once the transaction is over", async () => {
      const storage = await open();
      const acme = storage.tenant("acme");
      const lent = await acme.transaction(async (stores) => stores);
      for (const run of Object.values(everyStreamCall(lent))) {
        await expect(run()).rejects.toMatchObject({ code: "store.closed" });
      }
      await storage[Symbol.asyncDispose]();
      for (const run of Object.values(everyStreamCall(acme))) {
        await expect(run()).rejects.toMatchObject({ code: "store.closed" });
      }
    });

    it("refuse texts that not every database can hold, naming the field, and write nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await fillStreams(acme);
      const before = await readStreamState(acme);
      for (const text of [NUL, HALF]) {
        for (const [field, write] of unstorable(acme, text)) {
          await expect(write()).rejects.toMatchObject({ code: "store.invalid", facts: { field } });
        }
      }
      expect(await readStreamState(acme)).toEqual(before);
    });

    it("refuse page limits out of range and cursors of their own making", async () => {
      await using storage = await open();
      const { streams, apiKeys } = storage.tenant("acme");
      for (const list of [(page: object) => streams.list({}, page), (page: object) => apiKeys.list(page)]) {
        await expect(list({ limit: 1001 })).rejects.toMatchObject({ name: "RangeError" });
        await expect(list({ after: "x" })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { field: "page.after" } },
        });
      }
    });

    it("keep to their tenant, though ids are the same", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
      await fillStreams(acme);
      const before = await readStreamState(acme);
      expect(await other.streams.append([sampleAppend("run-1", { after: 1 })])).toEqual([
        { status: "unknown" },
      ]);
      expect(await readStreamState(other)).toEqual([[], undefined, []]);
      await fillStreams(other);
      for (const call of Object.values(everyStreamCall(other))) await call();
      expect(await readStreamState(acme)).toEqual(before);
      expect((await other.streams.read("run-1"))?.events.map(({ data }) => data)).toEqual(["other", "#2"]);
      expect((await other.apiKeys.get("key-1"))?.name).toBe("other");
    });
  });
}
