import { manualClock } from "@salesagent/conformance";
import {
  type AttemptGuard,
  createModelStream,
  type LanguageModel,
  type ModelCallOptions,
  SalesAgentError,
  type SalesEvents,
} from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createBudgets } from "../budget/budgets.js";
import { tappedStorage } from "../budget/testing/tapped-storage.js";
import { createEventBus } from "../kernel/event-bus.js";
import { createSpendCap } from "../model/spend-cap.js";
import { withGuard } from "../model/with-guard.js";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import type { AgentOptions } from "./base-agent.js";
import { defineAgent } from "./define-agent.js";
import { failingOver } from "./testing/failing-over.js";

const tenant = "acme";
const FIRST = { provider: "a", modelId: "one" };
const SECOND = { provider: "b", modelId: "two" };
const CUT = new SalesAgentError("model.stream_cut", { message: "cut", facts: FIRST, replay: "safe" });
const RATE_LIMITED = new SalesAgentError("model.rate_limited", {
  message: "later",
  facts: FIRST,
  replay: "safe",
});

const first = (error: unknown, text: string | readonly string[] = '{"n":') =>
  scriptedModel([{ text, error }], {}, FIRST);
const second = (text: string | readonly string[] = '{"n":1}') =>
  scriptedModel([{ text, costUsd: 0.25 }], {}, SECOND);

function setup(model: LanguageModel, options: Omit<AgentOptions, "model"> = {}) {
  const storage = memoryStorage();
  const events = createEventBus();
  const told: SalesEvents["model-failed-over"][] = [];
  const exceeded: SalesEvents["budget-exceeded"][] = [];
  events.on("model-failed-over", (event) => told.push(event));
  events.on("budget-exceeded", (event) => exceeded.push(event));
  const output = z.object({ n: z.number() });
  const agent = defineAgent({
    name: "counter",
    instructions: "Count.",
    output,
    model,
    storage,
    events,
    ...options,
  });
  return { agent, stores: storage.tenant(tenant), told, exceeded };
}

describe("a model call of a run", () => {
  it.each([
    ["in the middle of its answer", first(CUT), "model.stream_cut"],
    ["before its first token", first(RATE_LIMITED, ""), "model.rate_limited"],
  ])(
    "has every attempt on record when a model fails %s, and tells the bus once",
    async (_, failing, errorCode) => {
      const { agent, stores, told } = setup(failingOver(failing, second()));
      const run = agent.run("x", { tenant, leadId: "l1", campaignId: "c1" });
      const { output, summary } = await run.result();

      expect(output).toEqual({ n: 1 });
      const { items } = await stores.modelCalls.list({ runId: run.id });
      const scope = { agent: "counter", stepIndex: 0, leadId: "l1", campaignId: "c1" };
      expect(items).toMatchObject([
        { ...FIRST, ...scope, purpose: "first", outcome: "failed", errorCode },
        { ...SECOND, ...scope, purpose: "failover", outcome: "completed", costUsd: 0.25 },
      ]);
      expect(summary.modelCalls).toBe(2);
      expect(summary.costUsd).toBeCloseTo(0.25 + (items[0]?.costUsd ?? Number.NaN), 12);
      expect(told).toMatchObject([{ from: FIRST, to: SECOND, errorCode, runId: run.id }]);
      expect(Object.keys(told[0]?.to ?? {})).toEqual(["provider", "modelId"]);
    },
  );

  it("marks what was estimated, and counts it into the run's cost", async () => {
    const { agent, stores } = setup(first(CUT, "x".repeat(400)));
    const run = agent.run("x", { tenant });
    await expect(run.output()).rejects.toBe(CUT);
    await run.settled();
    const { items } = await stores.modelCalls.list({ runId: run.id });
    expect(items).toMatchObject([{ outcome: "failed", estimated: true, usage: { outputTokens: 100 } }]);
    expect((await stores.runs.get(run.id))?.costUsd).toBe(items[0]?.costUsd);
  });

  it("does not know the cost of a run with an attempt of unknown cost", async () => {
    const { price: _, ...profile } = first(CUT).profile;
    const unpriced = { ...first(CUT), profile };
    const { summary } = await setup(failingOver(unpriced, second())).agent.run("x", { tenant }).result();
    expect(summary).not.toHaveProperty("costUsd");
  });

  it("reads on through a continuation, and anew after a restart", async () => {
    for (const how of ["continue", "restart"] as const) {
      const goesOn = how === "continue" ? second("7}") : second('{"n":8}');
      const { agent } = setup(failingOver(first(CUT), goesOn, how));
      const run = agent.run("x", { tenant });
      const types: string[] = [];
      for await (const { type } of run) types.push(type);
      expect(types).toContain(how);
      expect(await run.output()).toEqual({ n: how === "continue" ? 7 : 8 });
    }
  });

  it("carries a continuation in its server-sent events", async () => {
    const { agent } = setup(failingOver(first(CUT), second("7}"), "continue"));
    const body = await new Response(agent.run("x", { tenant }).toSSE()).text();
    expect(body).toContain("event: continue\n");
  });

  it("tells of a failover by the answer alone, where the model asks no guards", async () => {
    const who = { warnings: [], rateLimits: [] };
    const model: LanguageModel = {
      ...scriptedModel([]),
      stream: (_, call) =>
        createModelStream(async function* () {
          yield [{ type: "start", ...FIRST, ...who }];
          yield [{ type: "restart", ...SECOND, ...who, errorCode: "model.stalled" }];
          yield [{ type: "text-delta", text: '{"n":1}' }];
          yield [{ type: "finish", reason: "stop", usage: {}, timings: { totalMs: 1 }, attempts: [] }];
        }, call),
    };
    const { agent, told } = setup(model);
    await agent.run("x", { tenant }).output();
    expect(told).toMatchObject([{ from: FIRST, to: SECOND, errorCode: "model.stalled" }]);
  });

  it("does not tell of a model that was never asked", async () => {
    const refusing: AttemptGuard = {
      begin({ purpose }) {
        if (purpose === "failover") throw RATE_LIMITED;
        return { end() {} };
      },
    };
    const inner = second();
    const { agent, stores, told } = setup(withGuard(failingOver(first(CUT), inner), refusing));
    const run = agent.run("x", { tenant });
    await expect(run.output()).rejects.toBe(RATE_LIMITED);
    await run.settled();
    expect(told).toEqual([]);
    expect(inner.requests).toHaveLength(0);
    expect((await stores.modelCalls.list({ runId: run.id })).items).toMatchObject([FIRST]);
  });

  it("names what it is for", async () => {
    const calls: ModelCallOptions[] = [];
    const inner = second();
    const model: LanguageModel = {
      ...inner,
      guardsAttempts: true,
      stream: (request, call = {}) => {
        calls.push(call);
        return inner.stream(request, call);
      },
    };
    const run = setup(model, { task: "counting" }).agent.run("x", { tenant, leadId: "l1", campaignId: "c1" });
    await run.output();
    expect(calls).toMatchObject([
      {
        task: "counting",
        scope: { tenant, agent: "counter", runId: run.id, stepIndex: 0, leadId: "l1", campaignId: "c1" },
      },
    ]);
  });

  it("ends, with its attempt on record, although a model ignores that its reader left", async () => {
    const clock = manualClock();
    const deaf: LanguageModel = {
      ...second(),
      guardsAttempts: true,
      stream(request, call = {}) {
        return createModelStream(async function* () {
          await new Promise(() => {
            for (const guard of call.guards ?? []) {
              void guard.begin(
                {
                  ...FIRST,
                  profile: second().profile,
                  request,
                  scope: {},
                  purpose: "first",
                  ceiling: () => ({ tokens: 1 }),
                },
                {},
              );
            }
          });
          yield [];
        }, call);
      },
    };
    const { agent, stores } = setup(deaf, { clock });
    const run = agent.run("x", { tenant });
    const reading = run.output().catch((error: unknown) => error);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    run.abort(new Error("enough"));
    expect(await reading).toMatchObject({ message: "enough" });
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
    await run.settled();

    expect((await stores.modelCalls.list({ runId: run.id })).items).toMatchObject([
      { ...FIRST, outcome: "aborted", errorCode: "aborted", estimated: true },
    ]);
    expect(await stores.runs.get(run.id)).toMatchObject({ status: "cancelled" });
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a run under budgets", () => {
  it("is refused a call that could pass one; nothing is on record of it, and the bus is told all of it", async () => {
    const clock = manualClock();
    const budgets = createBudgets({
      budgets: [{ calls: 1, scope: "run" }],
      storage: tappedStorage(clock),
      clock,
    });
    const spendCap = createSpendCap({ usd: 1 });
    const model = scriptedModel([{ text: "prose" }, { text: '{"n":1}' }]);
    const { agent, stores, exceeded } = setup(model, { budgets, clock, spendCap });
    const run = agent.run("x", { tenant });

    await expect(run.output()).rejects.toMatchObject({ code: "budget.exceeded" });

    await run.settled();
    expect(model.requests).toHaveLength(1);
    expect(exceeded).toMatchObject([
      { budget: "run", measure: "calls", limit: 1, spent: 1, held: 0, wanted: 1, runId: run.id },
    ]);
    expect((await stores.modelCalls.list({ runId: run.id })).items).toHaveLength(1);
    expect(await budgets.read({ tenant, runId: run.id })).toMatchObject([
      { spent: { calls: 1 }, held: { calls: 0 } },
    ]);
    expect(clock.pendingTimers).toBe(0);
    spendCap.reserve(1 - spendCap.spentUsd).release();
  });
});

describe("the bare text of a run, held back", () => {
  const read = async (pieces: AsyncIterable<string>) => {
    const all: string[] = [];
    for await (const piece of pieces) all.push(piece);
    return all;
  };

  it("has no text that was withdrawn, by a restart or by a rejected output", async () => {
    const restarted = setup(failingOver(first(CUT), second())).agent;
    expect(await read(restarted.run("x", { tenant }).textStream({ holdBack: true }))).toEqual(['{"n":1}']);
    const rejected = setup(scriptedModel([{ text: "prose" }, { text: ['{"n"', ":2}"] }])).agent;
    expect(await read(rejected.run("x", { tenant }).textStream({ holdBack: true }))).toEqual(['{"n":2}']);
  });

  it("has the text beside tool calls, and nothing of an answer that was cut", async () => {
    const talking = defineAgent({
      name: "t",
      instructions: "T.",
      model: scriptedModel([{ text: ["a", "b"] }]),
    });
    expect(await read(talking.run("x", { tenant }).textStream({ holdBack: true }))).toEqual(["ab"]);
    const cut = defineAgent({
      name: "t",
      instructions: "T.",
      model: scriptedModel([{ text: "a", finish: "length" }]),
    });
    const pieces = cut.run("x", { tenant }).textStream({ holdBack: true });
    await expect(pieces.next()).rejects.toMatchObject({ code: "model.output_truncated" });
  });

  it("fails without holding back when text is withdrawn, and not when it goes on", async () => {
    const restarted = setup(failingOver(first(CUT), second())).agent;
    await expect(read(restarted.run("x", { tenant }).textStream())).rejects.toThrow("withdrawn");
    const continued = setup(failingOver(first(CUT), second("7}"), "continue")).agent;
    expect(await read(continued.run("x", { tenant }).textStream())).toEqual(['{"n":', "7}"]);
  });
});
