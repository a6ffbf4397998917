import { SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crashingRun } from "./testing/crashing-run.js";
import { buildGraph, type RandomGraph, randomGraphs, type World } from "./testing/random-graph.js";
import { type ReferenceEnd, referenceRun } from "./testing/reference-run.js";

const quiet: World = { done: () => {}, pass: () => Promise.resolve() };

describe("random graphs", () => {
  it("come to what their rules say, in whatever order parallel nodes end", async () => {
    await fc.assert(
      fc.asyncProperty(randomGraphs().map(unasked), fc.scheduler(), async (graph, scheduler) => {
        const world: World = { ...quiet, pass: () => scheduler.schedule(Promise.resolve()) };
        const running = endOf(buildGraph(graph, world).invoke({}));
        await scheduler.waitFor(running);
        expect(await running).toEqual(referenceRun(graph));
      }),
      { numRuns: 300 },
    );
  });

  it("come to the same when processes die at any point, and no remembered step runs twice", async () => {
    const crashes = fc.uniqueArray(fc.nat(120), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(randomGraphs(), crashes, async (graph, points) => {
        expect(await crashingRun(graph, new Set(points))).toEqual(referenceRun(graph));
      }),
      { numRuns: 500 },
    );
  });

  it("come to the same when processes die while parallel nodes end in any order", async () => {
    const crashes = fc.uniqueArray(fc.nat(60), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(randomGraphs(), crashes, fc.scheduler(), async (graph, points, scheduler) => {
        const running = crashingRun(graph, new Set(points), () => scheduler.schedule(Promise.resolve()));
        await scheduler.waitFor(running);
        expect(await running).toEqual(referenceRun(graph));
      }),
      { numRuns: 200 },
    );
  });
});

describe("random graphs of which every process but the first has a newer version", () => {
  it.each([
    ["equal to the old one", (name: string) => name],
    ["with nodes of other names", (name: string) => `new-${name}`],
    ["with nodes that have each other's names", (name: string) => ({ n0: "n1", n1: "n0" })[name] ?? name],
  ])("come to the same: %s", async (_, renamed) => {
    const crashes = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(randomGraphs(), crashes, async (graph, points) => {
        const ended = await crashingRun(graph, new Set(points), undefined, renamed);
        expect(ended).toEqual(referenceRun(graph));
      }),
      { numRuns: 300 },
    );
  });
});

/** As many of its nodes ask nobody. */
const unasked = (graph: RandomGraph): RandomGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) => ({ ...node, asks: false })),
});

async function endOf(
  running: Promise<{
    readonly state: { readonly log: readonly string[]; readonly counts: Readonly<Record<string, number>> };
  }>,
): Promise<ReferenceEnd> {
  try {
    return { state: { ...(await running).state } };
  } catch (error) {
    if (SalesAgentError.is(error)) return { code: error.code };
    throw error;
  }
}
