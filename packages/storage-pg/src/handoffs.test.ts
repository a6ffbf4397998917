import { type AgentOptions, BaseAgent, type RunContext, type WorkEvent } from "@salesagent/core";
import { durableFlows, END, START, StateGraph } from "@salesagent/core/graph";
import { createHandoffs, handoffNode } from "@salesagent/core/handoff";
import type { Storage } from "@salesagent/ports";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { pgBossJobs } from "./jobs/index.js";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

afterAll(() => database[Symbol.asyncDispose]());

const tenant = "acme";

/** The storage of a process that is killed while its agent works: nothing of it reaches the database any more. */
function silentOnce(storage: Pick<Storage, "tenant">, isDead: () => boolean): Pick<Storage, "tenant"> {
  const never = new Promise<never>(() => {});
  return {
    tenant: (id) =>
      new Proxy(storage.tenant(id), {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          return (...given: unknown[]) => (isDead() ? never : value.apply(target, given));
        },
      }),
  };
}

class SupportAgent extends BaseAgent<string, string> {
  readonly name = "support";

  constructor(
    private readonly asked: string[],
    options: AgentOptions,
  ) {
    super(options);
  }

  protected override async *processTask(ask: string, _: RunContext): AsyncGenerator<WorkEvent, string, void> {
    this.asked.push(ask);
    yield { type: "step-started", index: 0, kind: "rules", name: "answer" };
    return `about ${ask}`;
  }
}

/** A process with connections of its own. */
function connect(asked: string[]) {
  const storage = postgres({ connectionString: database.url, maxConnections: 4 });
  const jobs = pgBossJobs({ connectionString: database.url, maxConnections: 4 });
  const handoffs = createHandoffs({ jobs, storage, agents: [new SupportAgent(asked, { storage })] });
  const close = async () => {
    await jobs[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  };
  return { storage, jobs, handoffs, [Symbol.asyncDispose]: close };
}

describe("handoffs on Postgres", () => {
  it("go from one process to another, once for a scope, and stand or fall with a transaction", async () => {
    const asked: string[] = [];
    await using sender = connect(asked);
    await using receiver = connect(asked);
    const failing = sender.storage.tenant(tenant).transaction(async (stores) => {
      await sender.handoffs.to("support", "never", { tenant, in: stores });
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");

    const scope = { runId: "campaign-7", step: "ada" };
    const tickets = await Promise.all(
      [sender, receiver, sender, receiver].map(({ handoffs }) =>
        handoffs.to("support", "invoices", { tenant, scope }),
      ),
    );
    expect(new Set(tickets.map((ticket) => ticket?.runId)).size).toBe(1);
    const runId = tickets[0]?.runId ?? "";
    await using _worker = await receiver.handoffs.work();
    expect(await sender.handoffs.result(runId, { tenant, pollMs: 20 })).toBe("about invoices");
    expect(asked).toEqual(["invoices"]);
    expect(await sender.handoffs.to("support", "invoices", { tenant, scope })).toMatchObject({ runId });
    expect(await sender.handoffs.status(runId, { tenant: "other" })).toBeUndefined();
  });

  it("wake the run of a graph that waits for them", async () => {
    await using sender = connect([]);
    await using receiver = connect([]);
    await using flows = durableFlows({ storage: sender.storage });
    const graph = new StateGraph({ ask: z.string(), answer: z.string().optional() })
      .addNode(
        "ask",
        handoffNode("support", {
          through: sender.handoffs,
          input: ({ ask }: { readonly ask: string }) => ask,
          output: (answer) => ({ answer: String(answer) }),
        }),
      )
      .addEdge(START, "ask")
      .addEdge("ask", END)
      .compile({ name: "asking", checkpointer: flows });
    expect(await graph.invoke({ ask: "prices" }, { tenant, runId: "r1" })).toMatchObject({
      status: "waiting",
    });
    await using _worker = await receiver.handoffs.work();
    await vi.waitFor(
      async () =>
        expect(await graph.getState("r1", { tenant })).toMatchObject({
          status: "completed",
          state: { answer: "about prices" },
        }),
      { timeout: 15_000 },
    );
  });

  it("are on record as failed when their worker is killed in the last try, wake the graph, and begin again when replayed", async () => {
    let killed = false;
    const kill = () => {
      killed = true;
      return 1;
    };
    const queue = "killed";
    const open = (isDying: boolean) => {
      const storage = postgres({ connectionString: database.url, maxConnections: 4 });
      const jobs = pgBossJobs({ connectionString: database.url, maxConnections: 4, pollMs: 50 });
      const asked: string[] = [];
      const agent = new SupportAgent(asked, {});
      if (isDying) vi.spyOn(asked, "push").mockImplementation(kill);
      const kept = isDying ? silentOnce(storage, () => killed) : storage;
      const handoffs = createHandoffs({ jobs, storage: kept, queue, agents: [agent], deadLetterPollMs: 50 });
      const close = async () => {
        await jobs[Symbol.asyncDispose]();
        await storage[Symbol.asyncDispose]();
      };
      return { storage, jobs, handoffs, asked, [Symbol.asyncDispose]: close };
    };
    await using dying = open(true);
    await using living = open(false);
    await using flows = durableFlows({ storage: living.storage });
    const graph = new StateGraph({ answer: z.string().optional() })
      .addNode(
        "ask",
        handoffNode("support", {
          through: living.handoffs,
          input: () => "prices",
          output: (answer) => ({ answer: String(answer) }),
          recover: (error) => ({ answer: (error as Error).message }),
        }),
      )
      .addEdge(START, "ask")
      .addEdge("ask", END)
      .compile({ name: "killed", checkpointer: flows });
    await graph.invoke({}, { tenant, runId: "r2" });
    const doomed = await dying.handoffs.work({ retries: 0, timeoutMs: 200 });
    await vi.waitFor(() => expect(killed).toBe(true), { timeout: 15_000 });
    const dead = async () => (await living.jobs.deadLetters.list({ queue })).items;
    await vi.waitFor(async () => expect(await dead()).toHaveLength(1), { timeout: 15_000 });
    const runs = async () =>
      (await living.storage.tenant(tenant).runs.list({ agent: "handoff:support" })).items;
    expect((await runs())[0]?.status).toBe("running");
    void doomed.drain({ timeoutMs: 0 }).catch(() => {});

    await using _worker = await living.handoffs.work({ retries: 0 });
    await vi.waitFor(
      async () => expect((await graph.getState("r2", { tenant }))?.state.answer).toContain("call.timed_out"),
      { timeout: 15_000 },
    );
    const [failed] = await runs();
    expect(failed).toMatchObject({ status: "failed", error: { code: "call.timed_out" } });
    expect(await living.jobs.deadLetters.replay((await dead())[0]?.id ?? "")).toBe(true);
    const runId = failed?.id ?? "";
    await vi.waitFor(
      async () =>
        expect(await living.handoffs.status(runId, { tenant })).toMatchObject({ output: "about prices" }),
      { timeout: 15_000 },
    );
  }, 60_000);
});
