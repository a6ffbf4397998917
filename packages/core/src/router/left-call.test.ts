import { getEventListeners } from "node:events";
import { manualClock } from "@salesagent/conformance";
import { type AttemptGuard, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import type { ScriptedReply } from "../scripted-model/scripted-model.js";
import { ModelRouter } from "./model-router.js";
import type { RouterOptions } from "./router-options.js";
import { microtasks, notingGuard } from "./testing/host-model.js";
import { modelFailure } from "./testing/model-failure.js";
import { namedModel } from "./testing/named-model.js";

const request = { messages: [userMessage("Hi")] };
const never = new Promise<never>(() => {});
const HALF = "Figma is a design tool used by ";

/** Where a call may be when its reader leaves it. */
const PLACES: Readonly<
  Record<
    string,
    { one: ScriptedReply; two: ScriptedReply; options?: Partial<RouterOptions>; afterMs?: number }
  >
> = {
  "before the first token": { one: { text: "x", until: never }, two: { text: "y" } },
  "in the delay of a hedge": {
    one: { text: "x", until: never },
    two: { text: "y" },
    options: { hedge: { afterMs: 100 } },
  },
  "in the race of a hedge": {
    one: { text: "x", until: never },
    two: { text: "y", until: never },
    options: { hedge: { afterMs: 100 } },
    afterMs: 100,
  },
  "in a wait for another round": {
    one: { error: modelFailure("model.overloaded") },
    two: { error: modelFailure("model.rate_limited", { retryAfterMs: 30_000 }) },
  },
  "between a cut and the next token": {
    one: { text: HALF, error: modelFailure("model.stream_cut") },
    two: { text: "y", until: never },
  },
  "in the proof of a continuation": {
    one: { text: HALF, error: modelFailure("model.stream_cut") },
    two: { text: [" ma", "ny"], until: never },
    options: { takeover: "continue" },
  },
};

describe("a routed call whose reader leaves", () => {
  for (const how of ["break", "abort"] as const) {
    it.each(Object.entries(PLACES))(
      `by ${how} %s leaves nothing`,
      async (_, { one, two, options, afterMs }) => {
        const clock = manualClock();
        const { guard, begun, ended } = notingGuard();
        const { abilities } = namedModel("x", {}).profile;
        const models = [
          namedModel("one", one),
          namedModel("two", two, { abilities: { ...abilities, prefill: true } }),
        ];
        const candidates = models.map((model) => ({ model, maxRunning: 1 }));
        const router = new ModelRouter({
          candidates,
          ...{ policy: "best", clock, random: () => 0.5, ...options },
        });
        const caller = new AbortController();
        const reading = router
          .stream(request, { guards: [guard], signal: caller.signal })
          [Symbol.asyncIterator]();
        const failures: unknown[] = [];
        const read = (async () => {
          while (!(await reading.next()).done);
        })().catch((error: unknown) => failures.push(error));
        await microtasks();
        if (afterMs !== undefined) clock.advance(afterMs);
        await microtasks();
        const asked = models.map(({ requests }) => requests.length);

        const reason = new Error("enough");
        if (how === "break") await reading.return?.();
        else caller.abort(reason);
        await read;
        await microtasks();

        expect(failures).toEqual(how === "break" ? [] : [reason]);
        expect(clock.pendingTimers).toBe(0);
        expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
        expect(ended).toHaveLength(begun.length);
        clock.advance(600_000);
        await microtasks();
        expect(models.map(({ requests }) => requests.length)).toEqual(asked);
        for (const { breaker } of router.candidates()) expect(breaker.state).toBe("closed");
        // Every seat is free again.
        for (const { passedOver } of router.explain(request).candidates) expect(passedOver).toBeUndefined();
      },
    );
  }

  it.each(["break", "abort"] as const)("by %s while a guard is asked sends nothing", async (how) => {
    const ended: unknown[] = [];
    let allow: () => void = () => {};
    const guard: AttemptGuard = {
      begin: () =>
        new Promise((resolve) => {
          allow = () => resolve({ end: (attempt) => void ended.push(attempt) });
        }),
    };
    const models = [namedModel("one", { text: "x" }), namedModel("two", { text: "y" })];
    const caller = new AbortController();
    const router = new ModelRouter({ candidates: models });
    const reading = router
      .stream(request, { guards: [guard], signal: caller.signal })
      [Symbol.asyncIterator]();
    const pending = reading.next().catch((error: unknown) => error);
    await microtasks();
    if (how === "break") await reading.return?.();
    else caller.abort(new Error("enough"));
    allow();
    await pending;
    await microtasks();

    expect(models.flatMap(({ requests }) => requests)).toEqual([]);
    expect(ended).toEqual([expect.objectContaining({ outcome: "aborted", costUsd: 0 })]);
  });

  it("asks no second while a guard of the first never answers", async () => {
    const clock = manualClock();
    const guard: AttemptGuard = { begin: ({ modelId }) => (modelId === "one" ? never : { end() {} }) };
    const two = namedModel("two", { text: "y" });
    const router = new ModelRouter({
      ...{ candidates: [namedModel("one", { text: "x" }), two], clock, hedge: { afterMs: 100 } },
    });
    const reading = router.stream(request, { guards: [guard] })[Symbol.asyncIterator]();
    void reading.next();
    await microtasks();
    await reading.return?.();

    expect(clock.pendingTimers).toBe(0);
    clock.advance(1_000);
    await microtasks();
    expect(two.requests).toHaveLength(0);
  });

  it("gives a probe back", async () => {
    const clock = manualClock();
    const one = namedModel("one", (_, index) =>
      index < 2
        ? { error: modelFailure("model.server_error") }
        : { text: "x", until: index === 2 ? never : Promise.resolve() },
    );
    const router = new ModelRouter({
      ...{ candidates: [one], clock, retry: { retries: 0 }, breaker: { minCalls: 2, resetMs: 1_000 } },
    });
    for (let call = 0; call < 2; call++)
      await router
        .stream(request)
        .result()
        .catch(() => {});
    expect(router.candidates()[0]?.breaker.state).toBe("open");
    clock.advance(1_000);
    const probe = router.stream(request)[Symbol.asyncIterator]();
    void probe.next();
    await microtasks();
    const turnedAway = await Promise.allSettled(
      Array.from({ length: 200 }, () => router.stream(request).result()),
    );
    expect(turnedAway.every(({ status }) => status === "rejected")).toBe(true);
    expect(one.requests).toHaveLength(3);

    await probe.return?.();
    expect((await router.stream(request).result()).text).toBe("x");
    expect(router.candidates()[0]?.breaker.state).toBe("closed");
  });
});
