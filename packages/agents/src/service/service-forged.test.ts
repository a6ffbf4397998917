import { END, memoryCheckpointer, START, StateGraph } from "@salesagent/core/graph";
import { createEscalations } from "@salesagent/core/handoff";
import { describe, expect, it } from "vitest";
import {
  by,
  priceAnswer,
  priceText,
  runId,
  serviceScene,
  sorted,
  tenant,
  threadId,
} from "./testing/service-scene.js";

describe("a person's answer", () => {
  it("that says it has read what was not written yet hides nothing that the customer writes", async () => {
    const { open, agent, questions, write, told } = serviceScene([
      sorted("refund"),
      sorted("billing"),
      priceAnswer,
    ]);
    await open("I want my money back.");
    const [question] = await questions();
    await agent.answer(question?.id ?? "", { tenant, by, text: "Done.", seen: 1_000_000 });
    await agent.graph.resume(runId, { tenant });
    await write("And what is the price?");
    expect(told().at(-1)).toBe(priceText);
  });

  it("counts once where two persons give one at the same moment", async () => {
    const { open, agent, questions, told } = serviceScene([sorted("refund")]);
    await open("I want my money back.");
    const [question] = await questions();
    const given = ["Yes.", "No."].map((text) =>
      agent.answer(question?.id ?? "", { tenant, by: `user:${text}`, text }),
    );
    const ends = await Promise.allSettled(given);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(ends.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "approval.invalid" },
    });
    await agent.graph.resume(runId, { tenant }).catch(() => {});
    expect(told().filter((text) => text === "Yes." || text === "No.")).toHaveLength(1);
  });

  it("to a question of another graph is kept, and no case is touched", async () => {
    const { open, agent, storage } = serviceScene([sorted("billing"), priceAnswer]);
    await open("What is the price?");
    const escalations = createEscalations({ storage });
    await escalations.request({
      tenant,
      id: "q1",
      agent: "a",
      runId: "elsewhere",
      reason: "r",
      summary: "s",
    });
    expect(await agent.answer("q1", { tenant, by, text: "Yes." })).toMatchObject({ status: "answered" });
  });

  it.each([
    ["nothing", ""],
    ["blanks", "   "],
    ["a book", "x".repeat(50_001)],
    ["a number", 5],
    ["null", null],
    ["an object", { text: "x" }],
  ])("is no answer that is %s", async (_, text) => {
    const { open, agent, questions } = serviceScene([sorted("refund")]);
    await open("I want my money back.");
    const [question] = await questions();
    const given = agent.answer(question?.id ?? "", { tenant, by, text: text as string });
    await expect(given).rejects.toThrow(TypeError);
    expect(await questions()).toHaveLength(1);
  });
});

describe("a customer's message", () => {
  it("reaches no run that is no case", async () => {
    const kept = memoryCheckpointer();
    const { agent, storage } = serviceScene([sorted("billing"), priceAnswer], { checkpointer: kept });
    const graph = new StateGraph({})
      .addNode("wait", async (_, context) => {
        await context.waitFor("message");
        return {};
      })
      .addEdge(START, "wait")
      .addEdge("wait", END)
      .compile({ name: "elsewhere", checkpointer: kept });
    await graph.invoke({}, { tenant, runId: "r9" });
    const given = await agent.message("r9", { text: "hi" }, { tenant }).catch((error: unknown) => error);
    expect(given === false || (given as { code?: string }).code?.startsWith("flow.")).toBe(true);
    expect((await storage.tenant(tenant).messages.list("undefined")).items).toEqual([]);
  });

  it.each([
    ["empty", ""],
    ["too long", "x".repeat(1_000)],
  ])("has an id that is not %s", async (_, messageId) => {
    const { open, agent } = serviceScene([sorted("billing"), priceAnswer]);
    await open("What is the price?");
    const given = agent.message(runId, { text: "hi", messageId }, { tenant });
    await expect(given).rejects.toThrow(RangeError);
  });

  it("that comes in floods does not grow what models are given, nor the case", async () => {
    const { open, agent, model, storage } = serviceScene([
      sorted("billing"),
      priceAnswer,
      sorted("billing"),
      priceAnswer,
    ]);
    await open("What is the price?");
    for (let number = 0; number < 50; number++) {
      await agent.message(runId, { text: `${number} ${"x".repeat(19_000)}` }, { tenant });
    }
    await agent.message(runId, { text: "What is the price?" }, { tenant });
    const { state } = await agent.graph.resume(runId, { tenant });
    expect(state.request?.text.length).toBeLessThanOrEqual(20_000);
    expect(state.request?.text).toContain("What is the price?");
    expect(JSON.stringify(model.requests.at(-1)).length).toBeLessThan(100_000);
    expect((await storage.tenant(tenant).messages.latest(threadId, { limit: 100 })).length).toBeGreaterThan(
      50,
    );
  });
});

it("a case whose reader leaves at any event goes on, and answers once", async () => {
  const events = async (leaveAt: number) => {
    const { agent, told } = serviceScene([sorted("billing"), priceAnswer, sorted("billing"), priceAnswer]);
    const caller = new AbortController();
    const stream = agent.open(
      { threadId, text: "What is the price?", customer: { address: "ada@customer.test" } },
      { tenant, runId, signal: caller.signal },
    );
    let seen = 0;
    const read = async () => {
      for await (const _ of stream) if (++seen === leaveAt) caller.abort(new Error("left"));
    };
    await read().catch((error: unknown) => expect(error).toMatchObject({ message: "left" }));
    await agent.graph.resume(runId, { tenant }).catch(() => {});
    expect(told(), `left at ${leaveAt}`).toEqual([priceText]);
    return seen;
  };
  const all = await events(Number.POSITIVE_INFINITY);
  for (let leaveAt = 1; leaveAt < all; leaveAt++) await events(leaveAt);
});
