import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClientError } from "./client-error.js";
import { type ClientOptions, readOptions } from "./client-options.js";
import { createConnection } from "./connection.js";
import { type ConnectionState, type FollowOptions, followStream } from "./follow-stream.js";
import type { StreamEvent } from "./stream-event.js";
import { hurriedClock, type ManualClock, manualClock } from "./testing/manual-clock.js";
import { eventStream, streamServer } from "./testing/stream-server.js";

function connect(fetch: typeof globalThis.fetch, options: Partial<ClientOptions> = {}) {
  return createConnection(
    readOptions({ url: "/sales", fetch, clock: hurriedClock(), random: () => 0.5, ...options }),
  );
}

async function readAll(fetch: typeof globalThis.fetch, options?: FollowOptions): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of followStream(connect(fetch), "run-1", options)) events.push(event);
  return events;
}

const told = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    type: "text-delta",
    data: { text: `${index} 𝄞` },
  }));
const end = (seq: number) => ({ seq, type: "end", data: { status: "completed" } });

describe("following a stream", () => {
  it("gives each event once and in order over connections that drop after any number of bytes", async () => {
    const drops = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 8 });
    const sizes = fc.integer({ min: 1, max: 64 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 12 }),
        drops,
        sizes,
        async (count, dropAfter, chunkBytes) => {
          const { fetch } = streamServer(told(count), { dropAfter, chunkBytes });
          expect(await readAll(fetch)).toEqual([...told(count), end(count)]);
        },
      ),
    );
  });

  it("takes an agent's own event for no end", async () => {
    const events = [{ seq: 1, type: "end", data: { of: "a call" } }, ...told(2).slice(1)];
    expect(await readAll(streamServer(events, { dropAfter: [60] }).fetch)).toEqual([...events, end(2)]);
  });

  it("passes over events that a server sends again", async () => {
    const { fetch } = streamServer(told(6), { dropAfter: [150, 150], repeats: 3 });
    expect(await readAll(fetch)).toEqual([...told(6), end(6)]);
  });

  it("asks for what comes after the last event that it knows", async () => {
    const { fetch, asked } = streamServer(told(3), { dropAfter: [] });
    expect(await readAll(fetch, { after: 2 })).toEqual([...told(3).slice(2), end(3)]);
    expect(asked).toEqual([{ url: "/sales/streams/run-1/events", lastEventId: "2" }]);
  });

  it("goes on after refusals that pass, and waits at least as long as it is told", async () => {
    const { fetch } = streamServer(told(1), {
      dropAfter: [],
      refusals: [
        new Response(null, { status: 503, headers: { "retry-after": "7" } }),
        new Response(null, { status: 408 }),
        new TypeError("fetch failed"),
      ],
    });
    const states: ConnectionState[] = [];
    const onConnection = (state: ConnectionState) => states.push(state);
    expect(await readAll(fetch, { onConnection })).toEqual([...told(1), end(1)]);
    expect(states).toMatchObject([
      { status: "waiting", waitMs: 7_000, error: { status: 503 } },
      { status: "waiting", waitMs: 1_500, error: { status: 408 } },
      { status: "waiting", waitMs: 3_000, error: { code: "client.unreachable" } },
      { status: "open" },
    ]);
  });

  it("does not try again what is refused for good", async () => {
    for (const status of [400, 401, 403, 404, 410]) {
      const problem = { code: "stream.unknown", detail: "There is no stream of this id.", status };
      const refusal = Response.json(problem, {
        status,
        headers: { "content-type": "application/problem+json" },
      });
      const { fetch, asked } = streamServer([], { dropAfter: [], refusals: [refusal] });
      await expect(readAll(fetch)).rejects.toMatchObject({ code: "stream.unknown", status });
      expect(asked).toHaveLength(1);
    }
  });

  it("throws when the server can't be reached for too long", async () => {
    const fetch = async () => {
      throw new TypeError("fetch failed");
    };
    const states: ConnectionState[] = [];
    const onConnection = (state: ConnectionState) => states.push(state);
    await expect(readAll(fetch, { maxFailures: 3, onConnection })).rejects.toMatchObject({
      code: "client.unreachable",
    });
    expect(states.map((state) => state.status === "waiting" && state.waitMs)).toEqual([750, 1_500, 3_000]);
  });

  it("waits as long as the server wishes before it connects again", async () => {
    let connections = 0;
    const fetch = async () =>
      eventStream(connections++ === 0 ? "retry: 20000\n\n" : "event: end\ndata: {}\n\n");
    const states: ConnectionState[] = [];
    await readAll(fetch, { onConnection: (state) => states.push(state) });
    expect(states).toEqual([{ status: "open" }, { status: "waiting", waitMs: 15_000 }, { status: "open" }]);
  });

  it("opens a stream that has gone silent anew", async () => {
    const clock = manualClock();
    const silent = () =>
      new Response(new ReadableStream(), { headers: { "content-type": "text/event-stream" } });
    const answers = [silent(), eventStream("id: 1\nevent: note\ndata: 1\n\nevent: end\ndata: {}\n\n")];
    const fetch = async () => answers.shift() as Response;
    const states: ConnectionState[] = [];
    const onConnection = (state: ConnectionState) => states.push(state);
    const reading = (async () => {
      const events: StreamEvent[] = [];
      const stream = followStream(connect(fetch, { clock }), "run-1", { onConnection });
      for await (const event of stream) events.push(event);
      return events;
    })();
    await passUntil(clock, () => states.length === 1);
    clock.pass(45_000);
    await passUntil(clock, () => states.length === 2);
    expect(states[1]).toMatchObject({ status: "waiting", error: { code: "client.silent" } });
    clock.pass(1_000);
    expect((await reading).map(({ type }) => type)).toEqual(["note", "end"]);
  });

  it("ends at once with the caller's own reason, and closes the connection", async () => {
    const { fetch, open } = streamServer(told(2), { dropAfter: [], stays: true });
    const controller = new AbortController();
    const reason = new Error("left the page");
    const reading = (async () => {
      for await (const { seq } of followStream(connect(fetch), "run-1", { signal: controller.signal })) {
        if (seq === 2) controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(open()).toBe(0);
  });

  it("closes the connection when its reader leaves", async () => {
    const { fetch, open } = streamServer(told(2), { dropAfter: [], stays: true });
    for await (const { seq } of followStream(connect(fetch), "run-1")) if (seq === 1) break;
    expect(open()).toBe(0);
  });

  it("refuses what is no stream of ours", async () => {
    const answers: [Response, string][] = [
      [new Response("<html>", { headers: { "content-type": "text/html" } }), "text/html"],
      [eventStream("id: 1\nevent: note\ndata: {\n\n"), "no JSON"],
      [eventStream("id: one\nevent: note\ndata: 1\n\n"), "without a number"],
      [eventStream("event: note\ndata: 1\n\n"), "without a number"],
      [eventStream(`id: 99999999999999999999\ndata: 1\n\n`), "without a number"],
    ];
    for (const [answer, detail] of answers) {
      const failure = await readAll(async () => answer).catch((error: unknown) => error);
      expect(ClientError.is(failure, "client.malformed") && failure.detail).toContain(detail);
    }
  });
});

/** Lets promises settle until something is so. */
async function passUntil(clock: ManualClock, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !isSo(); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.pass(0);
  }
  expect(isSo()).toBe(true);
}
