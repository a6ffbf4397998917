import type { StreamStore, StreamWrite } from "@salesagent/ports";
import { seededRandom } from "../crm-provider/double/seeded-random.js";
import {
  appendOne,
  numbered,
  readEvents,
  sampleAppend,
  sampleEvents,
  sampleStream,
} from "./sample-streams.js";
import type { StorageSuite } from "./storage-suite.js";

const STEPS = 60;
const WRITERS = 4;

/** Whoever writes a stream as a worker does: it goes on from what it knows, and looks again where it was wrong. */
class Writer {
  readonly appended: string[] = [];
  #after = 0;
  #isOut = false;

  constructor(
    private readonly streams: StreamStore,
    private readonly name: string,
    private readonly fence: number,
  ) {}

  /** Appends some events of its own, and now and then the same again, as if the answer had been lost. */
  async append(count: number, isAnswerLost: boolean): Promise<void> {
    if (this.#isOut) return;
    const events = Array.from({ length: count }, (_, index) => ({
      type: "text-delta",
      data: `${this.name} ${this.appended.length + index}`,
    }));
    const write: StreamWrite = { id: "1", fence: this.fence, after: this.#after, events };
    const first = await appendOne(this.streams, write);
    const written = isAnswerLost ? await appendOne(this.streams, write) : first;
    if (first.status === "written") this.appended.push(...events.map(({ data }) => data));
    if (written.status === "written" || written.status === "moved") this.#after = written.last;
    else this.#isOut = true;
  }
}

/** Many who append at once. */
export function streamOverlapConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("stream-store/1, callers that overlap in time", () => {
    it("takes in one of 20 appends after the same event", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      await streams.open(sampleStream("1"));
      for (const after of [0, 1, 2]) {
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, () => appendOne(streams, sampleAppend("1", { after }))),
        );
        expect(outcomes.filter(({ status }) => status === "written").length).toBe(1);
        expect(outcomes.filter(({ status }) => status === "moved").length).toBe(19);
      }
      expect(await readEvents(streams, "1")).toEqual(numbered(1, 3));
    });

    it("opens a stream for one of 20", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      const opened = await Promise.all(
        Array.from({ length: 20 }, (_, index) => streams.open(sampleStream("1", { source: `${index}` }))),
      );
      expect(opened.filter(Boolean).length).toBe(1);
      expect((await streams.get("1"))?.source).toBe(`${opened.indexOf(true)}`);
    });

    it("comes to an end when appends name the same streams in opposite orders", async () => {
      await using storage = await open();
      const { streams } = storage.tenant("acme");
      const ids = Array.from({ length: 12 }, (_, index) => `run-${index}`);
      for (const id of ids) await streams.open(sampleStream(id));
      await Promise.all(
        Array.from({ length: 16 }, (_, index) => {
          const order = index % 2 === 0 ? ids : [...ids].reverse();
          return streams.append(order.map((id) => sampleAppend(id, { events: sampleEvents(1, 1) })));
        }),
      );
      for (const id of ids) expect(await readEvents(streams, id)).toEqual(numbered(1, 1));
    });

    for (const seed of [1, 2, 3]) {
      it(`numbers events without gaps, each once and each writer's in order, whoever takes over (seed ${seed})`, async () => {
        await using storage = await open();
        const { streams } = storage.tenant("acme");
        await streams.open(sampleStream("1"));
        const random = seededRandom(seed);
        const writers: Writer[] = [];
        for (let step = 0; step < STEPS; step++) {
          if (writers.length === 0 || random() < 0.15) {
            writers.push(new Writer(streams, `writer ${writers.length}`, writers.length));
          }
          const some = writers.slice(-WRITERS).filter(() => random() < 0.6);
          await Promise.all(
            some.map((writer) => writer.append(1 + Math.floor(random() * 4), random() < 0.3)),
          );
        }
        const events = (await readEvents(streams, "1", { limit: 1000 })) ?? [];
        expect(events.map(([seq]) => seq)).toEqual(events.map((_, index) => index + 1));
        expect((await streams.get("1"))?.last).toBe(events.length);
        const told = events.map(([, data]) => String(data));
        expect(told.length).toBe(writers.reduce((sum, { appended }) => sum + appended.length, 0));
        expect(told.length > 20).toBe(true);
        writers.forEach(({ appended }, index) => {
          expect(told.filter((text) => text.startsWith(`writer ${index} `))).toEqual(appended);
        });
        const order = told.map((text) => Number(text.split(" ")[1]));
        expect(order).toEqual([...order].sort((left, right) => left - right));
      });
    }
  });
}
