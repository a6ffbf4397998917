import { SalesAgentError } from "@salesagent/ports";
import { type Bench, type ModelCase, macrotask, standingAfterTurn } from "./bench.js";
import type { FetchWrapper } from "./harness.js";
import { readUntil, textOf } from "./reading.js";
import { LONG, PACED, STALLED } from "./requests.js";
import type { ModelScenario } from "./scenario.js";

const SLOW_FIRST_TOKEN: ModelScenario = {
  ...LONG,
  fault: { type: "slow-first-token", delayMs: 3_600_000 },
};
const KEEP_ALIVE_MS = 1_000;

/** Time limits, by a clock that the case moves. */
export const deadlineCases: readonly ModelCase[] = [
  {
    name: "gives up on a server that sends no headers",
    scenario: { fault: { type: "silence" } },
    async run(bench) {
      const pending = bench.stream({ timeouts: { headersMs: 5_000 } }).result();
      pending.catch(() => {});
      await bench.eventually(() => bench.harness.server.requests() === 1, "the request arrives");
      await expectTimeout(bench, pending, "headers", 5_000);
    },
  },
  {
    name: "gives up on a first token that does not come",
    scenario: SLOW_FIRST_TOKEN,
    async run(bench) {
      const pending = bench.stream({ timeouts: { firstTokenMs: 8_000 } }).result();
      pending.catch(() => {});
      await bench.eventually(() => bench.harness.server.requests() === 1, "the request arrives");
      await expectTimeout(bench, pending, "first-token", 8_000);
    },
  },
  {
    name: "gives up on a stream that falls silent",
    scenario: STALLED,
    async run(bench) {
      const reading = bench.stream({ timeouts: { stallMs: 3_000 } })[Symbol.asyncIterator]();
      await readUntil(reading, "text-delta");
      const rest = readToTheEnd(reading);
      rest.catch(() => {});
      await macrotask();
      await expectTimeout(bench, rest, "stall", 3_000);
    },
  },
  {
    name: "gives up on an answer that takes longer than the whole call may",
    scenario: PACED,
    async run(bench) {
      const reading = bench.stream({ timeouts: { totalMs: 2_000, stallMs: 60_000 } })[Symbol.asyncIterator]();
      await bench.whileServerRuns(readUntil(reading, "text-delta"), "the first word comes");
      const rest = readToTheEnd(reading);
      rest.catch(() => {});
      await macrotask();
      await expectTimeout(bench, rest, "total", 2_000);
    },
  },
  {
    name: "does not take keep-alives for a first token",
    scenario: { ...LONG, fault: { type: "stall", afterEvents: 0, keepAliveEveryMs: KEEP_ALIVE_MS } },
    skip: (_, habits) => habits.keepAlives === false && "the format has no keep-alives",
    async run(bench) {
      const traffic = countedTraffic();
      await bench.beside(
        bench.scenario,
        async (counted) => {
          const reading = counted.stream({ timeouts: { firstTokenMs: 10_000, stallMs: 5_000 } });
          const rest = readToTheEnd(reading[Symbol.asyncIterator]());
          rest.catch(() => {});
          await counted.eventually(() => counted.harness.server.requests() === 1, "the request arrives");
          await passKeepAlives(counted, traffic, 9);
          bench.expect((await standingAfterTurn(rest)).state, "before the limit").toBe("pending");
          await expectTimeout(counted, rest, "first-token", 10_000, KEEP_ALIVE_MS);
        },
        traffic.wrap,
      );
    },
  },
  {
    name: "takes keep-alives for life once the answer has begun",
    scenario: { ...LONG, fault: { type: "stall", afterEvents: 12, keepAliveEveryMs: KEEP_ALIVE_MS } },
    skip: (_, habits) => habits.keepAlives === false && "the format has no keep-alives",
    async run(bench) {
      const traffic = countedTraffic();
      await bench.beside(
        bench.scenario,
        async (counted) => {
          const reading = counted.stream({ timeouts: { stallMs: 2_500 } })[Symbol.asyncIterator]();
          await readUntil(reading, "text-delta");
          const rest = readToTheEnd(reading);
          rest.catch(() => {});
          await passKeepAlives(counted, traffic, 8);
          bench.expect((await standingAfterTurn(rest)).state, "while keep-alives come").toBe("pending");
          await expectTimeout(counted, rest, "stall", 2_500, 2_500 - KEEP_ALIVE_MS);
        },
        traffic.wrap,
      );
    },
  },
  {
    name: "does not take a slow reader for a silent server",
    scenario: LONG,
    async run(bench) {
      const reading = bench.stream({ timeouts: { stallMs: 3_000 } })[Symbol.asyncIterator]();
      const events = await readUntil(reading, "text-delta");
      bench.harness.clock.advance(10_000);
      await macrotask();
      bench.harness.clock.advance(10_000);
      events.push(...(await readUntil(reading, "finish")));
      bench.expect(textOf(events)).toBe(LONG.text);
    },
  },
  {
    name: "sets no timer when every limit is switched off",
    scenario: { fault: { type: "silence" } },
    async run(bench) {
      const never = Number.POSITIVE_INFINITY;
      const caller = new AbortController();
      const timeouts = { headersMs: never, firstTokenMs: never, stallMs: never, totalMs: never };
      const pending = bench.stream({ signal: caller.signal, timeouts }).result();
      pending.catch(() => {});
      await bench.eventually(() => bench.harness.server.requests() === 1, "the request arrives");
      bench.expect(bench.harness.clock.pendingTimers).toBe(0);
      caller.abort();
      await bench.expectNothingLeft();
    },
  },
  {
    name: "takes no more from the server than the reader reads",
    scenario: { text: "word ".repeat(20_000).trim(), tokensPerEvent: 1 },
    async run(bench) {
      const traffic = countedTraffic();
      await bench.beside(
        bench.scenario,
        async (counted) => {
          const reading = counted.stream()[Symbol.asyncIterator]();
          await readUntil(reading, "text-delta");
          for (let turn = 0; turn < 30; turn++) await macrotask();
          const ahead = traffic.bytes();
          const events = await readUntil(reading, "finish");
          bench.expect(ahead, "bytes taken before they were read").toBeLessThan(traffic.bytes() / 2);
          bench.expect(textOf(events).length).toBeGreaterThan(99_000);
        },
        traffic.wrap,
      );
    },
  },
];

async function readToTheEnd(reading: AsyncIterator<unknown>): Promise<void> {
  while (!(await reading.next()).done);
}

/** One millisecond before the limit the call still waits; at the limit it has failed, within the turn. */
async function expectTimeout(
  bench: Bench,
  pending: Promise<unknown>,
  phase: string,
  limitMs: number,
  remainingMs = limitMs,
): Promise<void> {
  const { clock } = bench.harness;
  clock.advance(remainingMs - 1);
  bench.expect((await standingAfterTurn(pending)).state, "before the limit").toBe("pending");
  clock.advance(1);
  const standing = await standingAfterTurn(pending);
  bench.expect(standing.state, "at the limit").toBe("rejected");
  const failure = standing.state === "rejected" ? standing.reason : undefined;
  bench.expect(SalesAgentError.is(failure, "model.timed_out"), String(failure)).toBe(true);
  bench.expect(failure).toMatchObject({ facts: { phase, limitMs } });
  bench.expect(String(failure)).toContain(bench.harness.model.modelId);
  await bench.expectNothingLeft();
}

/** Lets so many keep-alives pass, each a second after the one before, for the server and for the model. */
async function passKeepAlives(bench: Bench, traffic: Traffic, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) {
    const before = traffic.chunks();
    bench.harness.server.advance(KEEP_ALIVE_MS);
    await bench.eventually(() => traffic.chunks() > before, "the keep-alive arrives");
    await macrotask();
    bench.harness.clock.advance(KEEP_ALIVE_MS);
  }
}

interface Traffic {
  readonly wrap: FetchWrapper;
  chunks(): number;
  bytes(): number;
}

/** Counts what is taken out of the bodies. */
function countedTraffic(): Traffic {
  let chunks = 0;
  let bytes = 0;
  return {
    chunks: () => chunks,
    bytes: () => bytes,
    wrap: (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      if (!response.body) return response;
      const counted = response.body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>(
          {
            transform(chunk, controller) {
              chunks++;
              bytes += chunk.length;
              controller.enqueue(chunk);
            },
          },
          { highWaterMark: 1 },
          { highWaterMark: 0 },
        ),
      );
      return new Response(counted, { status: response.status, headers: response.headers });
    },
  };
}
