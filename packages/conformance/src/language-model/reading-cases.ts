import type { ModelEvent } from "@salesagent/ports";
import { type Bench, type ModelCase, macrotask, rejectionOf } from "./bench.js";
import { collect, comparableEvents, textOf } from "./reading.js";
import { GREETING, LONG } from "./requests.js";

const LONE_SURROGATE = /\p{Surrogate}/u;
const ASTRAL_TEXT = "Grüße, 東京 👩🏽‍💻 🇨🇭 𝒜𝒹𝒶, naïve café 🎉🎉";

/** How one answer is read. */
export const readingCases: readonly ModelCase[] = [
  {
    name: "sends nothing before the stream is read",
    async run(bench) {
      const stream = bench.stream();
      for (let turn = 0; turn < 5; turn++) await macrotask();
      bench.expect(bench.harness.server.requests()).toBe(0);
      await stream.result();
      bench.expect(bench.harness.server.requests()).toBe(1);
    },
  },
  {
    name: "yields start, then the body, then one finish",
    async run(bench) {
      const events = await collect(bench.stream());
      const types = events.map((event) => event.type);
      bench.expect(types[0]).toBe("start");
      bench.expect(types[types.length - 1]).toBe("finish");
      bench.expect(types.filter((type) => type === "start" || type === "finish")).toHaveLength(2);
      bench.expect(types).not.toContain("restart");
    },
  },
  {
    name: "names the model in the start and in the result",
    async run(bench) {
      const { model } = bench.harness;
      const events: ModelEvent[] = [];
      const stream = bench.stream();
      for await (const event of stream) events.push(event);
      const names = { provider: model.provider, modelId: model.modelId };
      bench.expect(events[0]).toMatchObject(names);
      bench.expect(await stream.result()).toMatchObject(names);
    },
  },
  {
    name: "gives a text that is the joined deltas, word for word",
    scenario: LONG,
    async run(bench) {
      const stream = bench.stream();
      const text = textOf(await collect(stream));
      bench.expect(text).toBe(LONG.text);
      bench.expect((await stream.result()).text).toBe(LONG.text);
    },
  },
  {
    name: "keeps every code point whole, wherever the bytes are cut",
    scenario: { text: ASTRAL_TEXT, tokensPerEvent: 1, fault: { type: "split", size: 1 } },
    async run(bench) {
      const events = await collect(bench.stream());
      for (const event of events) {
        if (event.type === "text-delta") bench.expect(event.text).not.toMatch(LONE_SURROGATE);
      }
      bench.expect(textOf(events)).toBe(ASTRAL_TEXT);
    },
  },
  {
    name: "takes an empty answer as an answer",
    scenario: { text: "", finish: "stop" },
    async run(bench) {
      bench.expect(await bench.stream().result()).toMatchObject({ text: "", finishReason: "stop" });
    },
  },
  {
    name: "gives the result alone, as often as it is asked for",
    async run(bench) {
      const stream = bench.stream();
      const [first, second] = await Promise.all([stream.result(), stream.result()]);
      bench.expect(first.text).toBe(GREETING.text);
      bench.expect(second).toBe(first);
      bench.expect(bench.harness.server.requests()).toBe(1);
    },
  },
  {
    name: "gives the result beside an iteration",
    async run(bench) {
      const stream = bench.stream();
      const result = stream.result();
      const text = textOf(await collect(stream));
      bench.expect((await result).text).toBe(text);
      bench.expect(bench.harness.server.requests()).toBe(1);
    },
  },
  {
    name: "gives the result after an iteration",
    async run(bench) {
      const stream = bench.stream();
      const text = textOf(await collect(stream));
      bench.expect((await stream.result()).text).toBe(text);
    },
  },
  {
    name: "refuses a second reader with a TypeError",
    async run(bench) {
      const stream = bench.stream();
      await collect(stream);
      bench.expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError);
    },
  },
  {
    name: "refuses a reader after the result was read",
    async run(bench) {
      const stream = bench.stream();
      await stream.result();
      bench.expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError);
    },
  },
  {
    name: "lets a wrong option fail the stream and not the call that makes it",
    async run(bench) {
      const stream = bench.stream({ timeouts: { stallMs: -1 } });
      const failure = await rejectionOf(stream.result());
      bench.expect(failure).toBeInstanceOf(RangeError);
      bench.expect(String(failure)).toMatch(/stallMs/);
      bench.expect(bench.harness.server.requests()).toBe(0);
    },
  },
  {
    name: "keeps answers apart that come at once",
    scenario: LONG,
    async run(bench) {
      const results = await Promise.all(Array.from({ length: 10 }, () => bench.stream().result()));
      bench.expect(results.map((result) => result.text)).toEqual(Array(10).fill(LONG.text));
      bench.expect(bench.harness.server.requests()).toBe(10);
    },
  },
  ...([1, 2, 3, 5, 17, 64] as const).map(
    (size): ModelCase => ({
      name: `gives the same events when the bytes come in pieces of ${size}`,
      scenario: { ...GREETING, fault: { type: "split", size } },
      run: expectSameEvents,
    }),
  ),
  {
    name: "gives the same events when lines end with CRLF",
    scenario: { ...GREETING, fault: { type: "crlf" } },
    run: expectSameEvents,
  },
  {
    name: "gives the same events after a byte-order mark",
    scenario: { ...GREETING, fault: { type: "bom" } },
    skip: (_, habits) => habits.keepAlives === false && "the format is not made of server-sent events",
    run: expectSameEvents,
  },
  {
    name: "passes over comments between events",
    scenario: { ...GREETING, fault: { type: "comments", every: 1 } },
    skip: (_, habits) => habits.keepAlives === false && "the format has no keep-alives",
    run: expectSameEvents,
  },
  {
    name: "passes over the vendor's pings",
    scenario: { ...GREETING, fault: { type: "pings", every: 1 } },
    skip: (_, habits) => habits.keepAlives === false && "the format has no keep-alives",
    run: expectSameEvents,
  },
];

/** The case's own scenario against the same answer undisturbed. */
async function expectSameEvents(bench: Bench): Promise<void> {
  const disturbed = comparableEvents(await collect(bench.stream()));
  const plain = await bench.beside(GREETING, (beside) => collect(beside.stream()));
  bench.expect(disturbed).toEqual(comparableEvents(plain));
}
