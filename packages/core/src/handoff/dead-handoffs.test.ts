import { SalesAgentError, type Storage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { durableFlows, END, field, START, StateGraph } from "../graph/index.js";
import { handoffNode } from "./handoff-node.js";
import { createHandoffs } from "./handoffs.js";
import { eventually } from "./testing/eventually.js";
import { FunctionAgent, handoffWorld, losingAcknowledgements, tenant } from "./testing/handoff-world.js";
import { silentAfterDeath } from "./testing/silent-after-death.js";

/** Hands work over to a worker that is killed in its only try; another one works on. */
async function killed() {
  let kill = () => {};
  const done: string[] = [];
  const agent = new FunctionAgent("mailer", (task: string) => {
    kill();
    done.push(task);
    return `did ${task}`;
  });
  const world = handoffWorld([agent]);
  const { jobs, storage, clock, handoffs } = world;
  const mortal = silentAfterDeath(storage);
  kill = mortal.die;
  const dying = createHandoffs({ jobs, storage: mortal.storage, clock, agents: [agent] });
  const bury = async () => {
    const before = (await jobs.deadLetters.list({ tenant })).items.length;
    const worker = await dying.work({ retries: 0, timeoutMs: 1_000, concurrency: 1 });
    await eventually(() => mortal.isDead()).toBe(true);
    await eventually(async () => {
      clock.advance(1_000);
      return (await jobs.deadLetters.list({ tenant })).items.length;
    }).toBe(before + 1);
    kill = () => {};
    void worker.drain({ timeoutMs: 0 });
  };
  return {
    ...world,
    agent,
    done,
    bury,
    handoffs,
    deadId: async () => (await jobs.deadLetters.list()).items[0]?.id ?? "",
  };
}

describe("work whose worker is killed in the last try", () => {
  it("is on record as failed, with the reason, once another process looks", async () => {
    const { handoffs, bury, until, jobs } = await killed();
    const ticket = await handoffs.to("mailer", "the invoice", { tenant });
    await bury();
    expect(await handoffs.status(ticket?.runId ?? "", { tenant })).toMatchObject({ status: "running" });

    await using _worker = await handoffs.work({ retries: 0 });
    const failed = await until(ticket?.runId, "failed");
    expect(failed.error).toMatchObject({ code: "call.timed_out" });
    expect(failed.finishedAt).toBeDefined();
    await expect(handoffs.result(ticket?.runId ?? "", { tenant })).rejects.toMatchObject({
      code: "handoff.failed",
      facts: { agent: "mailer", errorCode: "call.timed_out" },
    });
    expect((await jobs.deadLetters.list({ tenant })).items).toHaveLength(1);
  });

  it("begins again when it is replayed", async () => {
    const { handoffs, bury, until, jobs, deadId, done } = await killed();
    const ticket = await handoffs.to("mailer", "the invoice", { tenant });
    await bury();
    await using _worker = await handoffs.work({ retries: 0 });
    await until(ticket?.runId, "failed");
    expect(await jobs.deadLetters.replay(await deadId())).toBe(true);
    const completed = await until(ticket?.runId, "completed");
    expect(completed).toMatchObject({ output: "did the invoice" });
    expect(completed.error).toBeUndefined();
    expect(done).toHaveLength(2);
  });

  it("is told to the graph that waits for it, by many processes as by one", async () => {
    const { agent, handoffs, bury, jobs, storage, clock } = await killed();
    await using flows = durableFlows({ storage, leaseMs: 300, pollMs: 20 });
    const node = handoffNode<{ said: string }, { said: string }, string>(agent, {
      through: handoffs,
      input: () => "the invoice",
      output: (said) => ({ said: String(said) }),
      recover: (error) => ({ said: (error as Error).message }),
    });
    const graph = new StateGraph({ said: field({ default: () => "" }) })
      .addNode("mail", node)
      .addEdge(START, "mail")
      .addEdge("mail", END)
      .compile({ checkpointer: flows });
    await graph.invoke({}, { tenant, runId: "r" });
    await bury();
    const others = [1, 2, 3].map(() => createHandoffs({ jobs, storage, clock, agents: [agent] }));
    const workers = await Promise.all(others.map((each) => each.work()));
    await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "completed" });
    expect((await graph.getState("r", { tenant }))?.state.said).toContain("call.timed_out");
    await Promise.all(workers.map((worker) => worker.drain()));
  });

  it("is found behind any number of other dead letters, each of which is read from the storage once at most", async () => {
    let reads = 0;
    const { jobs, storage, clock, handoffs, agent, bury, until } = await killed();
    const broken = await jobs.work("handoffs", () => Promise.reject(new Error("no")), { retries: 0 });
    const strange = Array.from({ length: 450 }, (_, number) => ({ number }));
    await jobs.enqueueMany(strange.map((payload) => ({ queue: "handoffs", tenant: "other", payload })));
    await eventually(() => jobs.counts()).toEqual([]);
    await broken.drain();
    const ticket = await handoffs.to("mailer", "the invoice", { tenant });
    await bury();
    const counting: Pick<Storage, "tenant"> = {
      tenant: (id) => {
        reads++;
        return storage.tenant(id);
      },
    };
    const looking = createHandoffs({ jobs, storage: counting, clock, agents: [agent] });
    await using _worker = await looking.work({ retries: 0 });
    await until(ticket?.runId, "failed");
    for (let look = 0; look < 5; look++) {
      clock.advance(30_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(reads).toBe(1);
  });

  it("holds no timer once the worker is drained", async () => {
    const { handoffs, clock } = await killed();
    const worker = await handoffs.work();
    await new Promise((resolve) => setImmediate(resolve));
    await worker.drain();
    await worker.drain();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("work that was put off", () => {
  it("does not fail by the death of the job that put it off", async () => {
    let isAllowed = false;
    const agent = new FunctionAgent("busy", () => {
      if (isAllowed) return "done";
      const leaseUntil = new Date(clock.now() + 600_000).toISOString();
      throw new SalesAgentError("effect.in_progress", {
        message: "Somebody does it.",
        facts: { key: "k", effect: "mail", leaseUntil },
        replay: "safe",
      });
    });
    const { handoffs, jobs, clock, until } = handoffWorld([agent], {
      wrapJobs: (engine) => losingAcknowledgements(engine, 1),
      deadLetterPollMs: 1_000,
    });
    const ticket = await handoffs.to(agent, undefined, { tenant });
    await using _worker = await handoffs.work({ retries: 0 });
    await eventually(async () => (await jobs.deadLetters.list()).items.length).toBe(1);
    for (let look = 0; look < 3; look++) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
      expect((await handoffs.status(ticket?.runId ?? "", { tenant }))?.status).toBe("pending");
    }
    isAllowed = true;
    await until(ticket?.runId, "completed");
  });
});
