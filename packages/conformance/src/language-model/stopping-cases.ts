import { getEventListeners } from "node:events";
import { type Bench, type ModelCase, macrotask, rejectionOf, standingAfterTurn } from "./bench.js";
import { collect, readUntil } from "./reading.js";
import { ASK_WITH_TOOLS, PACED, STALLED } from "./requests.js";

const LEAK_RUNS = 200;

/** How a call is stopped: abort at every moment, `break`, and what stays behind. */
export const stoppingCases: readonly ModelCase[] = [
  {
    name: "rejects with the caller's reason and sends nothing when it was aborted before",
    async run(bench) {
      const caller = new AbortController();
      const reason = new Error("the prospect hung up");
      caller.abort(reason);
      bench.expect(await rejectionOf(bench.stream({ signal: caller.signal }).result())).toBe(reason);
      bench.expect(await rejectionOf(collect(bench.stream({ signal: caller.signal })))).toBe(reason);
      for (let turn = 0; turn < 5; turn++) await macrotask();
      bench.expect(bench.harness.server.requests()).toBe(0);
      bench.expect(bench.harness.clock.pendingTimers).toBe(0);
    },
  },
  {
    name: "rejects within a turn when it is aborted in the first milliseconds",
    scenario: { fault: { type: "silence" } },
    async run(bench) {
      for (const turns of [0, 1, 2, 3, 5, 8]) {
        const caller = new AbortController();
        const pending = bench.stream({ signal: caller.signal }).result();
        for (let turn = 0; turn < turns; turn++) await macrotask();
        await expectAbort(bench, caller, [pending]);
      }
    },
  },
  {
    name: "rejects within a turn when it is aborted before the headers",
    scenario: { fault: { type: "silence" } },
    async run(bench) {
      const caller = new AbortController();
      const stream = bench.stream({ signal: caller.signal });
      const result = stream.result();
      const reading = stream[Symbol.asyncIterator]().next();
      await bench.eventually(() => bench.harness.server.requests() === 1, "the request arrives");
      await expectAbort(bench, caller, [result, reading]);
    },
  },
  {
    name: "rejects within a turn when it is aborted mid-stream",
    scenario: STALLED,
    async run(bench) {
      const caller = new AbortController();
      const stream = bench.stream({ signal: caller.signal });
      const result = stream.result();
      const reading = stream[Symbol.asyncIterator]();
      await readUntil(reading, "text-delta");
      const rest = readToTheEnd(reading);
      await macrotask();
      await expectAbort(bench, caller, [result, rest]);
    },
  },
  {
    name: "rejects the next read when it is aborted between two reads",
    scenario: PACED,
    async run(bench) {
      const caller = new AbortController();
      const reading = bench.stream({ signal: caller.signal })[Symbol.asyncIterator]();
      await bench.whileServerRuns(readUntil(reading, "text-delta"), "the first word comes");
      const reason = new Error("enough");
      caller.abort(reason);
      const standing = await standingAfterTurn(reading.next());
      bench.expect(standing).toEqual({ state: "rejected", reason });
      bench.expect(await reading.next()).toMatchObject({ done: true });
    },
  },
  {
    name: "rejects within a turn when it is aborted in the middle of a tool call",
    scenario: {
      toolCalls: [{ name: "lookup_company", arguments: { domain: "a-rather-long-domain.example" } }],
      timing: { betweenTokensMs: 1 },
    },
    skip: (abilities) => !abilities.tools && "the model takes no tools",
    async run(bench) {
      const caller = new AbortController();
      const stream = bench.stream({ signal: caller.signal }, ASK_WITH_TOOLS);
      const result = stream.result();
      const reading = stream[Symbol.asyncIterator]();
      await bench.whileServerRuns(readUntil(reading, "tool-call-start"), "the tool call starts");
      await expectAbort(bench, caller, [result, readToTheEnd(reading)]);
    },
  },
  {
    name: "takes an abort after the finish as nothing",
    async run(bench) {
      const caller = new AbortController();
      const stream = bench.stream({ signal: caller.signal });
      const events = await collect(stream);
      caller.abort(new Error("too late"));
      bench.expect((await stream.result()).text.length).toBeGreaterThan(0);
      bench.expect(events[events.length - 1]?.type).toBe("finish");
      bench.expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
      await bench.expectNothingLeft();
    },
  },
  {
    name: "rejects with an AbortError when the caller gives no reason",
    scenario: STALLED,
    async run(bench) {
      const caller = new AbortController();
      const pending = bench.stream({ signal: caller.signal }).result();
      pending.catch(() => {});
      await bench.eventually(() => bench.harness.server.requests() === 1, "the request arrives");
      caller.abort();
      bench.expect(await rejectionOf(pending)).toBe(caller.signal.reason);
    },
  },
  {
    name: "stops the request on break, and the result rejects with an AbortError",
    scenario: STALLED,
    async run(bench) {
      const caller = new AbortController();
      const stream = bench.stream({ signal: caller.signal });
      for await (const event of stream) if (event.type === "text-delta") break;
      bench.expect(await rejectionOf(stream.result())).toMatchObject({ name: "AbortError" });
      bench.expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
      await bench.expectNothingLeft();
    },
  },
  {
    name: "ends a waiting read on return()",
    scenario: STALLED,
    async run(bench) {
      const reading = bench.stream()[Symbol.asyncIterator]();
      await readUntil(reading, "text-delta");
      const rest = readToTheEnd(reading);
      await macrotask();
      await reading.return?.();
      bench.expect((await standingAfterTurn(rest)).state).toBe("fulfilled");
      await bench.expectNothingLeft();
    },
  },
  {
    name: "leaves no listener, timer or connection after an answer",
    async run(bench) {
      const caller = new AbortController();
      await bench.stream({ signal: caller.signal }).result();
      bench.expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
      await bench.expectNothingLeft();
    },
  },
  {
    name: "leaves no listener, timer or connection after a failure",
    scenario: { fault: { type: "status", reason: "server" } },
    async run(bench) {
      const caller = new AbortController();
      await rejectionOf(bench.stream({ signal: caller.signal }).result());
      bench.expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
      await bench.expectNothingLeft();
    },
  },
  {
    name: `holds no more handles after ${LEAK_RUNS} calls, every other one given up`,
    async run(bench) {
      const caller = new AbortController();
      const call = async (run: number) => {
        const stream = bench.stream({ signal: caller.signal });
        if (run % 2 === 0) return void (await stream.result());
        for await (const event of stream) if (event.type === "text-delta") break;
      };
      for (let run = 0; run < 4; run++) await call(run);
      await bench.expectNothingLeft();
      const before = openHandles();
      for (let run = 0; run < LEAK_RUNS; run++) await call(run);
      await bench.expectNothingLeft();
      await bench.eventually(() => openHandles() <= before + 4, `at most ${before} handles stay open`);
      bench.expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    },
  },
];

async function readToTheEnd(reading: AsyncIterator<unknown>): Promise<void> {
  while (!(await reading.next()).done);
}

/** Aborts, and expects each promise to reject with the very same reason before anything but microtasks has run. */
async function expectAbort(
  bench: Bench,
  caller: AbortController,
  pending: readonly Promise<unknown>[],
): Promise<void> {
  const reason = new Error("the prospect hung up");
  const standings = pending.map((promise) => standingAfterTurn(promise));
  caller.abort(reason);
  for (const standing of await Promise.all(standings)) {
    bench.expect(standing.state).toBe("rejected");
    bench.expect(standing.state === "rejected" && standing.reason).toBe(reason);
  }
  bench.expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  await bench.expectNothingLeft();
}

/** Sockets and other handles that the process holds open; timers that do not keep it alive are not among them. */
function openHandles(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind !== "Timeout" && kind !== "Immediate").length;
}
