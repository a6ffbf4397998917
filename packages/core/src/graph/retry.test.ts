import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createEffects, defineEffect } from "../effects/index.js";
import { END, START } from "./command.js";
import { durableFlows } from "./durable/durable-flows.js";
import type { Checkpointer } from "./graph-runs.js";
import { memoryCheckpointer } from "./memory-checkpointer.js";
import { field } from "./state-field.js";
import { StateGraph } from "./state-graph.js";

const tenant = "acme";

/** Two nodes, of which the second fails until it is mended; a step before the failure is done. */
function failing(checkpointer: Checkpointer) {
  const world = { isBroken: true, done: [] as string[] };
  const graph = new StateGraph({
    log: field<string[]>({ reduce: (all, some) => [...all, ...some], default: () => [] }),
  })
    .addNode("first", () => {
      world.done.push("first");
      return { log: ["first"] };
    })
    .addNode("second", async (_, ctx) => {
      await ctx.step("paid", () => void world.done.push("paid"));
      if (world.isBroken) throw new Error("down");
      return { log: ["second"] };
    })
    .addEdge(START, "first")
    .addEdge("first", "second")
    .addEdge("second", END)
    .compile({ name: "failing", checkpointer });
  return { graph, world };
}

describe.each([
  ["in memory", () => ({ checkpointer: memoryCheckpointer(), close: async () => {} })],
  [
    "in a storage",
    () => {
      const flows = durableFlows({ storage: memoryStorage(), pollMs: 10 });
      return { checkpointer: flows, close: () => flows[Symbol.asyncDispose]() };
    },
  ],
])("retry %s", (_, open) => {
  it("goes on with a run that failed, as the same run, and repeats nothing that is done", async () => {
    const { checkpointer, close } = open();
    const { graph, world } = failing(checkpointer);
    await expect(graph.invoke({}, { tenant, runId: "r" })).rejects.toMatchObject({
      code: "graph.node_failed",
    });
    await expect(graph.retry("r", { tenant })).rejects.toMatchObject({ code: "graph.node_failed" });
    expect(await graph.getState("r", { tenant })).toMatchObject({ status: "failed", superstep: 1 });

    world.isBroken = false;
    const nodes: string[] = [];
    for await (const event of graph.retryStream("r", { tenant, mode: "updates" })) {
      nodes.push(event.type === "node-finished" ? event.node : event.type);
    }
    expect(nodes).toEqual(["second", "run-completed"]);
    expect(world.done).toEqual(["first", "paid"]);
    const view = await graph.getState("r", { tenant });
    expect(view).toMatchObject({ status: "completed", state: { log: ["first", "second"] } });
    expect(view).not.toHaveProperty("error");
    await close();
  });

  it("is what resume names for a run that failed, and is refused for every other run", async () => {
    const { checkpointer, close } = open();
    const { graph, world } = failing(checkpointer);
    await expect(graph.invoke({}, { tenant, runId: "r" })).rejects.toThrow();
    await expect(graph.resume("r", { tenant })).rejects.toMatchObject({
      code: "flow.wrong_state",
      message: expect.stringContaining("retry one that failed"),
    });
    expect(await graph.getState("r", { tenant })).toMatchObject({ error: { code: "graph.node_failed" } });
    world.isBroken = false;
    await graph.retry("r", { tenant });
    for (const [runId, scope] of [
      ["r", tenant],
      ["none", tenant],
      ["r", "other"],
    ] as const) {
      await expect(graph.retry(runId, { tenant: scope })).rejects.toMatchObject({ code: "flow.wrong_state" });
    }
    await close();
  });
});

describe("a run that failed because nobody knows whether an effect happened", () => {
  it("goes on by retry once a person has said so, and does it not again", async () => {
    const storage = memoryStorage();
    const effects = createEffects({ storage });
    let acts = 0;
    const mail = defineEffect({
      name: "mail",
      target: ({ to }: { readonly to: string }) => to,
      act: () => {
        acts++;
        throw new Error("the line broke");
      },
    });
    await using flows = durableFlows({ storage, pollMs: 10 });
    const graph = new StateGraph({ sent: field<string>() })
      .addNode("send", async (_, { runId, taskKey }) => {
        const result = await effects.run(mail, {
          ...{ tenant, runId, step: taskKey, agent: "mailing" },
          input: { to: "bo@figma.example" },
        });
        return { sent: JSON.stringify(result) };
      })
      .addEdge(START, "send")
      .addEdge("send", END)
      .compile({ name: "mailing", checkpointer: flows });
    const error = await graph.invoke({}, { tenant, runId: "r" }).catch((it: unknown) => it);
    const cause = SalesAgentError.is(error) ? error.cause : undefined;
    if (!SalesAgentError.is(cause, "effect.unknown")) throw new Error("expected an unknown outcome");

    const found = { happened: true, result: { id: "m1" } } as const;
    await effects.settle(cause.facts.key, { tenant, by: "user:42", found });
    expect((await graph.retry("r", { tenant })).state.sent).toBe('{"id":"m1"}');
    expect(acts).toBe(1);
  });
});
