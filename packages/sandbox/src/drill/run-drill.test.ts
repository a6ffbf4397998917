import { systemClock } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { DrillRow } from "./drill-row.js";
import { DRILL_SCENARIOS } from "./drill-scenarios.js";
import type { DrillSetup } from "./drill-setup.js";
import type { DrillSubject } from "./drill-subject.js";
import { languageModelSubject } from "./language-model-subject.js";
import { runDrill } from "./run-drill.js";
import { smallModel } from "./testing/small-model.js";
import { type Flaws, smallRouter } from "./testing/small-router.js";

const scenario = (id: number) => DRILL_SCENARIOS.filter((one) => one.id === id);

/** One row of a subject that may hang. */
async function drill(subject: DrillSubject, id: number): Promise<DrillRow> {
  const [row] = await runDrill({ subject, scenarios: scenario(id), patienceMs: 1_800 });
  if (row === undefined) throw new Error(`there is no scenario ${id}`);
  return row;
}

/** Changes what the calls of a subject give. */
function altered(
  subject: DrillSubject,
  change: (call: ReturnType<Awaited<ReturnType<DrillSubject["open"]>>["call"]>) => typeof call,
): DrillSubject {
  return {
    ...subject,
    async open(setup) {
      const session = await subject.open(setup);
      return { call: (ask) => change(session.call(ask)), close: () => session.close() };
    },
  };
}

describe("the wall", () => {
  it.concurrent("has sixteen faults, each with a number of its own", () => {
    expect(DRILL_SCENARIOS.map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  });

  it.concurrent.each(DRILL_SCENARIOS)("$id, $title, can be passed", async ({ id }) => {
    expect(await drill(smallRouter(), id)).toMatchObject({ caller: "pass", provider: "pass" });
  });
});

describe("a subject that passes nothing on to its caller but what is right", () => {
  it.concurrent.each<[string, Flaws, number, RegExp]>([
    ["doubles text", { doubles: true }, 8, /a text mixed of both vendors/],
    ["goes on after a stall without a restart", { doubles: true }, 9, /a text mixed of both vendors/],
    ["takes a cut for the end", { acceptsCuts: true }, 8, /a truncated text of the primary, as a success/],
    ["skips an event that is no JSON", { skipsMalformed: true }, 10, /doubled or garbled/],
    [
      "names the wrong model",
      { namesPrimary: true },
      4,
      /says that gpt-5\.4-mini answered, where it was claude/,
    ],
    [
      "routes around a content filter",
      { routesAroundFilter: true },
      13,
      /answered by the fallback, which should/,
    ],
    ["has no failover", { noFailover: true }, 12, /failed with model\.context_length, though a vendor could/],
    ["sends its prefill again", { repeatsPrefill: true }, 14, /failed with model\.bad_request/],
    ["stays away for ever", { neverReturns: true }, 15, /did not go back to the primary/],
    ["forgets failed attempts", { forgetsFailures: true }, 16, /2 requests and has 1 attempts on record/],
    ["waits for ever", { waitsForEver: true }, 6, /had no end after/],
    ["is deaf to its caller", { deaf: true }, 6, /was aborted, and ended as if it had not been/],
    ["wants a [DONE]", { wantsDone: true }, 11, /answered by the fallback, which should/],
  ])("is not one that %s", async (_, flaws, id, note) => {
    const row = await drill(smallRouter(flaws), id);

    expect(row.caller).toBe("fail");
    expect(row.callerNote).toMatch(note);
    expect(row.answered).toBeLessThan(row.calls + (id >= 15 ? 1 : 0)); // those judge the calls as a whole, too
  });
});

describe("a subject that is decent to vendors", () => {
  it.concurrent.each<[string, Flaws, number, RegExp]>([
    [
      "comes back too early",
      { ignoresRetryAfter: true },
      1,
      /asked the primary again after \d+ ms, told to wait 90000/,
    ],
    ["hammers", { tries: 6, noBreaker: true }, 2, /asked the primary 6 times, 3 at most/],
    ["hammers one that is down", { tries: 6, noBreaker: true }, 4, /asked the primary 6 times, 3 at most/],
    [
      "asks again for what cannot fit",
      { retriesBadRequests: true },
      12,
      /asked the primary 2 times, 1 at most/,
    ],
    [
      "routes around a content filter",
      { routesAroundFilter: true },
      13,
      /asked the fallback once, 0 at most/,
    ],
    ["sends its prefill again", { repeatsPrefill: true }, 14, /refused prefill, and was sent it 2 times/],
    ["has no breaker", { noBreaker: true }, 15, /4 calls asked the primary 8 times while it was down/],
    [
      "goes on for a caller that hung up",
      { goesOnAfterAbort: true },
      6,
      /requests came after the caller of call 2/,
    ],
    ["leaves requests open", { leavesRequestsOpen: true }, 6, /requests were left open/],
  ])("is not one that %s", async (_, flaws, id, note) => {
    const row = await drill(smallRouter(flaws), id);

    expect(row.provider).toBe("fail");
    expect(row.providerNote).toMatch(note);
  });
});

describe("what a subject tells", () => {
  const sound = smallRouter();

  it.concurrent.each<[string, Parameters<typeof altered>[1], RegExp]>([
    [
      "a usage that is not the vendor's",
      (call) => ({
        ...call,
        outcome: async () => ({ ...(await call.outcome()), usage: { inputTokens: 1, outputTokens: 1 } }),
      }),
      /tells a usage of 1 \+ 1 tokens, where the primary counted 100 \+ 20/,
    ],
    [
      "a start by another model",
      (call) => ({
        ...call,
        events: (async function* () {
          for await (const event of call.events) {
            yield event.type === "start" ? { ...event, modelId: "another" } : event;
          }
        })(),
      }),
      /has events that say that another answered, and its result gpt-5\.4-mini/,
    ],
    [
      "a result unlike what was read",
      (call) => ({ ...call, outcome: async () => ({ ...(await call.outcome()), text: "Primary" }) }),
      /told its reader one text and the result a truncated text/,
    ],
    [
      "events without a finish",
      (call) => ({
        ...call,
        events: (async function* () {
          for await (const event of call.events) if (event.type !== "finish") yield event;
        })(),
      }),
      /the events end without a finish/,
    ],
    [
      "no text at all",
      () => ({ events: (async function* () {})(), outcome: async () => ({ text: "" }) }),
      /no text, as a success/,
    ],
  ])("fails with %s", async (_, change, note) => {
    const row = await drill(altered(sound, change), 11);

    expect(row.caller).toBe("fail");
    expect(row.callerNote).toMatch(note);
  });

  it.concurrent("fails when an error shows a key", async () => {
    const leaky = altered(sound, () => ({
      events: (async function* () {})(),
      outcome: () => Promise.reject(new Error("401 for sk-drill-primary-7Q2mV9xK")),
    }));
    const row = await drill({ ...leaky, strict: false }, 4);

    expect(row.callerNote).toMatch(/shows a key/);
    expect(JSON.stringify(row)).not.toContain("7Q2mV9xK");
  });

  it.concurrent("fails when costs do not sum up", async () => {
    const cheap = altered(sound, (call) => ({
      ...call,
      outcome: async () => ({ ...(await call.outcome()), costUsd: 0.5 }),
    }));

    expect((await drill(cheap, 16)).callerNote).toMatch(/tells a cost of \$0\.5, and its attempts sum up to/);
  });
});

describe("a lenient drill", () => {
  it.concurrent("passes a clear error, and counts it as no answer", async () => {
    const row = await drill({ ...smallRouter({ noFailover: true }), strict: false }, 12);

    expect(row).toMatchObject({ caller: "pass", provider: "pass", calls: 1, answered: 0 });
    expect(row.callerNote).toBe("error model.context_length");
  });
});

describe("runDrill", () => {
  it.concurrent("gives the subject two vendors of its own for each scenario, and closes what it opened", async () => {
    const setups: DrillSetup[] = [];
    const closed: string[] = [];
    const subject = languageModelSubject("watched", (setup) => {
      setups.push(setup);
      const model = smallModel(setup);
      return Object.assign(model, {
        [Symbol.asyncDispose]: async () => void closed.push(setup.vendors.primary.baseUrl),
      });
    });
    const rows = await runDrill({ subject, scenarios: [...scenario(3), ...scenario(11)] });

    expect(rows.map(({ caller }) => caller)).toEqual(["pass", "pass"]);
    // the first is for the warm-up
    expect(new Set(setups.map(({ vendors }) => vendors.primary.baseUrl)).size).toBe(3);
    expect(closed).toEqual(setups.map(({ vendors }) => vendors.primary.baseUrl));
    const [first] = setups;
    await expect(fetch(`${first?.vendors.primary.baseUrl}/models`)).rejects.toThrow();
  });

  it.concurrent("tells each row as it is done", async () => {
    const told: number[] = [];
    await runDrill({
      subject: smallRouter(),
      scenarios: [...scenario(12), ...scenario(13)],
      onRow: ({ id }) => told.push(id),
      clock: systemClock,
    });

    expect(told).toEqual([12, 13]);
  });

  it.concurrent("ends between two scenarios with the signal's reason", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const run = runDrill({
      subject: smallRouter(),
      scenarios: [...scenario(12), ...scenario(13)],
      onRow: () => stop.abort(reason),
      signal: stop.signal,
    });

    await expect(run).rejects.toBe(reason);
  });

  it.concurrent("ends in the middle of a call that does not end by itself", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const run = runDrill({
      subject: altered(smallRouter({ waitsForEver: true }), (call) => {
        stop.abort(reason);
        return call;
      }),
      scenarios: scenario(6),
      signal: stop.signal,
    });

    await expect(run).rejects.toBe(reason);
  });

  it.concurrent("refuses a patience that is none", async () => {
    await expect(runDrill({ subject: smallRouter(), patienceMs: 0 })).rejects.toThrow(/patienceMs.*got 0/);
  });
});
