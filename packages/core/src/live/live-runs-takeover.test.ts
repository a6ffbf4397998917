import { type ManualClock, manualClock } from "@salesagent/conformance";
import type { JsonValue, ModelRequest, Storage, StoredStreamEvent } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineAgent } from "../agent/index.js";
import { createEffects } from "../effects/index.js";
import { durableFlows } from "../graph/index.js";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool } from "../tools/define-tool.js";
import { createLiveRuns } from "./create-live-runs.js";
import { createLiveStreams } from "./create-live-streams.js";
import { mortalStorage } from "./testing/mortal-storage.js";

const tenant = "acme";
const by = "user:1";

/** Answers by what was said so far, in whatever process: two lookups and a mail, then the end. */
function answer({ messages }: ModelRequest) {
  const asked = messages.filter(({ role }) => role === "assistant").length;
  const words = [`So ${asked}: `, "first ", "this, ", "then ", "that."];
  if (asked < 2) return { text: words, toolCalls: [{ name: "lookup", callId: `look-${asked}` }] };
  if (asked === 2)
    return { text: words, toolCalls: [{ name: "mail", callId: "mail-2", input: { to: "ada" } }] };
  return { text: words };
}

/** What outlives a process. */
interface World {
  readonly clock: ManualClock;
  readonly storage: Storage;
  /** Whom mails went to. */
  readonly sent: string[];
}

function openWorld(): World {
  const clock = manualClock();
  return { clock, storage: memoryStorage({ clock }), sent: [] };
}

/** A process that may die: what it works with, and nothing that outlives it but the world. */
function processOn(world: World, strikes?: Parameters<typeof mortalStorage>[1]) {
  const { clock, storage: shared, sent } = world;
  const mortal = mortalStorage(shared, strikes);
  const { storage } = mortal;
  const lookup = defineTool({
    ...{ name: "lookup", description: "Looks.", input: z.object({}) },
    effect: "read",
    run: () => ({ employees: 40 }),
  });
  const mail = defineTool<{ to: string }, { n: number }>({
    ...{ name: "mail", description: "Mails.", input: z.object({ to: z.string() }) },
    effect: "write",
    target: ({ to }) => to,
    lookup: ({ to }) => (sent.includes(to) ? { happened: true, result: { n: 1 } } : { happened: false }),
    run: ({ to }) => ({ n: sent.push(to) }),
  });
  const agent = defineAgent({
    ...{ name: "bdr", instructions: "Write.", storage, effects: createEffects({ storage, clock }) },
    ...{ clock, model: scriptedModel(answer), tools: [lookup, mail] },
  });
  const flows = durableFlows({ storage, clock, leaseMs: 300, pollMs: 10 });
  const streams = createLiveStreams({ storage, clock, flushMs: 0, pollMs: 10 });
  const runs = createLiveRuns({ storage, clock, streams, flows, agents: [agent] });
  return { ...mortal, isDead: () => mortal.isDead, flows, streams, runs };
}

type Process = ReturnType<typeof processOn>;

/** What a reader makes of a stream: the text of each step by its number, and the tools that are done. */
function fold(events: readonly StoredStreamEvent[]) {
  const texts = new Map<number, string>();
  const tools = new Map<string, JsonValue>();
  let step = 0;
  for (const { type, data } of events) {
    const { index, text, callId, output } = data as Record<string, JsonValue>;
    if (type === "step-started") {
      step = index as number;
      texts.set(step, "");
    }
    if (type === "text-delta") texts.set(step, `${texts.get(step)}${text}`);
    if (type === "tool-finished") tools.set(callId as string, output ?? null);
  }
  const ordered = [...texts].sort(([one], [other]) => one - other).map(([, text]) => text);
  return { texts: ordered, tools: Object.fromEntries(tools) };
}

/** Begins a run in a process that does not work. */
function begin({ clock, storage }: World): Promise<{ readonly id: string }> {
  const flows = durableFlows({ storage, clock, work: "elsewhere" });
  const streams = createLiveStreams({ storage, clock });
  const runs = createLiveRuns({ storage, clock, streams, flows, agents: ["bdr"] });
  return runs.start(tenant, { agent: "bdr", input: "write to ada", by });
}

/** Reads to the end, and comes back after each so many events. */
async function readAll({ clock, storage }: World, id: string, leavesAfter: number) {
  await using streams = createLiveStreams({ storage, clock, pollMs: 10 });
  const events: StoredStreamEvent[] = [];
  for (let isOver = false; !isOver; ) {
    isOver = true;
    let count = 0;
    for await (const event of streams.follow(tenant, id, { after: events.length })) {
      events.push(event);
      if (++count < leavesAfter) continue;
      isOver = false;
      break;
    }
  }
  return events;
}

/** Time passes until something is over. */
async function whileTimePasses(clock: ManualClock, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    clock.advance(5);
  }
}

/** Works until the run has ended, or the process is dead; a dead one is only left behind. */
async function live(process: Process, done: Promise<unknown>, clock: ManualClock): Promise<void> {
  process.flows.work();
  let over = false;
  void done.then(() => {
    over = true;
  });
  await whileTimePasses(clock, () => over || process.isDead());
}

/** What comes of something that takes its time. */
async function inTime<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  done.catch(() => {});
  await whileTimePasses(clock, () => over);
  return done;
}

async function leave(processes: readonly Process[]): Promise<void> {
  for (const process of processes) process.die();
  for (const { flows, streams } of processes) {
    await flows[Symbol.asyncDispose]();
    await streams[Symbol.asyncDispose]();
  }
}

describe("a run whose processes die", () => {
  it("is told whole and in order, wherever they die, and does nothing twice", async () => {
    const deaths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        deaths,
        fc.constantFrom("before" as const, "after" as const),
        fc.integer({ min: 1, max: 12 }),
        async (plan, when, leavesAfter) => {
          const world = openWorld();
          const { clock, sent } = world;
          const { id } = await begin(world);
          const read = readAll(world, id, leavesAfter);
          const processes: Process[] = [];
          for (const death of plan) {
            let calls = 0;
            const process = processOn(world, (at, phase) => {
              if (phase !== when || at.startsWith("queue.")) return false;
              return ++calls === death;
            });
            processes.push(process);
            await live(process, read, clock);
          }
          const last = processOn(world);
          processes.push(last);
          await live(last, read, clock);
          const events = await read;
          expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
          expect(fold(events)).toEqual({
            texts: [0, 1, 2, 3].map((n) => `So ${n}: first this, then that.`),
            tools: { "look-0": { employees: 40 }, "look-1": { employees: 40 }, "mail-2": { n: 1 } },
          });
          expect(events.filter(({ type }) => type === "run-completed")).toHaveLength(1);
          expect(events.at(-1)).toMatchObject({ data: { output: "So 3: first this, then that." } });
          expect(sent).toEqual(["ada"]);
          expect(await inTime(clock, last.runs.result(tenant, id))).toMatchObject({ status: "completed" });
          await inTime(clock, leave(processes));
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
