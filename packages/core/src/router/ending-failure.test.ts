import { manualClock } from "@salesagent/conformance";
import { type AttemptGuard, SalesAgentError, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { ModelRouter } from "./model-router.js";
import { hostModel, microtasks } from "./testing/host-model.js";
import { modelFailure } from "./testing/model-failure.js";
import { namedModel } from "./testing/named-model.js";

const request = { messages: [userMessage("Hi")] };
const never = new Promise<never>(() => {});

const noMoney: AttemptGuard = {
  begin({ modelId }) {
    if (modelId !== "two") return { end() {} };
    throw new SalesAgentError("budget.exceeded", {
      message: "no money",
      facts: { budget: "b", measure: "usd", limit: 1, spent: 1, held: 0 },
      replay: "safe",
    });
  },
};

describe("a failure that ends a call", () => {
  it.each(["model.content_filtered", "model.bad_request"] as const)(
    "ends it though another candidate failed before in a way that may pass: %s",
    async (code) => {
      const clock = manualClock();
      const one = namedModel("one", [{ error: modelFailure("model.overloaded") }, { text: "routed around" }]);
      const two = namedModel("two", { error: modelFailure(code) });
      const stream = new ModelRouter({ candidates: [one, two], policy: "best", clock }).stream(request);

      await expect(stream.result()).rejects.toMatchObject({ code });
      expect(clock.pendingTimers).toBe(0);
    },
  );

  it("ends it in a later round, too", async () => {
    const clock = manualClock();
    const one = namedModel("one", [
      { error: modelFailure("model.overloaded") },
      { error: modelFailure("model.overloaded") },
      { text: "routed around" },
    ]);
    const two = namedModel("two", [
      { error: modelFailure("model.overloaded") },
      { error: modelFailure("model.content_filtered") },
    ]);
    const router = new ModelRouter({ candidates: [one, two], policy: "best", clock });
    const answer = router.stream(request).result();
    answer.catch(() => {});
    for (let round = 0; round < 5; round++) {
      await microtasks();
      clock.advance(60_000);
    }
    await expect(answer).rejects.toMatchObject({ code: "model.content_filtered" });
  });

  it("is a budget's refusal, where the host did not ask for a cheaper candidate", async () => {
    const one = namedModel("one", [{ error: modelFailure("model.overloaded") }, { text: "x" }]);
    const router = new ModelRouter({ candidates: [one, namedModel("two", { text: "y" })], policy: "best" });

    await expect(router.stream(request, { guards: [noMoney] }).result()).rejects.toMatchObject({
      code: "budget.exceeded",
    });
  });

  it("comes when the time for the whole call is over, and nobody else is asked", async () => {
    const clock = manualClock();
    const one = namedModel("one", () => {
      clock.advance(5_000);
      return { error: modelFailure("model.timed_out") };
    });
    const two = namedModel("two", { text: "late" });
    const router = new ModelRouter({ candidates: [one, two], clock, timeouts: { totalMs: 5_000 } });

    await expect(router.stream(request).result()).rejects.toMatchObject({ code: "model.timed_out" });
    expect(two.requests).toHaveLength(0);
  });
});

describe("the time for a whole call", () => {
  it.each<[string, AttemptGuard | undefined]>([
    ["a guard that never answers", { begin: () => never }],
    ["a guard that is never done with an attempt", { begin: () => ({ end: () => never }) }],
    ["a model that heeds no time limit", undefined],
  ])("holds for %s, too", async (_, guard) => {
    const clock = manualClock();
    const hung = hostModel("hung", () => ({ [Symbol.asyncIterator]: () => ({ next: () => never }) }));
    const model = guard ? namedModel("one", { text: "x" }) : hung;
    const router = new ModelRouter({ candidates: [model], clock, timeouts: { totalMs: 5_000 } });
    const answer = router.stream(request, { guards: guard ? [guard] : [] }).result();
    answer.catch(() => {});
    await microtasks();
    clock.advance(6_000);

    await expect(answer).rejects.toMatchObject({ code: "call.timed_out", facts: { limitMs: 5_000 } });
    expect(clock.pendingTimers).toBe(0);
  });

  it("leaves no timer when the call is over", async () => {
    const clock = manualClock();
    const router = new ModelRouter({
      ...{ candidates: [namedModel("one", { text: "x" })], clock, timeouts: { totalMs: 5_000 } },
    });
    await router.stream(request).result();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a hedge", () => {
  it.each<[string, AttemptGuard[], "model.bad_request" | undefined]>([
    ["that a budget refuses", [noMoney], undefined],
    ["that the request does not suit", [], "model.bad_request"],
  ])("%s leaves the first alone", async (_, guards, code) => {
    const clock = manualClock();
    let go: () => void = () => {};
    const until = new Promise<void>((resolve) => {
      go = resolve;
    });
    const one = namedModel("one", { text: "slow but well", until });
    const two = namedModel("two", code ? { error: modelFailure(code) } : { text: "y" });
    const router = new ModelRouter({ candidates: [one, two], policy: "best", clock, hedge: { afterMs: 10 } });
    const answer = router.stream(request, { guards }).result();
    await microtasks();
    clock.advance(10);
    await microtasks();
    go();

    expect((await answer).text).toBe("slow but well");
    expect(clock.pendingTimers).toBe(0);
  });

  it("that was refused is told when the first fails as well", async () => {
    const clock = manualClock();
    let go: () => void = () => {};
    const until = new Promise<void>((resolve) => {
      go = resolve;
    });
    const one = namedModel("one", { until, error: modelFailure("model.server_error") });
    const router = new ModelRouter({
      ...{
        candidates: [one, namedModel("two", { text: "y" })],
        policy: "best",
        clock,
        hedge: { afterMs: 10 },
      },
    });
    const answer = router.stream(request, { guards: [noMoney] }).result();
    answer.catch(() => {});
    await microtasks();
    clock.advance(10);
    await microtasks();
    go();

    await expect(answer).rejects.toMatchObject({ code: "budget.exceeded" });
  });

  it("that lost is asked again when the winner breaks in the middle", async () => {
    const clock = manualClock();
    const one = namedModel("one", [{ text: "x", until: never }, { text: "Whole, of one." }]);
    const two = namedModel("two", { text: "Half", error: modelFailure("model.auth") });
    const router = new ModelRouter({ candidates: [one, two], policy: "best", clock, hedge: { afterMs: 10 } });
    const answer = router.stream(request).result();
    await microtasks();
    clock.advance(10);

    expect(await answer).toMatchObject({ text: "Whole, of one.", modelId: "one" });
    expect((await answer).attempts.map(({ purpose }) => purpose)).toEqual(["first", "hedge", "failover"]);
  });
});

describe("a vendor's word on when to come back", () => {
  it("keeps nobody away for longer than a week", async () => {
    const clock = manualClock();
    const one = namedModel("one", [
      { error: modelFailure("model.rate_limited", { retryAfterMs: 1e12 }) },
      { text: "back" },
    ]);
    const router = new ModelRouter({ candidates: [one], clock });
    await expect(router.stream(request).result()).rejects.toMatchObject({ code: "model.rate_limited" });
    await expect(router.stream(request).result()).rejects.toMatchObject({ code: "router.exhausted" });

    clock.advance(7 * 86_400_000);
    expect((await router.stream(request).result()).text).toBe("back");
  });
});

describe("a policy of the host's own", () => {
  it.each([null, "first", {}, Promise.resolve(1)])("that gives %s is a slip that is told", async (score) => {
    const policy = () => score as never;
    const router = new ModelRouter({ candidates: [namedModel("one", { text: "x" })], policy });
    await expect(router.stream(request).result()).rejects.toThrow(/router\.policy must give a number/);
  });

  it("ends the call with what it throws", async () => {
    const reason = new Error("my own slip");
    const router = new ModelRouter({
      candidates: [namedModel("one", { text: "x" })],
      policy: () => {
        throw reason;
      },
    });
    await expect(router.stream(request).result()).rejects.toBe(reason);
  });
});
