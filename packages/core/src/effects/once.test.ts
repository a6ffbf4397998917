import { manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineEffect } from "./effect.js";
import { createEffects } from "./effects.js";
import { type Tap, tappedStorage } from "./testing/tapped-storage.js";

const LEASE_MS = 60_000;
const TARGETS = ["ada", "bo", "cy"];

/** Where a process dies: at a call of a store, or while it acts. */
type Death =
  | { readonly at: "store"; readonly call: number; readonly phase: "before" | "after" }
  | { readonly at: "act"; readonly phase: "before" | "after" }
  | undefined;

/** What one process does: it sees to one target, and dies on the way or not. */
interface Life {
  readonly target: string;
  readonly death: Death;
  /** What the outside does to a process that lives: it fails for sure, fails somehow, or answers. */
  readonly outside: "answers" | "refuses" | "breaks-before" | "breaks-after";
  /** How long after the one before it begins; it overlaps with it when this is 0. */
  readonly laterMs: number;
}

const death: fc.Arbitrary<Death> = fc.oneof(
  fc.constant(undefined),
  fc.record({
    at: fc.constant("store" as const),
    call: fc.integer({ min: 0, max: 4 }),
    phase: fc.constantFrom("before" as const, "after" as const),
  }),
  fc.record({ at: fc.constant("act" as const), phase: fc.constantFrom("before" as const, "after" as const) }),
);

const life: fc.Arbitrary<Life> = fc.record({
  target: fc.constantFrom(...TARGETS),
  death,
  outside: fc.constantFrom("answers", "answers", "refuses", "breaks-before", "breaks-after"),
  laterMs: fc.constantFrom(0, 0, 1_000, LEASE_MS, 2 * LEASE_MS),
});

class Killed extends Error {}

/** The outside, which remembers every act by itself. */
function world({ truthful }: { truthful: boolean }) {
  const clock = manualClock();
  const { storage, connect } = tappedStorage(clock);
  const acts = new Map<string, number>();

  const live = async ({ target, death, outside }: Life) => {
    let alive = true;
    const die = (): never => {
      alive = false;
      throw new Killed();
    };
    let calls = 0;
    // A process that is dead writes nothing more, not even how its last act ended.
    const tap: Tap = (_, phase) => {
      if (!alive) throw new Killed();
      if (death?.at !== "store") return;
      if (phase === "before") calls++;
      if (calls - 1 === death.call && phase === death.phase) die();
    };
    const mail = defineEffect<string, { n: number }>({
      name: "mail",
      target: (to) => to,
      act: async (_, { key }) => {
        if (death?.at === "act" && death.phase === "before") die();
        if (outside === "refuses") throw serviceError("safe");
        if (outside === "breaks-before") throw serviceError("unsafe");
        const n = (acts.get(key) ?? 0) + 1;
        acts.set(key, n);
        if (death?.at === "act") die();
        if (outside === "breaks-after") throw serviceError("unsafe");
        return { n };
      },
      ...(truthful && {
        lookup: (_, { key }) => {
          const n = acts.get(key);
          return n === undefined ? { happened: false } : { happened: true, result: { n } };
        },
      }),
    });
    const ticking = { ...clock, schedule: (_: number, task: () => void) => soon(task) };
    const effects = createEffects({ storage: connect(tap), clock: ticking, leaseMs: LEASE_MS });
    return effects.run(mail, { tenant: "acme", runId: "r1", step: "send", input: target });
  };
  return { clock, storage, acts, live };
}

/** A timer that is due in the next turn: time itself is moved between lives only. */
function soon(task: () => void) {
  let live = true;
  const handle = setImmediate(() => live && task());
  return {
    cancel: () => {
      live = false;
      clearImmediate(handle);
    },
  };
}

function serviceError(replay: "safe" | "unsafe") {
  return new SalesAgentError("service.unavailable", {
    message: "The service broke off.",
    facts: { service: "mail" },
    replay,
  });
}

async function play(lives: readonly Life[], options: { truthful: boolean }) {
  const { clock, storage, acts, live } = world(options);
  let overlapping: Promise<unknown>[] = [];
  for (const next of lives) {
    if (next.laterMs > 0) {
      await Promise.allSettled(overlapping);
      overlapping = [];
      clock.advance(next.laterMs);
    }
    overlapping.push(live(next).catch(() => {}));
  }
  await Promise.allSettled(overlapping);
  const records = async () => (await storage.tenant("acme").effects.list()).items;
  return { clock, acts, live, records };
}

describe("effects in a world of deaths", () => {
  it("are never done twice, whether a lookup can tell or not", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (lives, truthful) => {
          const { acts } = await play(lives, { truthful });
          for (const count of acts.values()) expect(count).toBe(1);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("are done exactly once by whoever lives at last, where the lookup is truthful", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 12 }), async (lives) => {
        const { clock, acts, live, records } = await play(lives, { truthful: true });
        clock.advance(2 * LEASE_MS);
        for (const target of TARGETS) {
          const last = { target, death: undefined, outside: "answers", laterMs: 0 } as const;
          expect(await live(last)).toEqual({ n: 1 });
        }
        expect([...acts.values()]).toEqual([1, 1, 1]);
        expect((await records()).map(({ status }) => status)).toEqual(["done", "done", "done"]);
      }),
      { numRuns: 300 },
    );
  });

  it("are on record as unknown where nobody can tell, and stay undone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 12 }), async (lives) => {
        const { clock, acts, live, records } = await play(lives, { truthful: false });
        clock.advance(2 * LEASE_MS);
        for (const target of TARGETS) {
          const last = { target, death: undefined, outside: "answers", laterMs: 0 } as const;
          await live(last).catch((error: unknown) => {
            expect(error).toMatchObject({ code: "effect.unknown" });
          });
        }
        for (const count of acts.values()) expect(count).toBe(1);
        for (const { key, status } of await records()) {
          expect(acts.has(key) ? ["done", "unknown"] : ["unknown"]).toContain(status);
        }
      }),
      { numRuns: 200 },
    );
  });
});
