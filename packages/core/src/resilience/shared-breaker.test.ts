import { setImmediate as turn } from "node:timers/promises";
import { type ManualClock, manualClock } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { BreakerPermit } from "./breaker-permit.js";
import { CircuitBreaker } from "./circuit-breaker.js";
import { BreakerBoard } from "./testing/breaker-board.js";

const serverError = () =>
  new SalesAgentError("model.server_error", {
    message: "acme/one failed.",
    facts: { provider: "acme", modelId: "one" },
    replay: "safe",
  });

function setUp(owners: readonly string[]) {
  const clock = manualClock();
  const board = new BreakerBoard(clock);
  const onError = vi.fn();
  const breakers = owners.map(
    (owner) =>
      new CircuitBreaker({ name: "acme/one", clock, onError, minCalls: 1, shared: { store: board, owner } }),
  );
  return { clock, board, onError, breakers: breakers as [CircuitBreaker, CircuitBreaker] };
}

/** As `tryAcquire`, with what it asked of the store answered and a second look taken. */
async function secondLook(breaker: CircuitBreaker) {
  const first = breaker.tryAcquire();
  await turn();
  return first ?? breaker.tryAcquire();
}

async function opened(owners: readonly string[]) {
  const all = setUp(owners);
  all.breakers[0].acquire().fail(serverError());
  await turn();
  return all;
}

const pass = async (clock: ManualClock, ms: number) => {
  clock.advance(ms);
  await turn();
};

describe("CircuitBreaker, shared", () => {
  it("opens in every process, each within its refresh", async () => {
    const { clock, breakers } = await opened(["a", "b"]);
    await breakers[1].refresh();

    expect(breakers[1].snapshot()).toMatchObject({
      state: "open",
      errorCode: "model.server_error",
      retryAt: clock.now() + 30_000,
    });
  });

  it("reads in the background, at most once in a refresh, and no call waits", async () => {
    const { clock, board, breakers } = setUp(["a", "b"]);
    for (let call = 0; call < 50; call += 1) breakers[0].acquire().succeed();
    await turn();
    breakers[0].acquire().succeed();
    await turn();
    expect(board.reads).toBe(1);

    await pass(clock, 1_000);
    breakers[0].acquire().succeed();
    await turn();
    expect(board.reads).toBe(2);
  });

  it("lets one process probe; the others follow its outcome", async () => {
    const { clock, breakers } = await opened(["a", "b"]);
    const [a, b] = breakers;
    await b.refresh();
    await pass(clock, 30_000);

    const probe = await secondLook(b);
    expect(probe).toBeDefined();
    expect(await secondLook(a)).toBeUndefined();
    probe?.succeed();
    await pass(clock, 1_000);

    await a.refresh();
    expect(a.state).toBe("closed");
  });

  it("never has two probes on their way, in any order of looks and outcomes", async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ who: fc.nat(2), end: fc.constantFrom("none", "fail", "forget") }),
        fc.integer({ min: 1, max: 40_000 }),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const { clock, breakers } = await opened(["a", "b", "c"]);
        for (const breaker of breakers) await breaker.refresh();
        const running = new Map<number, { permit: BreakerPermit; untilMs: number }>();
        for (const step of sequence) {
          if (typeof step === "number") {
            await pass(clock, step);
            continue;
          }
          const breaker = breakers[step.who] ?? breakers[0];
          await breaker.prepare();
          const permit = breaker.tryAcquire();
          if (permit) running.set(step.who, { permit, untilMs: clock.elapsed() + 120_000 });
          expect(
            [...running.values()].filter(({ untilMs }) => untilMs > clock.elapsed()).length,
          ).toBeLessThan(2);
          if (step.end === "none") continue;
          if (step.end === "fail") running.get(step.who)?.permit.fail(serverError());
          else running.get(step.who)?.permit.forget();
          running.delete(step.who);
          await turn();
        }
      }),
      { numRuns: 50 },
    );
  });

  it("takes the right to probe over when its owner died", async () => {
    const { clock, breakers } = await opened(["a", "b"]);
    const [a, b] = breakers;
    await b.refresh();
    await pass(clock, 30_000);
    expect(await secondLook(a)).toBeDefined();

    await pass(clock, 119_000);
    expect(await secondLook(b)).toBeUndefined();
    await pass(clock, 1_001);
    expect(await secondLook(b)).toBeDefined();
  });

  it("lets a run probe at once, with the right asked for beforehand", async () => {
    const { clock, breakers } = await opened(["a", "b"]);
    await pass(clock, 30_000);

    expect(await breakers[0].run(async () => "well")).toBe("well");
    expect(breakers[0].state).toBe("closed");
  });

  it("recovers also where calls are so few that each right lapses before the next", async () => {
    const { clock, breakers } = await opened(["a", "b"]);
    await pass(clock, 600_000);
    expect(breakers[0].tryAcquire()).toBeUndefined();
    await pass(clock, 600_000);

    expect(breakers[0].tryAcquire()).toBeDefined();
  });

  it("does not probe when another process has closed it meanwhile", async () => {
    const { clock, board, breakers } = await opened(["a", "b"]);
    await pass(clock, 30_000);
    board.records.set("acme/one", {
      name: "acme/one",
      state: "closed",
      changedAt: new Date(clock.now()).toISOString(),
    });
    await breakers[0].prepare();

    expect(breakers[0].state).toBe("closed");
  });

  it("believes the later news only", async () => {
    const { clock, board, breakers } = await opened(["a", "b"]);
    const before = new Date(clock.now() - 1).toISOString();
    board.records.set("acme/one", { name: "acme/one", state: "closed", changedAt: before });
    await breakers[0].refresh();

    expect(breakers[0].state).toBe("open");
  });

  it("tells two changes within a millisecond apart", async () => {
    const { breakers } = await opened(["a", "b"]);
    const [a, b] = breakers;
    await b.refresh();
    a.reset();
    await turn();
    await b.refresh();

    expect(b.state).toBe("closed");
  });

  it("writes what it missed when the store is back", async () => {
    const { board, breakers } = setUp(["a", "b"]);
    board.mood = "down";
    breakers[0].acquire().fail(serverError());
    await turn();
    expect(board.records.size).toBe(0);

    board.mood = "up";
    await breakers[0].refresh();
    expect(board.records.get("acme/one")).toMatchObject({ state: "open", errorCode: "model.server_error" });
  });

  it("works by itself while the store is away", async () => {
    const { clock, board, onError, breakers } = setUp(["a", "b"]);
    board.mood = "down";
    breakers[0].acquire().fail(serverError());
    await pass(clock, 30_000);
    expect(onError).toHaveBeenCalled();
    expect(await secondLook(breakers[0])).toBeDefined();
  });

  it("goes on without a store that never answers", async () => {
    const { clock, board, onError, breakers } = setUp(["a", "b"]);
    board.mood = "hung";
    breakers[0].acquire().fail(serverError());
    await pass(clock, 30_000);
    expect(breakers[0].tryAcquire()).toBeUndefined();
    // What was asked is given up, one after the other.
    for (let question = 0; question < 6; question += 1) await pass(clock, 2_000);

    expect(breakers[0].tryAcquire()).toBeDefined();
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: "call.timed_out" }));
  });

  it.each([
    ["breaker.shared.refreshMs", { refreshMs: -1 }],
    ["breaker.shared.leaseMs", { leaseMs: 0 }],
    ["breaker.shared.owner", { owner: "" }],
  ])("refuses %s = %j", (path, wrong) => {
    const store = new BreakerBoard(manualClock());
    expect(() => new CircuitBreaker({ name: "x", shared: { store, owner: "a", ...wrong } })).toThrow(path);
  });
});
