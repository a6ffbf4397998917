import { createApprovals, createEffects } from "@salesagent/core/effects";
import {
  type DurableFlows,
  durableFlows,
  END,
  field,
  type GraphMigration,
  START,
  StateGraph,
} from "@salesagent/core/graph";
import { createWorkflows, type WorkflowDefinition } from "@salesagent/core/workflow";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type PostgresStorage, postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

const tenant = "acme";
let database: TestDatabase;
let storage: PostgresStorage;

beforeAll(async () => {
  database = await createTestDatabase();
  storage = postgres({ connectionString: database.url });
  await storage.migrate();
}, 60_000);

afterAll(async () => {
  await storage[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Works in a process of its own. */
async function inProcess<T>(work: (flows: DurableFlows) => Promise<T>): Promise<T> {
  await using flows = durableFlows({ storage, pollMs: 20 });
  return await work(flows);
}

it("a waiting run goes to a newer version of its graph with what it remembers, fails there, and is retried", async () => {
  const done: string[] = [];
  let isBroken = true;
  const graph = (
    flows: DurableFlows,
    version: string,
    node: string,
    migrations: readonly GraphMigration[] = [],
  ) =>
    new StateGraph({
      said: field<readonly string[]>({ reduce: (all, some) => [...all, ...some], default: () => [] }),
    })
      .addNode("first", () => ({ said: ["first"] }))
      .addNode(node, async (_, ctx) => {
        await ctx.step("once", () => void done.push("once"));
        const said = ctx.interrupt<string>("well?");
        if (version === "2" && isBroken) throw new Error("down");
        return { said: [said] };
      })
      .addEdge(START, "first")
      .addEdge("first", node)
      .addEdge(node, END)
      .compile({ name: "versions", version, migrations, checkpointer: flows });
  const second = (flows: DurableFlows) =>
    graph(flows, "2", "question", [{ from: "1", nodes: { ask: "question" } }]);

  await inProcess((flows) => graph(flows, "1", "ask").invoke({}, { tenant, runId: "r" }));
  await expect(
    inProcess((flows) => second(flows).resume("r", { tenant, answer: "yes" })),
  ).rejects.toMatchObject({ code: "graph.node_failed" });
  isBroken = false;
  const { state } = await inProcess((flows) => second(flows).retry("r", { tenant }));
  expect(state.said).toEqual(["first", "yes"]);
  expect(done).toEqual(["once"]);
  const history = await inProcess((flows) => second(flows).getHistory("r", { tenant }));
  expect(history.map(({ superstep, version }) => [superstep, version])).toEqual([
    [2, "2"],
    [1, "2"],
    [1, "1"],
    [0, "1"],
  ]);
});

it("a stored workflow goes on in a process that never saw it, woken by a person's decision", async () => {
  const asking: WorkflowDefinition = {
    ...{ name: "asking", version: "1", start: "ask" },
    nodes: [
      { id: "ask", kind: "approval", ask: { text: { from: "/input/text" } }, timeoutMs: 60_000 },
      { id: "yes", kind: "end", wholeOutput: { from: "/steps/ask/by" } },
      { id: "no", kind: "end" },
    ],
    edges: [
      { from: "ask", to: "yes" },
      { from: "ask", to: "no", on: "refused" },
      { from: "ask", to: "no", on: "timeout" },
    ],
  };
  const workflows = (flows: DurableFlows) =>
    createWorkflows({ storage, flows, effects: createEffects({ storage }) });
  await inProcess(async (flows) => {
    await workflows(flows).save(asking, { tenant, by: "user:42" });
    await workflows(flows).run("asking", { text: "Hello" }, { tenant, runId: "w" });
  });
  await inProcess(async (flows) => {
    const here = workflows(flows);
    flows.work();
    const approvals = createApprovals({ storage });
    const [asked] = (await approvals.list({ tenant, runId: "w", status: "pending" })).items;
    await approvals.approve(asked?.id ?? "", { tenant, by: "user:7" });
    await vi.waitFor(
      async () =>
        expect(await here.state("w", { tenant })).toMatchObject({
          status: "completed",
          state: { output: "user:7" },
        }),
      { timeout: 5_000 },
    );
    expect((await here.runs({ tenant })).items).toMatchObject([
      { runId: "w", workflow: "asking", version: "1" },
    ]);
  });
});
