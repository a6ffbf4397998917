import { getEventListeners } from "node:events";
import { manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSpendCap } from "../model/spend-cap.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import type { Span, Telemetry } from "../telemetry/telemetry.js";
import { defineAgent } from "./define-agent.js";
import { counter, SCRIPT, tenant } from "./testing/counting-agent.js";

const CAP_USD = 1;

/** Counts spans that were begun and not ended. */
function countingTelemetry() {
  const open = new Set<Span>();
  const telemetry: Telemetry = {
    startSpan(_name, _kind, _attributes, parent) {
      if (parent && !open.has(parent)) throw new Error("a parent that is not one of ours");
      const span: Span = { set() {}, fail() {}, end: () => void open.delete(span) };
      open.add(span);
      return span;
    },
    measure() {},
  };
  return { telemetry, open };
}

async function withoutUnhandled(work: () => Promise<void>): Promise<void> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    await work();
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("unhandledRejection", note);
  }
  expect(unhandled).toEqual([]);
}

describe("a run that is left or aborted", () => {
  it.each(["break", "abort", "signal"] as const)("by %s at any event leaves nothing", async (how) => {
    const total = (await eventsOf(counter().run("x", { tenant }))).length;
    for (let index = 0; index < total; index++) {
      await withoutUnhandled(async () => {
        const { telemetry, open } = countingTelemetry();
        const clock = manualClock();
        const caller = new AbortController();
        const spendCap = createSpendCap({ usd: CAP_USD });
        const reason = new Error(`enough at ${index}`);
        const run = counter({ telemetry, clock, spendCap }).run("x", { tenant, signal: caller.signal });
        let failure: unknown;
        let seen = 0;
        try {
          for await (const _ of run) {
            if (seen++ !== index) continue;
            if (how === "break") break;
            if (how === "abort") run.abort(reason);
            else caller.abort(reason);
          }
        } catch (error) {
          failure = error;
        }
        await run.settled();

        if (how !== "break") expect(failure).toBe(index === total - 1 ? undefined : reason);
        expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
        expect(clock.pendingTimers).toBe(0);
        expect(open.size).toBe(0);
        spendCap.reserve(CAP_USD - spendCap.spentUsd).release();
      });
    }
  });

  it("by its reader at the end of an answer has the answer's cost on record", async () => {
    const storage = memoryStorage();
    const spendCap = createSpendCap({ usd: CAP_USD });
    const run = counter({ storage, spendCap }, [{ text: '{"n":1}', costUsd: 0.25 }]).run("x", { tenant });
    for await (const event of run) if (event.type === "finish") break;
    await run.settled();

    const { items } = await storage.tenant(tenant).modelCalls.list();
    expect(items).toEqual([expect.objectContaining({ outcome: "completed", costUsd: 0.25 })]);
    expect(spendCap.spentUsd).toBe(0.25);
  });

  it("is not begun by asking for its server-sent events", async () => {
    const model = scriptedModel(SCRIPT);
    const caller = new AbortController();
    const agent = defineAgent({ name: "a", instructions: "A.", model });
    const body = agent.run("x", { tenant, signal: caller.signal }).toSSE();
    await new Promise((resolve) => setImmediate(resolve));

    expect(model.requests).toHaveLength(0);
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    await body.cancel();
  });

  it("leaves no unhandled rejection when its output is asked for beside its events", async () => {
    await withoutUnhandled(async () => {
      const run = counter({}, []).run("x", { tenant });
      void run.output();
      await expect(eventsOf(run)).rejects.toThrow("no reply");
    });
  });

  it("shares a signal with hundreds of others, and they all end with its reason", async () => {
    const caller = new AbortController();
    const reason = new Error("closing time");
    const hung = defineAgent({
      name: "hung",
      instructions: "Hang.",
      model: scriptedModel(() => ({ text: "x", until: new Promise(() => {}) })),
    });
    const runs = Array.from({ length: 200 }, () => hung.run("x", { tenant, signal: caller.signal }));
    const ends = runs.map((run) => run.output().catch((error: unknown) => error));
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(1);

    caller.abort(reason);

    expect(new Set(await Promise.all(ends))).toEqual(new Set([reason]));
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    await Promise.all(runs.map((run) => run.settled()));
  });
});

describe("money that is set aside", () => {
  const reply = fc.record(
    {
      text: fc.constantFrom('{"n":1}', '{"n":"x"}', "prose"),
      costUsd: fc.constantFrom(0, 0.001, Number.NaN, -1, Number.POSITIVE_INFINITY),
      finish: fc.constantFrom("stop", "length", "content-filter"),
      error: fc.constantFrom(
        undefined,
        new Error("odd"),
        modelError("model.rate_limited"),
        modelError("model.stream_cut"),
      ),
    },
    { requiredKeys: ["text"] },
  );
  const end = fc.record({ how: fc.constantFrom("read", "break", "abort"), at: fc.nat(14) });

  it("is given back or booked exactly once, however runs end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(reply, { maxLength: 3 }), end), { maxLength: 4 }),
        async (plans) => {
          const spendCap = createSpendCap({ usd: CAP_USD });
          await Promise.all(
            plans.map(async ([script, { how, at }]) => {
              const run = counter({ spendCap }, script as readonly ScriptedReply[]).run("x", { tenant });
              let seen = 0;
              try {
                for await (const _ of run) {
                  if (how === "read" || seen++ < at) continue;
                  if (how === "break") break;
                  run.abort(new Error("enough"));
                }
              } catch {
                // How it ends is not what is asked here.
              }
              await run.settled();
            }),
          );

          expect(spendCap.spentUsd).toBeGreaterThanOrEqual(0);
          expect(spendCap.spentUsd).toBeLessThanOrEqual(CAP_USD);
          spendCap.reserve(CAP_USD - spendCap.spentUsd).release();
          expect(() => spendCap.reserve(CAP_USD - spendCap.spentUsd + 0.000_001)).toThrow("cap of $1");
        },
      ),
      { numRuns: 60 },
    );
  });
});

function modelError(code: "model.rate_limited" | "model.stream_cut"): SalesAgentError {
  return new SalesAgentError(code, { message: code, facts: { provider: "p", modelId: "m" }, replay: "safe" });
}

async function eventsOf<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
