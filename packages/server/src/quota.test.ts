import { manualClock } from "@salesagent/conformance";
import type { UsageRow } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { QuotaMeter, type Quotas } from "./quota.js";

function open(quotas: Quotas | undefined, nowMs = Date.UTC(2026, 10, 30, 23, 59, 58)) {
  const clock = manualClock(nowMs);
  const storage = memoryStorage({ clock });
  const meter = new QuotaMeter(quotas, clock);
  const stores = storage.tenant("acme");
  const admit = () => meter.admit({ tenant: "acme", stores });
  return { clock, stores, meter, admit };
}

const usage: UsageRow = {
  ...{ day: "2026-11-30", agent: "bdr", provider: "cerebras", modelId: "a", calls: 1, failedCalls: 0 },
  ...{ inputTokens: 900, cachedInputTokens: 0, outputTokens: 100, reasoningTokens: 0 },
  ...{ costNanoUsd: 2e9, unpricedCalls: 0 },
};

it("lets in as many at once as there are left, though none is on record yet", async () => {
  const { admit } = open({ name: "starter", tasks: 3 });
  const asked = await Promise.allSettled([admit(), admit(), admit(), admit(), admit()]);
  expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  await expect(admit()).rejects.toMatchObject({
    code: "budget.exceeded",
    facts: {
      budget: "quota:tasks",
      measure: "calls",
      limit: 3,
      spent: 3,
      resetsAt: "2026-12-01T00:00:00.000Z",
    },
  });
});

it.each([
  [
    { name: "p", tokens: 1_000 },
    { budget: "quota:tokens", measure: "tokens", spent: 1_000 },
  ],
  [
    { name: "p", costUsd: 2 },
    { budget: "quota:costUsd", measure: "usd", spent: 2 },
  ],
])("refuses where %j is used up", async (plan, facts) => {
  const { admit, stores } = open(plan);
  await stores.usage.addMany([usage]);
  await expect(admit()).rejects.toMatchObject({ code: "budget.exceeded", facts });
});

it("lets in again with the new month", async () => {
  const { admit, clock } = open({ name: "p", tasks: 1 });
  await admit();
  await expect(admit()).rejects.toMatchObject({ code: "budget.exceeded" });
  clock.advance(2_000);
  await admit();
});

it("hears within five seconds of what other processes used", async () => {
  const { admit, clock, stores } = open({ name: "p", tokens: 500 }, Date.UTC(2026, 10, 30, 12));
  await admit();
  await stores.usage.addMany([usage]);
  clock.advance(4_900);
  await admit();
  clock.advance(100);
  await expect(admit()).rejects.toMatchObject({ code: "budget.exceeded" });
});

it("asks again after a read that failed", async () => {
  let isAway = true;
  const { admit } = open(() => {
    if (isAway) throw new Error("the plans are away");
    return { name: "p", tasks: 1 };
  });
  await expect(admit()).rejects.toThrow("away");
  isAway = false;
  await admit();
});

it("reads nothing where there are no quotas", async () => {
  const meter = new QuotaMeter(undefined, manualClock());
  const stores = new Proxy({}, { get: () => expect.unreachable() });
  await meter.admit({ tenant: "acme", stores: stores as never });
});
