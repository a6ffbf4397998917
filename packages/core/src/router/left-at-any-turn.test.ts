import { getEventListeners } from "node:events";
import { type ManualClock, manualClock } from "@salesagent/conformance";
import { type LanguageModel, userMessage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createBudgets } from "../budget/budgets.js";
import { withCache } from "../cache/with-cache.js";
import { ModelRouter } from "./model-router.js";
import type { RouterOptions } from "./router-options.js";
import { microtasks, notingGuard } from "./testing/host-model.js";
import { modelFailure } from "./testing/model-failure.js";
import { namedModel } from "./testing/named-model.js";

const request = { messages: [userMessage("Hi")] };
const scope = { tenant: "acme" };
/** More turns than the whole call takes. */
const TURNS = 260;
const STEP_TURNS = 30;
const HALF = "Figma is a design tool used by ";

/** A call that goes through much: a wait, a hedge, a cut in the middle, a takeover. Timers ring between the turns. */
function setUp(options: Partial<RouterOptions>, cached: boolean) {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const budgets = createBudgets({ budgets: [{ usd: 5, scope: "tenant" }], storage, clock });
  const { abilities } = namedModel("x", {}).profile;
  const prefilling = { abilities: { ...abilities, prefill: true } };
  const models = [
    namedModel("one", [
      { error: modelFailure("model.overloaded") },
      { text: HALF, error: modelFailure("model.auth") },
    ]),
    namedModel(
      "two",
      [{ error: modelFailure("model.server_error") }, { text: [" many", " teams."] }],
      prefilling,
    ),
  ];
  const router = new ModelRouter({
    candidates: models.map((model) => ({ model, maxRunning: 1 })),
    ...{ policy: "best", clock, budgets, random: () => 0.5, breaker: { minCalls: 100 }, ...options },
  });
  const model: LanguageModel = cached ? withCache(router, { storage, clock }) : router;
  return { clock, budgets, models, router, model };
}

async function turnsOf(clock: ManualClock, count: number): Promise<void> {
  for (let turn = 1; turn <= count; turn++) {
    await null;
    if (turn % STEP_TURNS !== 0) continue;
    // The keys of a cache are hashed off the thread.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
  }
}

describe("a routed call", () => {
  it.each<[string, Partial<RouterOptions>, boolean]>([
    ["with restarts", { takeover: "restart" }, false],
    ["with continuations", { takeover: "continue" }, false],
    ["with hedges", { hedge: { afterMs: 0 }, takeover: "continue" }, false],
    ["below a cache", { takeover: "continue" }, true],
  ])("%s may be left in any turn, and nothing stays", async (_, options, cached) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    let ended = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const how = turn % 2 === 0 ? "break" : "abort";
      const { clock, budgets, models, router, model } = setUp(options, cached);
      const noted = notingGuard();
      const caller = new AbortController();
      const reason = new Error(`enough in turn ${turn}`);
      const call = { signal: caller.signal, scope, guards: [noted.guard] };
      const reading = model.stream(request, call)[Symbol.asyncIterator]();
      let failure: unknown;
      let whole = false;
      const read = (async () => {
        for (let step = await reading.next(); !step.done; step = await reading.next()) {
          whole ||= step.value.type === "finish";
        }
      })().catch((error: unknown) => {
        failure = error;
      });
      await turnsOf(clock, turn);
      if (how === "break") await reading.return?.();
      else caller.abort(reason);
      await read;
      await microtasks();
      const sent = models.map(({ requests }) => requests.length);
      clock.advance(600_000);
      await budgets.flush();
      await microtasks();

      const where = `${how} in turn ${turn}`;
      if (whole) ended++;
      else if (how === "abort") expect(failure, where).toBe(reason);
      expect(failure === undefined || failure === reason, where).toBe(true);
      expect(noted.ended.length, where).toBe(noted.begun.length);
      expect(clock.pendingTimers, where).toBe(0);
      expect(getEventListeners(caller.signal, "abort"), where).toHaveLength(0);
      expect(
        models.map(({ requests }) => requests.length),
        where,
      ).toEqual(sent);
      const [status] = await budgets.read(scope);
      expect(status?.held, where).toEqual({ usd: 0, tokens: 0, calls: 0 });
      for (const { passedOver } of router.explain(request).candidates) {
        expect(passedOver?.filter((why) => why.includes("running")) ?? [], where).toEqual([]);
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect(ended, "the last turns are after the end").toBeGreaterThan(0);
  });
});
