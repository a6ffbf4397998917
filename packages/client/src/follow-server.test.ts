import { defineAgent } from "@salesagent/core/agent";
import { createSalesAgent } from "@salesagent/core/app";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { createServer } from "@salesagent/server";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createClient } from "./create-client.js";
import { emptyRunView, runView } from "./run-view.js";
import type { StreamEvent } from "./stream-event.js";
import { hurriedClock } from "./testing/manual-clock.js";

const words = Array.from({ length: 60 }, (_, index) => `word ${index} `);
const storage = memoryStorage();
const model = scriptedModel(() => ({ text: words }));
const writer = defineAgent({ name: "writer", instructions: "Write.", model, storage });
const sales = createSalesAgent({ storage, agents: [writer], streams: { flushMs: 0 } });
const server = createServer({ sales, authorize: () => ({ tenant: "acme", id: "user:1", role: "member" }) });
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await sales[Symbol.asyncDispose]();
});

/** The server over a line that breaks each stream after so many bytes, as long as there are numbers left. */
function brokenLine(lengths: number[]): typeof fetch {
  return async (url, init) => {
    const response = await server.fetch(new Request(url as string, init));
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    const length = isStream ? lengths.shift() : undefined;
    if (length === undefined || !response.body) return response;
    let left = length;
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk.slice(0, left));
        left -= chunk.length;
        if (left <= 0) controller.error(new TypeError("terminated"));
      },
    });
    return new Response(response.body.pipeThrough(cut), response);
  };
}

const clientOver = (fetch: typeof globalThis.fetch) =>
  createClient({ url: "https://app.example", fetch, clock: hurriedClock(), random: () => 0 });

describe("a client of the real server", () => {
  it("gives each event of a run once and in order over a line that breaks anywhere", async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lengths, async (cuts) => {
        const client = clientOver(brokenLine([...cuts]));
        const events: StreamEvent[] = [];
        for await (const event of client.agents.stream("writer", { input: "x" })) events.push(event);
        const numbers = events.slice(0, -1).map(({ seq }) => seq);
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
        expect(events.at(-1)).toMatchObject({ type: "end", data: { status: "completed" } });
        const view = events.reduce(runView, emptyRunView);
        expect([view.status, view.text]).toEqual(["completed", words.join("")]);
        expect(view.output).toBe(words.join(""));
      }),
      { numRuns: 25 },
    );
  });

  it("throws for a stream that is not there", async () => {
    const stream = clientOver(brokenLine([])).streams.follow("nobody's");
    await expect(stream.next()).rejects.toMatchObject({ code: "store.not_found", status: 404 });
  });
});
