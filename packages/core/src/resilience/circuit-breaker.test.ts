import { manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { BreakerOptions, BreakerSnapshot } from "./breaker-options.js";
import type { BreakerPermit } from "./breaker-permit.js";
import { CircuitBreaker } from "./circuit-breaker.js";

const facts = { provider: "acme", modelId: "one" };
const serverError = () =>
  new SalesAgentError("model.server_error", { message: "acme/one failed.", facts, replay: "safe" });
const badRequest = () => new SalesAgentError("model.bad_request", { message: "No.", facts, replay: "safe" });
const limited = (retryAfterMs: number) =>
  new SalesAgentError("model.rate_limited", {
    message: "Wait.",
    facts: { ...facts, retryAfterMs },
    replay: "safe",
  });

function setUp(options: Partial<BreakerOptions> = {}) {
  const clock = manualClock();
  const changes: BreakerSnapshot[] = [];
  const onChange = (snapshot: BreakerSnapshot) => changes.push(snapshot);
  const breaker = new CircuitBreaker({ name: "acme/one", clock, onChange, ...options });
  return { clock, changes, breaker };
}

const fail = (breaker: CircuitBreaker, times: number, error: () => Error = serverError) => {
  for (let count = 0; count < times; count += 1) breaker.acquire().fail(error());
};

describe("CircuitBreaker", () => {
  it("opens in the same turn, when the share of failures is reached by enough calls", () => {
    const { clock, changes, breaker } = setUp();
    fail(breaker, 4);
    expect(breaker.state).toBe("closed");

    fail(breaker, 1);

    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.snapshot()).toEqual({
      name: "acme/one",
      state: "open",
      errorCode: "model.server_error",
      retryAt: clock.now() + 30_000,
      changedAt: clock.now(),
      errorRate: 1,
      calls: 5,
    });
    expect(changes).toEqual([breaker.snapshot()]);
  });

  it.each([
    { errorShare: 0.5, good: 5, opensAt: 5 },
    { errorShare: 1, good: 0, opensAt: 5 },
    { errorShare: 0.1, good: 18, opensAt: 2 },
  ])("opens at a share of $errorShare, not only above it", ({ errorShare, good, opensAt }) => {
    const { breaker } = setUp({ errorShare });
    for (let count = 0; count < good; count += 1) breaker.acquire().succeed();

    fail(breaker, opensAt - 1);
    expect(breaker.state).toBe("closed");
    fail(breaker, 1);
    expect(breaker.state).toBe("open");
  });

  it("forgets what is older than its window", () => {
    const { clock, breaker } = setUp({ windowMs: 10_000 });
    fail(breaker, 4);
    clock.advance(11_000);
    fail(breaker, 4);

    expect(breaker.snapshot()).toMatchObject({ state: "closed", calls: 4, errorRate: 1 });
  });

  it("says in its error what is open, why, and for how long", () => {
    const { clock, breaker } = setUp();
    fail(breaker, 5);
    clock.advance(10_000);

    expect(() => breaker.acquire()).toThrow(
      expect.objectContaining({
        code: "breaker.open",
        facts: { name: "acme/one", retryAfterMs: 20_000, errorCode: "model.server_error" },
        replay: "safe",
      }),
    );
  });

  it("lets one probe through when its time is over, and closes with it", () => {
    const { clock, changes, breaker } = setUp();
    fail(breaker, 5);
    clock.advance(29_999);
    expect(breaker.tryAcquire()).toBeUndefined();
    clock.advance(1);

    const probe = breaker.acquire();
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.state).toBe("half-open");
    probe.succeed();

    expect(breaker.snapshot()).toMatchObject({ state: "closed", calls: 0, errorRate: 0 });
    expect(changes.map(({ state }) => state)).toEqual(["open", "half-open", "closed"]);
    expect(breaker.retryAt).toBeUndefined();
  });

  it("opens again with a bad probe, for its whole time", () => {
    const { clock, breaker } = setUp();
    fail(breaker, 5);
    clock.advance(30_000);
    breaker.acquire().fail(serverError());

    expect(breaker.retryAt).toBe(clock.now() + 30_000);
  });

  it.each([
    { how: "forgotten", end: (permit: BreakerPermit) => permit.forget() },
    { how: "failed by the caller's own fault", end: (permit: BreakerPermit) => permit.fail(badRequest()) },
    { how: "aborted", end: (permit: BreakerPermit) => permit.fail(new DOMException("", "AbortError")) },
  ])("gives a probe back that was $how: neither closed nor stuck", ({ end }) => {
    const { clock, breaker } = setUp();
    fail(breaker, 5);
    clock.advance(30_000);
    end(breaker.acquire());

    expect(breaker.state).toBe("half-open");
    breaker.acquire().succeed();
    expect(breaker.state).toBe("closed");
  });

  it("lets another probe go when one has no outcome for two minutes, and ignores the first from then on", () => {
    const { clock, breaker } = setUp();
    fail(breaker, 5);
    clock.advance(30_000);
    const lost = breaker.acquire();
    expect(breaker.retryAt).toBe(clock.now() + 120_000);
    clock.advance(120_000);
    const second = breaker.acquire();

    lost.succeed();
    expect(breaker.state).toBe("half-open");
    second.succeed();
    expect(breaker.state).toBe("closed");
  });

  it("is neither closed nor opened by calls that began before it opened", () => {
    const { clock, breaker } = setUp();
    const early = [breaker.acquire(), breaker.acquire()];
    fail(breaker, 5);
    early[0]?.succeed();
    expect(breaker.state).toBe("open");
    clock.advance(30_000);
    breaker.acquire().succeed();

    early[1]?.fail(serverError());
    expect(breaker.snapshot()).toMatchObject({ state: "closed", calls: 0 });
  });

  it("counts each permit once", () => {
    const { breaker } = setUp();
    const permit = breaker.acquire();
    permit.succeed();
    permit.succeed();
    permit.fail(serverError());

    expect(breaker.snapshot()).toMatchObject({ calls: 1, errorRate: 0 });
  });

  it("does not count what is the caller's own doing", () => {
    const { breaker } = setUp();
    fail(breaker, 50, badRequest);

    expect(breaker.snapshot()).toMatchObject({ state: "closed", calls: 0, errorRate: 0 });
  });

  it("opens at once for as long as the vendor says, and never shortens that", () => {
    const { clock, breaker } = setUp();
    const late = breaker.acquire();
    breaker.acquire().fail(limited(90_000));
    late.fail(limited(5_000));

    expect(breaker.snapshot()).toMatchObject({
      state: "open",
      errorCode: "model.rate_limited",
      retryAt: clock.now() + 90_000,
      calls: 0,
    });
  });

  it("opens for five minutes when the quota is used up", () => {
    const { clock, breaker } = setUp();
    breaker
      .acquire()
      .fail(new SalesAgentError("model.quota_exhausted", { message: "Pay.", facts, replay: "safe" }));

    expect(breaker.retryAt).toBe(clock.now() + 300_000);
  });

  it("goes on from a snapshot, as JSON, on another clock", () => {
    const { breaker, clock } = setUp();
    fail(breaker, 5);
    const state = JSON.parse(JSON.stringify(breaker.snapshot())) as BreakerSnapshot;
    const later = manualClock(clock.now() + 10_000);
    const restored = new CircuitBreaker({ name: "acme/one", clock: later, state });

    expect(restored.snapshot()).toMatchObject({ state: "open", retryAt: state.retryAt });
    later.advance(20_000);
    expect(restored.tryAcquire()).toBeDefined();
  });

  it("lets a probe through at once when a snapshot's time is none", () => {
    const { breaker } = setUp({
      state: { name: "acme/one", state: "open", retryAt: Number.NaN, changedAt: 0, errorRate: 1, calls: 5 },
    });

    expect(breaker.state).toBe("half-open");
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it("keeps no timer of its own, open or closed", () => {
    const { clock, breaker } = setUp();
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    const spy = vi.spyOn(globalThis, "setInterval");
    fail(breaker, 5);

    expect([timers(), clock.pendingTimers]).toEqual([before, 0]);
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  });

  it("is not disturbed by a listener that throws", () => {
    const onError = vi.fn();
    const broken = new Error("listener");
    const { breaker } = setUp({
      onError,
      onChange: () => {
        throw broken;
      },
    });
    fail(breaker, 5);

    expect(breaker.state).toBe("open");
    expect(onError).toHaveBeenCalledExactlyOnceWith(broken);
  });

  it("opens and closes by hand", () => {
    const { clock, breaker } = setUp();
    breaker.open(5_000, "model.auth");
    expect(breaker.snapshot()).toMatchObject({ errorCode: "model.auth", retryAt: clock.now() + 5_000 });

    breaker.reset();
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it.each([
    ["breaker.name", { name: "" }],
    ["breaker.errorShare", { errorShare: 0 }],
    ["breaker.errorShare", { errorShare: 1.1 }],
    ["breaker.minCalls", { minCalls: 0.5 }],
    ["breaker.windowMs", { windowMs: Number.NaN }],
    ["breaker.resetMs", { resetMs: -1 }],
    ["breaker.quotaResetMs", { quotaResetMs: Number.POSITIVE_INFINITY }],
  ])("refuses %s = %j", (path, options) => {
    expect(() => new CircuitBreaker({ name: "x", ...options })).toThrow(`${path} must be`);
  });
});

describe("CircuitBreaker.run", () => {
  it("counts how the task ends, and turns calls away when open", async () => {
    const { breaker } = setUp({ minCalls: 2 });
    expect(await breaker.run(async () => 7)).toBe(7);
    const task = vi.fn(() => Promise.reject(serverError()));
    await expect(breaker.run(task)).rejects.toMatchObject({ code: "model.server_error" });

    await expect(breaker.run(task)).rejects.toMatchObject({ code: "breaker.open" });
    expect(task).toHaveBeenCalledTimes(1);
  });

  it("does not count what the caller aborted, whatever the reason is", async () => {
    const { breaker } = setUp();
    const caller = new AbortController();
    const reason = new Error("enough");
    const pending = breaker.run(async () => {
      caller.abort(reason);
      throw reason;
    }, caller.signal);

    await expect(pending).rejects.toBe(reason);
    expect(breaker.snapshot().calls).toBe(0);
  });

  it("counts a stream when it is over, and one that is left as nothing", async () => {
    const { breaker } = setUp();
    async function* numbers() {
      yield 1;
      yield 2;
    }
    for await (const _ of breaker.runStream(numbers)) expect(breaker.snapshot().calls).toBe(0);
    expect(breaker.snapshot().calls).toBe(1);

    for await (const _ of breaker.runStream(numbers)) break;
    expect(breaker.snapshot().calls).toBe(1);
  });

  it("gives a probe back when the stream's reader leaves", async () => {
    const { clock, breaker } = setUp();
    fail(breaker, 5);
    clock.advance(30_000);
    async function* numbers() {
      yield 1;
      yield 2;
    }
    for await (const _ of breaker.runStream(numbers)) break;

    expect(breaker.tryAcquire()).toBeDefined();
  });

  it("counts a stream that breaks as a failure", async () => {
    const { breaker } = setUp({ minCalls: 1 });
    async function* broken() {
      yield 1;
      throw serverError();
    }
    const read = async () => {
      for await (const _ of breaker.runStream(broken));
    };

    await expect(read()).rejects.toMatchObject({ code: "model.server_error" });
    expect(breaker.state).toBe("open");
  });
});

type Step = "acquire" | "succeed" | "fail" | "forget" | "limit" | number;
const steps = fc.array(
  fc.oneof(
    fc.constantFrom<Step[]>("acquire", "acquire", "succeed", "fail", "fail", "forget", "limit"),
    fc.integer({ min: 1, max: 200_000 }),
  ),
  { maxLength: 200 },
);

describe("CircuitBreaker, through any sequence", () => {
  it("has one probe at most, passes nothing before its time, and recovers with a good probe", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { clock, breaker } = setUp({ minCalls: 3 });
        const held: { permit: BreakerPermit; probeUntil?: number }[] = [];
        for (const step of sequence) {
          if (typeof step === "number") clock.advance(step);
          else if (step !== "acquire") {
            const permit = held.shift()?.permit;
            if (step === "succeed") permit?.succeed();
            if (step === "fail") permit?.fail(serverError());
            if (step === "forget") permit?.forget();
            if (step === "limit") permit?.fail(limited(45_000));
          } else {
            const { state, retryAt } = breaker.snapshot();
            const permit = breaker.tryAcquire();
            expect(permit !== undefined).toBe(retryAt === undefined);
            if (state === "open") expect(permit).toBeUndefined();
            if (!permit) continue;
            if (state === "half-open") {
              expect(held.filter(({ probeUntil = 0 }) => probeUntil > clock.now())).toEqual([]);
              held.push({ permit, probeUntil: clock.now() + 120_000 });
            } else held.push({ permit });
          }
          if (breaker.state === "closed") for (const each of held) delete each.probeUntil;
        }
        for (const { permit } of held) permit.forget();
        const { retryAt } = breaker.snapshot();
        if (retryAt !== undefined) clock.advance(retryAt - clock.now());
        breaker.acquire().succeed();
        expect(breaker.state).toBe("closed");
      }),
    );
  });
});
