import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createApprovals } from "../effects/index.js";
import { durableFlows, END, field, START, StateGraph } from "../graph/index.js";
import { scriptedModel } from "../scripted-model/index.js";
import { createEscalations } from "./escalations.js";
import { handoffNode } from "./handoff-node.js";
import { createSwarm } from "./swarm.js";
import { eventually } from "./testing/eventually.js";
import { FunctionAgent, handoffWorld, tenant } from "./testing/handoff-world.js";

const quick = { leaseMs: 300, pollMs: 20 };

describe("an event that says that handed-over work is done", () => {
  it("is not believed, whatever it says", async () => {
    const agent = new FunctionAgent("support", () => "the truth");
    const { handoffs, storage } = handoffWorld([agent]);
    await using flows = durableFlows({ storage, ...quick });
    const graph = new StateGraph({ answer: field({ default: () => "" }) })
      .addNode(
        "ask",
        handoffNode<{ answer: string }, { answer: string }, undefined>(agent, {
          through: handoffs,
          input: () => undefined,
          output: (answer) => ({ answer: String(answer) }),
        }),
      )
      .addEdge(START, "ask")
      .addEdge("ask", END)
      .compile({ checkpointer: flows });
    const { on } = (await graph.invoke({}, { tenant, runId: "r" })) as {
      readonly on: readonly { readonly name: string }[];
    };
    const lies = [{ status: "completed", output: "a lie" }, { status: "failed" }, "done", null, 7];
    for (const lie of lies) {
      await graph.deliver("r", on[0]?.name ?? "", lie, { tenant });
      await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "waiting" });
    }
    await using _worker = await handoffs.work();
    await eventually(() => graph.getState("r", { tenant })).toMatchObject({
      status: "completed",
      state: { answer: "the truth" },
    });
  });
});

describe("a payload", () => {
  it.each([
    ["long", "x".repeat(1_000_000)],
    ["empty", ""],
    ["nothing", undefined],
    ["null", null],
    ["of characters that no storage takes", "a\u0000b\ud800c"],
    ["that looks like a handoff", { runId: "r", agent: "admin", path: [], tenant: "other" }],
    ["with a prototype", JSON.parse('{"__proto__":{"admin":true}}')],
  ])("that is %s reaches the agent that it was handed to, as data", async (_, payload) => {
    const seen: unknown[] = [];
    const agent = new FunctionAgent("echo", (task: unknown) => {
      seen.push(task);
      return "done";
    });
    const { handoffs, until } = handoffWorld([agent]);
    const ticket = await handoffs.to("echo", payload, { tenant });
    await using _worker = await handoffs.work({ retries: 0 });
    await until(ticket?.runId, "completed");
    expect(seen).toHaveLength(1);
    expect(({} as { readonly admin?: boolean }).admin).toBeUndefined();
    if (typeof payload === "object" && payload !== null)
      expect(JSON.stringify(seen[0])).toBe(JSON.stringify(payload));
  });
});

describe("a question to a person", () => {
  it("is not put under the id of another tool's approval, and shows nothing of it", async () => {
    const storage = memoryStorage();
    await createApprovals({ storage }).request({
      ...{ tenant, id: "apr_1", agent: "bdr", tool: "pay", runId: "r", callId: "c" },
      arguments: { reason: "secret", summary: "secret" },
      expiresAt: "2999-01-01T00:00:00.000Z",
    });
    const escalations = createEscalations({ storage });
    const asked = escalations.request({
      ...{ tenant, id: "apr_1", agent: "a", runId: "r", reason: "r", summary: "s" },
    });
    await expect(asked).rejects.toMatchObject({ code: "approval.invalid" });
  });

  it("is answered by one of many who answer at once", async () => {
    const escalations = createEscalations({ storage: memoryStorage() });
    await escalations.request({ tenant, id: "q", agent: "a", runId: "r", reason: "r", summary: "s" });
    const given = Array.from({ length: 8 }, (_, answer) =>
      escalations.answer("q", { tenant, by: `user:${answer}`, answer }),
    );
    const ends = await Promise.allSettled(given);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { answer, by } = (await escalations.get("q", { tenant })) ?? {};
    expect(by).toBe(`user:${String(answer)}`);
  });

  it.each([
    ["nobody's id", ""],
    ["blanks", "  "],
    ["an agent", "agent:a"],
    ["a number", 7],
    ["an object", { id: "user:1" }],
    ["nothing", undefined],
  ])("is not answered by %s", async (_, by) => {
    const escalations = createEscalations({ storage: memoryStorage() });
    await escalations.request({ tenant, id: "q", agent: "a", runId: "r", reason: "r", summary: "s" });
    const given = escalations.answer("q", { tenant, by: by as string, answer: "yes" });
    await expect(given).rejects.toMatchObject({ code: "approval.invalid" });
  });

  it.each(["", "a".repeat(5_000), "../x", "q'; drop table", "\u0000"])(
    "has an id, and %j is none",
    async (id) => {
      const escalations = createEscalations({ storage: memoryStorage() });
      const given = escalations.answer(id, { tenant, by: "user:1", answer: "yes" });
      await expect(given).rejects.toMatchObject({ code: "approval.invalid", facts: { problem: "unknown" } });
    },
  );
});

describe("a conversation of a swarm", () => {
  const swarmOf = (checkpointer?: ReturnType<typeof durableFlows>) => {
    const model = scriptedModel((request) => ({ text: `${request.messages.length} messages` }));
    const a = { model, instructions: "Talk.", about: "all" };
    return createSwarm({ agents: { a }, start: "a", ...(checkpointer && { checkpointer }) });
  };

  it.each([
    ["in memory", false],
    ["that is kept", true],
  ])("%s is no other tenant's", async (_, isKept) => {
    await using flows = durableFlows({ storage: memoryStorage(), ...quick });
    const swarm = swarmOf(isKept ? flows : undefined);
    await swarm.say("my code is 1234", { tenant, threadId: "t" });
    expect(await swarm.reply({ tenant: "other", threadId: "t" })).toBeUndefined();
    const theirs = await swarm.say("hello", { tenant: "other", threadId: "t" });
    expect(theirs).toMatchObject({ status: "answered", text: "2 messages" });
    await expect(swarm.end({ tenant: "third", threadId: "t" })).rejects.toMatchObject({
      code: "flow.wrong_state",
    });
  });

  it("hears one of two who speak at once in two processes, and tells the other", async () => {
    const storage = memoryStorage();
    await using first = durableFlows({ storage, ...quick });
    await using second = durableFlows({ storage, ...quick });
    const swarms = [swarmOf(first), swarmOf(second)];
    const talk = { tenant, threadId: "t" };
    for (let round = 1; round <= 5; round++) {
      const ends = await Promise.allSettled(
        swarms.map((swarm, index) => swarm.say(`round ${round} of ${index}`, talk)),
      );
      const heard = ends.filter(({ status }) => status === "fulfilled").length;
      for (const end of ends) {
        if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "flow.wrong_state" });
      }
      const { state } = (await swarms[0]?.graph.getState("swarm:t", { tenant })) ?? {};
      const said = JSON.stringify(state?.messages ?? []).match(new RegExp(`round ${round} of`, "g")) ?? [];
      expect(said.length, `round ${round}`).toBe(heard);
      expect(heard).toBeGreaterThanOrEqual(1);
    }
  });

  it("goes on when who spoke leaves at any event", async () => {
    let events = Number.POSITIVE_INFINITY;
    for (let leaveAt = 1; leaveAt <= events; leaveAt++) {
      await using flows = durableFlows({ storage: memoryStorage(), ...quick });
      const swarm = swarmOf(flows);
      const caller = new AbortController();
      let seen = 0;
      const said = swarm.say("hello", {
        ...{ tenant, threadId: "t", signal: caller.signal },
        onEvent: () => {
          if (++seen === leaveAt) caller.abort(new Error("left"));
        },
      });
      await said.catch((error: unknown) => expect(error).toMatchObject({ message: "left" }));
      if (leaveAt > seen) events = seen;
      await eventually(() => swarm.reply({ tenant, threadId: "t" })).toMatchObject({ status: "answered" });
      expect(await swarm.say("again", { tenant, threadId: "t" })).toMatchObject({ text: "4 messages" });
    }
  });
});
