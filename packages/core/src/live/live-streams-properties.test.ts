import type { StoredStreamEvent } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLiveStreams } from "./create-live-streams.js";
import type { LiveStreams, StreamWriter } from "./live-streams.js";
import { type Fault, faultyStreams, hurriedClock } from "./testing/faulty-streams.js";

const tenant = "acme";
const id = "s1";

/** One thing that happens to the stream. `takeover`: another process writes on, and the one before does not know yet. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("write" as const), count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("flush" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("takeover" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stale" as const) }) },
);

/** How one reader reads: after so many events it leaves and comes back, each time; sometimes it lingers between two events. */
const reading = fc.record({
  process: fc.nat({ max: 1 }),
  leavesAfter: fc.integer({ min: 1, max: 30 }),
  lingers: fc.boolean(),
  takesAll: fc.boolean(),
});

type Reading = typeof reading extends fc.Arbitrary<infer Value> ? Value : never;

const faults = fc.infiniteStream(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fault>(undefined) },
    { weight: 1, arbitrary: fc.constant<Fault>("lost") },
    { weight: 1, arbitrary: fc.constant<Fault>("refused") },
  ),
);

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function read(streams: LiveStreams, how: Reading): Promise<readonly StoredStreamEvent[]> {
  const got: StoredStreamEvent[] = [];
  for (;;) {
    const reader = streams.follow(tenant, id, { after: got.at(-1)?.seq ?? 0 });
    let isOver = true;
    let count = 0;
    for await (const event of reader) {
      got.push(event);
      if (how.takesAll) got.push(...reader.buffered());
      if (how.lingers) await turn();
      count += 1;
      if (count < how.leavesAfter) continue;
      isOver = false;
      break;
    }
    if (isOver) return got;
  }
}

describe("live streams, whatever happens", () => {
  it("gives each reader each event that stands once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.array(reading, { minLength: 1, maxLength: 6 }),
        faults,
        fc.boolean(),
        async (steps, readings, plan, isLive) => {
          const storage = memoryStorage();
          const fault = () => plan.next().value as Fault;
          const processes = [1, 2].map(() =>
            createLiveStreams({
              storage: faultyStreams(storage, fault, { isLive: () => isLive }),
              clock: hurriedClock,
              flushMs: 0,
              tailEvents: 5,
            }),
          );
          const [first, second] = processes as [LiveStreams, LiveStreams];
          await storage.tenant(tenant).streams.open({ id, source: "agent:writer" });
          const reads = readings.map((how) => read(how.process === 0 ? first : second, how));
          let fence = 1;
          let writer: StreamWriter = await first.writer(tenant, id, { fence });
          let stale: StreamWriter | undefined;
          let n = 0;
          for (const { kind, ...more } of steps) {
            if (kind === "write") {
              for (let left = (more as { count: number }).count; left > 0; left--) {
                await writer.write({ type: "said", data: { n: ++n } });
              }
            } else if (kind === "flush") await writer.flush();
            else if (kind === "stale") {
              try {
                await stale?.write({ type: "said", data: { n: -1 } });
              } catch {
                // Shut out already.
              }
            } else {
              await writer.flush();
              stale = writer;
              fence += 1;
              writer = await (fence % 2 === 0 ? second : first).writer(tenant, id, { fence });
            }
          }
          await writer.end({ status: "completed" });
          const want = Array.from({ length: n }, (_, index) => [index + 1, { n: index + 1 }]);
          for (const got of await Promise.all(reads)) {
            expect(got.map(({ seq, data }) => [seq, data])).toEqual(want);
          }
          for (const streams of processes) await streams[Symbol.asyncDispose]();
          expect(processes.map((streams) => streams.counts())).toEqual(
            processes.map(() => ({ readers: 0, tails: 0, writers: 0, waitingEvents: 0 })),
          );
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it("keeps a text whole, however its pieces fall", async () => {
    // Any UTF-16: a piece may begin and end in the middle of a character.
    const unit = fc.oneof(fc.constantFrom(0xd83d, 0xde00, 0x61), fc.nat({ max: 0xffff }));
    const units = fc.array(unit, { maxLength: 6 }).map((codes) => String.fromCharCode(...codes));
    const event = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant("text-delta"), text: units }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant("finish"), text: fc.constant("") }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(event, fc.boolean()), { maxLength: 30 }), async (told) => {
        const streams = createLiveStreams({ storage: memoryStorage(), clock: hurriedClock, flushMs: 0 });
        await streams.open(tenant, { id, source: "agent:writer" });
        const writer = await streams.writer(tenant, id, { fence: 1 });
        const texts = [""];
        for (const [{ type, text }, isFlushed] of told) {
          writer.write({ type, data: { text } });
          if (type === "finish") texts.push("");
          else texts.push(`${texts.pop()}${text}`);
          if (isFlushed) await turn();
        }
        await writer.end({ status: "completed" });
        const got = [""];
        for await (const { type, data } of streams.follow(tenant, id)) {
          if (type === "finish") got.push("");
          else got.push(`${got.pop()}${(data as { text: string }).text}`);
        }
        expect(got).toEqual(texts.map((text) => text.replace(/\0|\p{Surrogate}/gu, "\ufffd")));
        await streams[Symbol.asyncDispose]();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
