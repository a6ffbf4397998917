import { systemClock } from "@salesagent/ports";
import { describe, expect, it, vi } from "vitest";
import {
  advance,
  applyDelta,
  begin,
  END,
  type FlowHost,
  field,
  type NodeContext,
  START,
  StateGraph,
} from "./index.js";

const host = (more: Partial<FlowHost> = {}): FlowHost => ({
  runId: "r",
  clock: systemClock,
  random: () => 0,
  recall: () => undefined,
  remember: () => {},
  event: () => undefined,
  ...more,
});

type Work = (state: { readonly n: number }, context: NodeContext) => { n: number } | Promise<{ n: number }>;

function planOf(work: Work, retries?: number) {
  const options = retries === undefined ? {} : { retry: { retries, baseMs: 0 } };
  return new StateGraph({ n: field({ default: () => 0 }) })
    .addNode("work", work, options)
    .addNode("beside", () => undefined)
    .addEdge(START, "work")
    .addEdge(START, "beside")
    .addEdge("work", END)
    .addEdge("beside", END)
    .compile({ name: "g" }).plan;
}

describe("advance", () => {
  it("answers at once where nothing takes time", async () => {
    const plan = planOf(() => ({ n: 1 }));
    const step = advance(plan, await begin(plan, {}), host());
    expect(step).toMatchObject({ kind: "finished", output: { n: 1 } });
  });

  it("gives a delta of writes that leads to the same snapshot, also from JSON", async () => {
    const plan = planOf(({ n }) => ({ n: n + 1 }));
    const first = await begin(plan, { n: 4 });
    const step = await advance(plan, first, host());
    if (step.kind === "waiting") throw new Error("it waits");
    expect(step.delta).toEqual({ superstep: 1, writes: [{ node: "work", update: { n: 5 } }], tasks: [] });
    const again = applyDelta(plan, JSON.parse(JSON.stringify(first)), JSON.parse(JSON.stringify(step.delta)));
    expect(JSON.stringify(again)).toBe(JSON.stringify(step.snapshot));
    expect(() => applyDelta(plan, step.snapshot, step.delta)).toThrow(/delta 1 does not follow/);
  });

  it("remembers finished tasks where there are several, under their keys", async () => {
    const plan = planOf(async (_state, ctx) => ({ n: await ctx.step("one", () => 7) }));
    const remember = vi.fn();
    await advance(plan, await begin(plan, {}), host({ remember }));
    expect(remember.mock.calls).toEqual([
      ["1/beside/0", { updates: [] }],
      ["1/work/0/one", 7, undefined],
      ["1/work/0", { updates: [{ n: 7 }] }],
    ]);
  });

  it("fails with the host's own error when it can't keep a step, whatever the node makes of it", async () => {
    const lost = new Error("fenced");
    const work = vi.fn(async (_state: unknown, ctx: NodeContext) => {
      await ctx.step("one", () => 1).catch(() => {});
      return { n: 1 };
    });
    const plan = planOf(work, 3);
    const failing = host({ remember: (key) => (key.endsWith("one") ? Promise.reject(lost) : undefined) });
    await expect(advance(plan, await begin(plan, {}), failing)).rejects.toBe(lost);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it("applies nothing when a node aborts the run that it is in", async () => {
    const caller = new AbortController();
    const plan = planOf(() => {
      caller.abort(new Error("enough"));
      return { n: 1 };
    });
    const snapshot = await begin(plan, {});
    expect(() => advance(plan, snapshot, host(), caller.signal)).toThrow("enough");
  });

  it("names the node that a kept run goes on at and this version does not have", async () => {
    const plan = planOf(() => ({ n: 1 }));
    const snapshot = { superstep: 3, values: { n: 0 }, tasks: [{ node: "gone", index: 0 }], joins: {} };
    expect(() => advance(plan, snapshot, host())).toThrow(/gone: the run goes on there/);
  });
});
