import { type ManualClock, manualClock } from "@salesagent/conformance";
import { ModelRouter } from "@salesagent/core/router";
import { type ScriptedModel, type ScriptedReply, scriptedModel } from "@salesagent/core/scripted-model";
import {
  type BreakerStore,
  SalesAgentError,
  type Storage,
  systemClock,
  userMessage,
} from "@salesagent/ports";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

const REFRESH_MS = 1_000;
const RESET_MS = 30_000;
const AT_ONCE = 100;

let database: TestDatabase;
let clock: ManualClock;
let storages: readonly Storage[];
let tenantCount = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

beforeEach(() => {
  clock = manualClock();
  tenantCount += 1;
  // Of processes of their own, as far as the server can tell.
  storages = ["a", "b"].map(() =>
    postgres({
      connectionString: database.url,
      maxConnections: 2,
      clock: { ...systemClock, now: () => clock.now() },
    }),
  );
});

afterEach(async () => {
  for (const storage of storages) await storage[Symbol.asyncDispose]();
});

afterAll(() => database[Symbol.asyncDispose]());

const down = new SalesAgentError("model.server_error", {
  message: "down",
  facts: { provider: "scripted", modelId: "flaky", status: 500 },
  replay: "safe",
});

interface Process {
  readonly flaky: ScriptedModel;
  readonly router: ModelRouter;
  readonly breakers: BreakerStore;
  ask(): Promise<string>;
}

/** Two processes with the same two models: one that flaps, and one that answers. */
function processes(reply: () => ScriptedReply): readonly [Process, Process] {
  const made = storages.map((storage, index): Process => {
    const { breakers } = storage.tenant(`breakers-${tenantCount}`);
    const flaky = scriptedModel(reply, {}, { modelId: "flaky" });
    const well = scriptedModel(() => ({ text: "well" }), {}, { modelId: "well" });
    const router = new ModelRouter({
      ...{ candidates: [flaky, well], clock },
      // The breaker alone decides, not how the model fared of late.
      policy: ({ modelId }) => (modelId === "flaky" ? 1 : 0),
      breaker: { minCalls: 5, resetMs: RESET_MS, shared: { store: breakers, owner: `process-${index}` } },
    });
    const ask = async () => (await router.stream({ messages: [userMessage("Hi")] }).result()).modelId;
    return { flaky, router, breakers, ask };
  });
  return made as [Process, Process];
}

const stateOf = ({ router }: Process) => router.candidates()[0]?.breaker.state;

async function untilStored({ breakers }: Process, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await breakers.list(["scripted/flaky"])).toMatchObject([{ state }]));
}

/** Calls once a refresh, which reads what the other process wrote, until the breaker stands so. */
async function untilRead(process: Process, state: string): Promise<void> {
  clock.advance(REFRESH_MS);
  await process.ask();
  await vi.waitFor(() => expect(stateOf(process)).toBe(state));
}

describe("two routers that share a breaker over Postgres", () => {
  it("stop together when it opens in one of them", async () => {
    const [a, b] = processes(() => ({ error: down }));
    await b.ask();
    const asked = b.flaky.requests.length;
    for (let call = 0; call < 5; call++) expect(await a.ask()).toBe("well");
    expect(stateOf(a)).toBe("open");
    await untilStored(a, "open");

    await untilRead(b, "open");
    // The one that came while it was read; from then on, none.
    expect(b.flaky.requests.length).toBeLessThanOrEqual(asked + 1);
    const stopped = b.flaky.requests.length;
    for (let call = 0; call < 20; call++) expect(await b.ask()).toBe("well");
    expect(b.flaky.requests).toHaveLength(stopped);
  });

  it.each(["closed", "open"] as const)(
    "send one probe, however many call, and both are %s after it",
    async (outcome) => {
      let isDown = true;
      let settle: () => void = () => {};
      const until = new Promise<void>((resolve) => {
        settle = resolve;
      });
      const all = processes(() => {
        if (isDown) return { error: down };
        return outcome === "closed" ? { text: "back", until } : { error: down, until };
      });
      const [a, b] = all;
      for (let call = 0; call < 5; call++) await a.ask();
      await untilStored(a, "open");
      await untilRead(b, "open");
      isDown = false;
      const before = a.flaky.requests.length + b.flaky.requests.length;

      clock.advance(RESET_MS);
      const answers = all.flatMap((process) => Array.from({ length: AT_ONCE }, () => process.ask()));
      await vi.waitFor(async () => {
        const answered = await Promise.all(answers.map((answer) => Promise.race([answer, "waits"])));
        expect(answered.filter((modelId) => modelId === "waits")).toHaveLength(1);
      });
      expect(a.flaky.requests.length + b.flaky.requests.length).toBe(before + 1);

      settle();
      const served = await Promise.all(answers);
      expect(served.filter((modelId) => modelId === "flaky")).toHaveLength(outcome === "closed" ? 1 : 0);
      const prober = stateOf(a) === outcome ? a : b;
      await untilStored(prober, outcome);
      await untilRead(prober === a ? b : a, outcome);
      expect([stateOf(a), stateOf(b)]).toEqual([outcome, outcome]);
    },
  );

  it("leave the probe to the other when its reader leaves", async () => {
    let isDown = true;
    const [a, b] = processes(() =>
      isDown ? { error: down } : { text: "back", until: new Promise(() => {}) },
    );
    for (let call = 0; call < 5; call++) await a.ask();
    await untilStored(a, "open");
    await untilRead(b, "open");
    isDown = false;
    clock.advance(RESET_MS);
    const reading = a.router.stream({ messages: [userMessage("Hi")] })[Symbol.asyncIterator]();
    void reading.next();
    const asked = a.flaky.requests.length;
    await vi.waitFor(() => expect(a.flaky.requests).toHaveLength(asked + 1));
    const others = b.flaky.requests.length;
    expect(await b.ask()).toBe("well");
    expect(b.flaky.requests).toHaveLength(others);

    await reading.return?.();
    await vi.waitFor(async () => {
      clock.advance(REFRESH_MS);
      void b.ask();
      await new Promise((resolve) => setImmediate(resolve));
      expect(b.flaky.requests).toHaveLength(others + 1);
    });
  });
});
