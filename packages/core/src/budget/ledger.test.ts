import { manualClock } from "@salesagent/conformance";
import { type ModelCallRecord, SalesAgentError, type Storage, userMessage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { createBudgets } from "./budgets.js";
import { createLedger } from "./ledger.js";
import { withBudget } from "./with-budget.js";
import { withLedger } from "./with-ledger.js";

const request = { messages: [userMessage("x".repeat(40))], maxOutputTokens: 100 };

function setup(script: readonly ScriptedReply[], storage: Storage = memoryStorage()) {
  const clock = manualClock();
  const lost: ModelCallRecord[] = [];
  const ledger = createLedger({ storage, tenant: "acme", clock, onError: (_, record) => lost.push(record) });
  const model = withLedger(
    scriptedModel(script, { price: { input: 1, output: 1, perRequest: 0.01, asOf: "2026-01-01" } }),
    ledger,
    clock,
  );
  return { ledger, model, stores: storage.tenant("acme"), lost, clock };
}

describe("a ledger", () => {
  it("has every attempt and the day's sums, with all kinds of tokens", async () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 5,
      cacheWriteTokens: 3,
      audioInputTokens: 2,
      audioOutputTokens: 1,
    };
    const { ledger, model, stores } = setup([
      { text: "ok", costUsd: 0.25, usage },
      { text: "part", error: new Error("cut") },
    ]);
    const scope = { agent: "host", runId: "r1", leadId: "l1", campaignId: "c1" };
    await model.stream(request, { scope }).result();
    await expect(model.stream(request, { scope }).result()).rejects.toThrow("cut");
    await ledger.flush();

    const { items } = await stores.modelCalls.list();
    expect(items).toMatchObject([
      {
        ...scope,
        outcome: "completed",
        purpose: "first",
        usage,
        costUsd: 0.25,
        feeUsd: 0.01,
        startedAt: "2026-01-05T12:00:00.000Z",
      },
      {
        outcome: "failed",
        errorCode: "internal",
        estimated: true,
        usage: { inputTokens: 10, outputTokens: 1 },
        costUsd: 0.010011,
      },
    ]);
    expect(await stores.usage.list()).toMatchObject([
      { agent: "host", calls: 2, failedCalls: 1, costNanoUsd: 260_011_000, unpricedCalls: 0 },
    ]);
  });

  it("has nothing of an attempt that was never made", async () => {
    const storage = memoryStorage();
    const ledger = createLedger({ storage, tenant: "acme" });
    const budgets = createBudgets({ budgets: [{ tokens: 1, scope: "tenant" }], storage, tenant: "acme" });
    const inner = scriptedModel([{ text: "ok" }]);
    const model = withLedger(withBudget(inner, budgets), ledger);
    await expect(model.stream(request).result()).rejects.toMatchObject({ code: "budget.exceeded" });
    await ledger.flush();
    expect((await storage.tenant("acme").modelCalls.list()).items).toEqual([]);
    expect(inner.requests).toHaveLength(0);
  });

  it("groups what comes while it writes", async () => {
    const inner = memoryStorage();
    let transactions = 0;
    const storage: Storage = {
      ...inner,
      tenant: (id) => ({
        ...inner.tenant(id),
        transaction: (work, options) => {
          transactions++;
          return inner.tenant(id).transaction(work, options);
        },
      }),
    };
    const { ledger, model, stores } = setup(
      Array.from({ length: 200 }, () => ({ text: "ok" })),
      storage,
    );
    await Promise.all(Array.from({ length: 200 }, () => model.stream(request).result()));
    await ledger.flush();
    expect(await stores.usage.list()).toMatchObject([{ calls: 200 }]);
    expect(transactions).toBeLessThan(20);
  });

  it("loses a record rather than an answer, and tells", async () => {
    const inner = memoryStorage();
    const away = new SalesAgentError("store.unavailable", {
      message: "away",
      facts: { store: "x" },
      replay: "safe",
    });
    const storage: Storage = {
      ...inner,
      tenant: (id) => ({ ...inner.tenant(id), transaction: () => Promise.reject(away) }),
    };
    const { ledger, model, lost } = setup([{ text: "ok" }], storage);
    expect(await model.stream(request).result()).toMatchObject({ text: "ok" });
    await ledger.flush();
    expect(lost).toMatchObject([{ provider: "scripted", outcome: "completed" }]);
  });

  it("stores a cost that can't be one as unknown", async () => {
    const { ledger, model, stores } = setup([{ text: "ok", costUsd: Number.NaN }]);
    await model.stream(request).result();
    await ledger.flush();
    expect((await stores.modelCalls.list()).items[0]).not.toHaveProperty("costUsd");
    expect(await stores.usage.list()).toMatchObject([{ unpricedCalls: 1 }]);
  });

  it("asks whose records they are", async () => {
    const model = withLedger(scriptedModel([{ text: "ok" }]), createLedger({ storage: memoryStorage() }));
    await expect(model.stream(request).result()).rejects.toMatchObject({ code: "budget.unscoped" });
    expect(() => createLedger({ storage: undefined as never })).toThrow("storage");
  });
});
