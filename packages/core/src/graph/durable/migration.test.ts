import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { Command, END, Send, START } from "../command.js";
import type { CompiledGraph } from "../compiled-graph.js";
import { type GraphMigration, migration } from "../migration.js";
import { field } from "../state-field.js";
import { StateGraph } from "../state-graph.js";
import { durableFlows } from "./durable-flows.js";

const tenant = "acme";
const list = () => field<readonly string[]>({ reduce: (all, some) => [...all, ...some], default: () => [] });

/** A storage, and processes that have one graph each. */
function world() {
  const storage = memoryStorage();
  const errors: unknown[] = [];
  const inProcess = async <T>(work: (flows: ReturnType<typeof durableFlows>) => Promise<T>): Promise<T> => {
    await using flows = durableFlows({ storage, pollMs: 10, onError: (error) => errors.push(error) });
    return await work(flows);
  };
  return { storage, errors, inProcess, flows: storage.tenant(tenant).flows };
}

const sent: string[] = [];

/** Version 1: scores in points, asks, and mails. */
const first = (flows: ReturnType<typeof durableFlows>) =>
  new StateGraph({ points: field({ default: () => 0 }), notes: list() })
    .addNode("rate", ({ points }) => ({ points: points + 5, notes: ["rated"] }))
    .addNode("mail", async (_, ctx) => {
      await ctx.step("send", () => void sent.push(ctx.taskKey));
      const answer = ctx.interrupt("ok?", { schema: z.string() });
      return { notes: [answer] };
    })
    .addEdge(START, "rate")
    .addEdge("rate", "mail")
    .addEdge("mail", END)
    .compile({ name: "lead", version: "1", checkpointer: flows });

const toSecond = migration({
  from: "1",
  state: { points: field({ default: () => 0 }), notes: list() },
  nodes: { mail: "write" },
  migrate: ({ values: { points, ...others } }) => ({ values: { ...others, score: points * 10 } }),
});

/** Version 2: scores in percent, writes instead of mailing, and ends with a verdict. */
const second = (
  flows: ReturnType<typeof durableFlows>,
  migrations: readonly GraphMigration[] = [toSecond],
  version = "2",
) =>
  new StateGraph({ score: z.number().max(100), notes: list(), verdict: field({ default: () => "none" }) })
    .addNode("rate", ({ score }) => ({ score: score + 50, notes: ["rated anew"] }))
    .addNode("write", async (_, ctx) => {
      await ctx.step("send", () => void sent.push(ctx.taskKey));
      return { notes: [ctx.interrupt("ok?", { schema: z.string() })] };
    })
    .addNode("judge", ({ score }) => ({ verdict: score >= 50 ? "good" : "poor" }))
    .addEdge(START, "rate")
    .addEdge("rate", "write")
    .addEdge("write", "judge")
    .addEdge("judge", END)
    .compile({ name: "lead", version, migrations, checkpointer: flows });

describe("migrations of durable runs", () => {
  it("take a waiting run to the newer version when it wakes, with its steps and its values", async () => {
    const { inProcess, flows } = world();
    sent.length = 0;
    await inProcess((it) => first(it).invoke({}, { tenant, runId: "r" }));
    await inProcess(async (it) => {
      const graph = second(it);
      expect(await graph.getState("r", { tenant })).toMatchObject({
        status: "waiting",
        version: "1",
        state: { score: 50, notes: ["rated"], verdict: "none" },
        next: ["write"],
        on: [{ kind: "interrupt", payload: "ok?" }],
      });
      expect((await flows.get("r"))?.version).toBe("1");

      const { state } = await graph.resume("r", { tenant, answer: "yes" });
      expect(state).toEqual({ score: 50, notes: ["rated", "yes"], verdict: "good" });
      expect(sent).toEqual(["2/mail/0"]);
      expect(await graph.getState("r", { tenant })).toMatchObject({ version: "2", status: "completed" });
    });
  });

  it("are read back across, by whoever knows the versions", async () => {
    const { inProcess } = world();
    await inProcess((it) => first(it).invoke({}, { tenant, runId: "r" }));
    await inProcess((it) => second(it).resume("r", { tenant, answer: "yes" }));
    const historyOf = (graph: Pick<CompiledGraph<unknown, unknown>, "getHistory">) =>
      graph.getHistory("r", { tenant });
    const told = (points: Awaited<ReturnType<typeof historyOf>>) =>
      points.map(({ superstep, version, next, state }) => [
        superstep,
        version,
        next,
        Object.keys(state as object),
      ]);

    expect(told(await inProcess((it) => historyOf(second(it))))).toEqual([
      [3, "2", [], ["score", "notes", "verdict"]],
      [2, "2", ["judge"], ["score", "notes", "verdict"]],
      [1, "2", ["write"], ["score", "notes", "verdict"]],
      [1, "1", ["mail"], ["points", "notes"]],
      [0, "1", [START], ["points", "notes"]],
    ]);
    const third = migration({ from: "2" });
    expect(told(await inProcess((it) => historyOf(second(it, [third], "3"))))).toEqual([
      [3, "2", [], ["score", "notes", "verdict"]],
      [2, "2", ["judge"], ["score", "notes", "verdict"]],
      [1, "2", ["write"], ["score", "notes", "verdict"]],
    ]);
    const fork = await inProcess((it) =>
      second(it).fork("r", { tenant, superstep: 1, update: { notes: ["again"] } }),
    );
    const { state } = await inProcess(async (it) => {
      const graph = second(it);
      await vi.waitFor(async () => expect((await graph.getState(fork, { tenant }))?.status).toBe("pending"));
      await graph.resume(fork, { tenant });
      return graph.resume(fork, { tenant, answer: "no" });
    });
    expect(state).toEqual({ score: 50, notes: ["rated", "again", "no"], verdict: "good" });
  });

  it("lead over several versions, also for a run that has taken no step", async () => {
    const { inProcess, flows } = world();
    await flows.create({ id: "r", graph: "lead", version: "1", input: { points: 2 } });
    const chain = [
      { ...toSecond, to: "1.5", nodes: {} },
      migration({ from: "1.5", state: { score: z.number(), notes: list() }, nodes: { mail: "write" } }),
    ];
    await inProcess(async (it) => {
      const graph = second(it, chain);
      expect(await graph.getState("r", { tenant })).toMatchObject({ state: { score: 20 }, next: ["rate"] });
      expect(await graph.resume("r", { tenant })).toMatchObject({
        status: "waiting",
        state: { score: 70, notes: ["rated anew"] },
      });
    });
  });

  it("leave a run alone that they don't fit, and say what is wrong", async () => {
    const { inProcess, errors, flows } = world();
    await inProcess((it) => first(it).invoke({}, { tenant, runId: "r" }));
    await inProcess(async (it) => {
      const graph = second(it, [{ ...toSecond, migrate: ({ values }) => ({ values }) }]);
      const refused = await graph.resume("r", { tenant, answer: "yes" }).catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: "graph.migration_refused",
        facts: {
          ...{ graph: "lead", from: "1", to: "2" },
          issues: [
            { path: "values.points", message: expect.stringContaining("no such field") },
            { path: "values.score" },
          ],
        },
      });
      await flows.deliver("r", { name: "2/mail/0/:interrupt:0", payload: "yes" });
      it.work();
      await vi.waitFor(() => expect(errors).toHaveLength(1));
      expect(await graph.getState("r", { tenant })).toMatchObject({
        ...{ status: "pending", version: "1", next: ["mail"], state: { points: 5, notes: ["rated"] } },
        blocked: { code: "graph.migration_refused" },
      });
      expect((await flows.get("r"))?.seq).toBe(1);
    });
  });

  it("refuse a node that the newer version does not have, by its name", async () => {
    const { inProcess } = world();
    await inProcess((it) => first(it).invoke({}, { tenant, runId: "r" }));
    await inProcess(async (it) => {
      const graph = second(it, [{ ...toSecond, nodes: {} }]);
      await expect(graph.resume("r", { tenant })).rejects.toMatchObject({
        facts: { issues: [{ path: "tasks.mail", message: expect.stringContaining("no such node") }] },
      });
    });
  });

  it("refuse to drop a task that has begun, and may drop one that has not", async () => {
    const { inProcess, flows } = world();
    await inProcess((it) => first(it).invoke({}, { tenant, runId: "begun" }));
    await flows.create({ id: "new", graph: "lead", version: "1", input: {} });
    const toJudge: GraphMigration = {
      ...toSecond,
      migrate: ({ values }) => ({
        values: { score: Number(values["points"]) },
        tasks: [{ node: "judge", index: 0 }],
      }),
    };
    await inProcess(async (it) => {
      const graph = second(it, [toJudge]);
      await expect(graph.resume("begun", { tenant })).rejects.toMatchObject({
        facts: { issues: [{ path: "tasks.mail", message: expect.stringContaining("it has begun") }] },
      });
      expect(await graph.resume("new", { tenant })).toMatchObject({ state: { verdict: "poor" } });
    });
  });

  it("show a run of a version that nobody leads on from, and refuse to touch it", async () => {
    const { inProcess } = world();
    await inProcess((it) => first(it).invoke({}, { tenant, runId: "r" }));
    await inProcess(async (it) => {
      const graph = second(it, []);
      expect(await graph.getState("r", { tenant })).toMatchObject({
        ...{ status: "waiting", version: "1", state: {}, next: [] },
        blocked: { code: "graph.version_unknown", message: expect.stringContaining('only "2"') },
      });
      for (const call of [graph.resume("r", { tenant, answer: "yes" }), graph.retry("r", { tenant })]) {
        await expect(call).rejects.toMatchObject({ code: "graph.version_unknown", facts: { version: "1" } });
      }
      expect(await graph.getHistory("r", { tenant })).toEqual([]);
    });
    // A process that has the old version goes on with it.
    const done = await inProcess((it) => first(it).resume("r", { tenant, answer: "yes" }));
    expect(done).toMatchObject({ status: "completed", state: { notes: ["rated", "yes"] } });
  });

  it("prefer the version that a run has, where both are at hand", async () => {
    const { inProcess } = world();
    await inProcess((it) => first(it).invoke({}, { tenant, runId: "r" }));
    await inProcess(async (it) => {
      second(it);
      expect(await first(it).resume("r", { tenant, answer: "yes" })).toMatchObject({
        state: { points: 5, notes: ["rated", "yes"] },
      });
    });
  });
});

describe("migrations in the middle of a superstep", () => {
  /** Two items side by side: the first is done, the second waits. */
  const items = (
    flows: ReturnType<typeof durableFlows>,
    done: string,
    version: string,
    migrations: readonly GraphMigration[] = [],
  ) =>
    new StateGraph({ [done]: list() })
      .addNode("plan", () => new Command({ goto: [0, 1].map((n) => new Send("work", n)) }), {
        ends: ["work"],
      })
      .addNode("work", (n: number, ctx) => ({ [done]: [n === 0 ? "quick" : ctx.interrupt<string>("slow?")] }))
      .addEdge(START, "plan")
      .addEdge("work", END)
      .compile({ name: "items", version, migrations, checkpointer: flows });

  it("keep what is done", async () => {
    const { inProcess } = world();
    await inProcess((it) => items(it, "done", "1").invoke({}, { tenant, runId: "r" }));
    const { state } = await inProcess((it) =>
      items(it, "done", "2", [{ from: "1" }]).resume("r", { tenant, answer: "slow" }),
    );
    expect(state).toEqual({ done: ["quick", "slow"] });
  });

  it("keep what a task remembers, for every process after", async () => {
    const { inProcess } = world();
    const done = vi.fn(() => "done");
    const twice = (flows: ReturnType<typeof durableFlows>, version: string) =>
      new StateGraph({ said: list() })
        .addNode("ask", async (_, ctx) => {
          await ctx.step("once", done);
          return { said: [ctx.interrupt<string>("first?"), ctx.interrupt<string>("second?")] };
        })
        .addEdge(START, "ask")
        .addEdge("ask", END)
        .compile({
          ...{ name: "twice", version, checkpointer: flows },
          migrations: version === "1" ? [] : [{ from: String(Number(version) - 1) }],
        });
    await inProcess((it) => twice(it, "1").invoke({}, { tenant, runId: "r" }));
    const asked = await inProcess((it) => twice(it, "2").resume("r", { tenant, answer: "a" }));
    expect(asked).toMatchObject({ on: [{ payload: "second?" }] });
    await inProcess((it) => twice(it, "3").deliver("r", "1/ask/0/:interrupt:1", "b", { tenant }));
    const { state } = await inProcess((it) => twice(it, "3").resume("r", { tenant }));
    expect(state).toEqual({ said: ["a", "b"] });
    expect(done).toHaveBeenCalledTimes(1);
  });

  it("refuse what was written and fits no longer, unless they say what becomes of it", async () => {
    const { inProcess } = world();
    await inProcess((it) => items(it, "done", "1").invoke({}, { tenant, runId: "r" }));
    const moved: GraphMigration = {
      from: "1",
      state: { done: list() },
      migrate: ({ values }) => ({ values: { ended: values["done"] } }),
    };
    await inProcess(async (it) => {
      await expect(items(it, "ended", "2", [moved]).resume("r", { tenant })).rejects.toMatchObject({
        code: "graph.migration_refused",
        facts: {
          issues: [
            { path: "tasks.work", message: expect.stringContaining("done: the state has no such field") },
          ],
        },
      });
    });
    const { state } = await inProcess((it) =>
      items(it, "ended", "2", [{ ...moved, update: ({ done }) => ({ ended: done }) }]).resume("r", {
        ...{ tenant, answer: "slow" },
      }),
    );
    expect(state).toEqual({ ended: ["quick", "slow"] });
  });

  it("refuse a run within a sub-graph, unless that is the same", async () => {
    const { inProcess } = world();
    const nested = (
      flows: ReturnType<typeof durableFlows>,
      version: string,
      migrations: readonly GraphMigration[] = [],
    ) => {
      const inner = new StateGraph({ notes: list() })
        .addNode("begin", () => ({ notes: ["begun"] }))
        .addNode("ask", (_, ctx) => ({ notes: [ctx.interrupt<string>("well?")] }))
        .addEdge(START, "begin")
        .addEdge("begin", "ask")
        .addEdge("ask", END)
        .compile({ name: "inner" });
      return new StateGraph({ notes: list() })
        .addNode("part", inner)
        .addEdge(START, "part")
        .addEdge("part", END)
        .compile({ name: "outer", version, migrations, checkpointer: flows });
    };
    await inProcess((it) => nested(it, "1").invoke({}, { tenant, runId: "r" }));
    await inProcess(async (it) => {
      await expect(nested(it, "2", [{ from: "1" }]).resume("r", { tenant })).rejects.toMatchObject({
        facts: { issues: [{ path: "tasks.part", message: expect.stringContaining("sameGraphs") }] },
      });
    });
    const { state } = await inProcess((it) =>
      nested(it, "2", [{ from: "1", sameGraphs: ["part"] }]).resume("r", { tenant, answer: "well" }),
    );
    expect(state).toEqual({ notes: ["begun", "well"] });
  });
});

describe("migrations, when they are declared", () => {
  it.each([
    [[{ from: "2" }], "leads away from"],
    [[{ from: "1" }, { from: "1" }], "there are two"],
    [[{ from: "1", to: "7" }], 'no way leads from version "1"'],
    [
      [
        { from: "0", to: "1" },
        { from: "1", to: "0" },
      ],
      "no way leads",
    ],
  ])("%j are refused", (migrations, message) => {
    const compile = () => second(durableFlows({ storage: memoryStorage() }), migrations);
    expect(compile).toThrow(message);
    expect(compile).toThrow(expect.objectContaining({ code: "graph.invalid" }));
  });

  it("that fail say so, with the error as the cause", async () => {
    const { inProcess } = world();
    await inProcess((it) => first(it).invoke({}, { tenant, runId: "r" }));
    const cause = new Error("a slip");
    const broken: GraphMigration = {
      ...toSecond,
      migrate: () => {
        throw cause;
      },
    };
    const error = await inProcess((it) => second(it, [broken]).resume("r", { tenant })).catch(
      (it: unknown) => it,
    );
    expect(SalesAgentError.is(error, "graph.migration_refused") && error.cause).toBe(cause);
  });
});
