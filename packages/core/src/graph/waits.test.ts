import { manualClock } from "@salesagent/conformance";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { END, field, memoryCheckpointer, type NodeContext, START, StateGraph } from "./index.js";

type Work = (
  state: { readonly got: unknown },
  context: NodeContext,
) => Promise<{ got?: unknown } | undefined>;

/** A graph of one node, whose runs are kept. */
function oneNode(work: Work, clock = manualClock()) {
  return new StateGraph({ got: field<unknown>() })
    .addNode("node", work)
    .addEdge(START, "node")
    .addEdge("node", END)
    .compile({ name: "waits", checkpointer: memoryCheckpointer(), clock });
}

describe("a node that asks", () => {
  it("runs its steps once, however often it is run again", async () => {
    const send = vi.fn(() => "sent");
    const graph = oneNode(async (_state, ctx) => {
      const sent = await ctx.step("send", send);
      const first = ctx.interrupt<string>({ ask: "first" });
      const second = ctx.interrupt<string>({ ask: "second" });
      return { got: [sent, first, second] };
    });

    const asked = await graph.invoke({}, { runId: "r" });
    expect(asked).toMatchObject({
      status: "waiting",
      on: [{ kind: "interrupt", payload: { ask: "first" } }],
    });
    expect(await graph.resume("r", { answer: "a" })).toMatchObject({ on: [{ payload: { ask: "second" } }] });
    expect(await graph.resume("r", { answer: "b" })).toMatchObject({ state: { got: ["sent", "a", "b"] } });
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("can't swallow its own wait, and begins nothing more", async () => {
    const after = vi.fn();
    const graph = oneNode(async (_state, ctx) => {
      let answer = "none";
      try {
        answer = ctx.interrupt<string>("?");
      } catch {
        await ctx.step("after", after).catch(() => {});
        throw new Error("wrapped");
      }
      return { got: answer };
    });

    expect(await graph.invoke({}, { runId: "r" })).toMatchObject({ status: "waiting" });
    expect(after).not.toHaveBeenCalled();
    expect(await graph.resume("r", { answer: "yes" })).toMatchObject({ state: { got: "yes" } });
  });

  it("waits also when it goes on as if it had an answer", async () => {
    const graph = oneNode(async (_state, ctx) => {
      try {
        return { got: ctx.interrupt<string>("?") };
      } catch {
        return { got: "guessed" };
      }
    });
    expect(await graph.invoke({}, { runId: "r" })).toMatchObject({ status: "waiting" });
    expect(await graph.resume("r", { answer: "told" })).toMatchObject({ state: { got: "told" } });
  });

  it("refuses an answer that does not fit, and waits on", async () => {
    const schema = z.object({ approved: z.boolean() });
    const graph = oneNode(async (_state, ctx) => ({ got: ctx.interrupt("send it?", { schema }).approved }));
    await graph.invoke({}, { runId: "r" });

    const refused = await graph.resume("r", { answer: { approved: "perhaps" } });
    expect(refused).toMatchObject({
      status: "waiting",
      on: [{ problem: expect.stringContaining("approved") }],
    });
    expect(await graph.resume("r")).toMatchObject({ status: "waiting" });
    expect(await graph.resume("r", { answer: { approved: true } })).toMatchObject({ state: { got: true } });
  });

  it("asks beside others, which are not run again; answers go by name", async () => {
    const runs = { quiet: 0 };
    const graph = new StateGraph({
      answers: field<string[]>({ reduce: (all, some) => [...all, ...some], default: () => [] }),
    })
      .addNode("one", (_state, ctx) => ({ answers: [ctx.interrupt<string>("one?")] }))
      .addNode("two", (_state, ctx) => ({ answers: [ctx.interrupt<string>("two?")] }))
      .addNode("quiet", () => {
        runs.quiet++;
        return { answers: ["quiet"] };
      })
      .addEdge(START, "one")
      .addEdge(START, "two")
      .addEdge(START, "quiet")
      .addEdge("one", END)
      .addEdge("two", END)
      .addEdge("quiet", END)
      .compile({ checkpointer: memoryCheckpointer() });

    const asked = await graph.invoke({}, { runId: "r" });
    const names = asked.status === "waiting" ? asked.on.map(({ name }) => name) : [];
    expect(names).toHaveLength(2);
    await expect(graph.resume("r", { answer: "x" })).rejects.toThrow(
      /resume.answer: the run r waits for several/,
    );
    const half = await graph.resume("r", { answers: { [names[1] ?? ""]: "b" } });
    expect(half).toMatchObject({ status: "waiting", on: [{ payload: "one?" }] });
    const whole = await graph.resume("r", { answer: "a" });
    expect(whole.state.answers).toEqual(["a", "b", "quiet"]);
    expect(runs.quiet).toBe(1);
  });

  it("needs a checkpointer", async () => {
    const graph = new StateGraph({ got: field<string>() })
      .addNode("ask", (_state, ctx) => ({ got: ctx.interrupt<string>("?") }))
      .addEdge(START, "ask")
      .addEdge("ask", END)
      .compile();

    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.invalid",
      facts: { issues: [{ path: "ask", message: expect.stringContaining("checkpointer") }] },
    });
  });
});

describe("a node that sleeps", () => {
  it("holds no timer, and goes on when its time is over", async () => {
    const clock = manualClock();
    const graph = oneNode(async (_state, ctx) => {
      await ctx.sleep(60_000);
      return { got: "awake" };
    }, clock);

    const asleep = await graph.invoke({}, { runId: "r" });
    const dueAt = new Date(clock.now() + 60_000).toISOString();
    expect(asleep).toMatchObject({ status: "waiting", on: [{ kind: "sleep", dueAt }] });
    clock.advance(59_999);
    expect(await graph.resume("r")).toMatchObject({ status: "waiting", on: [{ dueAt }] });
    clock.advance(1);
    expect(await graph.resume("r")).toMatchObject({ status: "completed", state: { got: "awake" } });
  });
});

describe("a node that waits for an event", () => {
  it("takes each event once, in the order of its waits", async () => {
    const graph = oneNode(async (_state, ctx) => ({
      got: [await ctx.waitFor<string>("reply"), await ctx.waitFor<string>("reply")],
    }));
    await graph.invoke({}, { runId: "r" });

    expect(await graph.deliver("r", "reply", "first")).toBe(true);
    expect(await graph.resume("r")).toMatchObject({
      status: "waiting",
      on: [{ kind: "event", name: "reply" }],
    });
    await graph.deliver("r", "reply", "second");
    expect(await graph.resume("r")).toMatchObject({ state: { got: ["first", "second"] } });
    expect(await graph.deliver("r", "reply", "third")).toBe(false);
  });

  it("waits no longer than it says", async () => {
    const clock = manualClock();
    const graph = oneNode(async (_state, ctx) => {
      const reply = await ctx.waitFor("reply", { timeoutMs: 1_000 });
      return { got: reply ?? "nobody" };
    }, clock);
    const outcome = await graph.invoke({}, { runId: "r" });
    expect(outcome).toMatchObject({
      on: [{ kind: "event", dueAt: new Date(clock.now() + 1_000).toISOString() }],
    });

    clock.advance(1_000);
    expect(await graph.resume("r")).toMatchObject({ state: { got: "nobody" } });
  });
});

describe("a step", () => {
  it("has a name of its own", async () => {
    const graph = oneNode(async (_state, ctx) => {
      await ctx.step("same", () => 1);
      await ctx.step("same", () => 2);
      return undefined;
    });
    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.step_conflict",
      facts: { node: "node", step: "same" },
    });
  });

  it("is not repeated by the node's tries, and a failed one is", async () => {
    const ran: string[] = [];
    let failures = 1;
    const graph = new StateGraph({ got: field<string>() })
      .addNode(
        "node",
        async (_state, ctx) => {
          await ctx.step("nothing", () => void ran.push("nothing"));
          await ctx.step("flaky", () => {
            ran.push("flaky");
            if (failures-- > 0) throw new Error("away");
          });
          return { got: `try ${ctx.attempt}` };
        },
        { retry: { retries: 1, baseMs: 0 } },
      )
      .addEdge(START, "node")
      .addEdge("node", END)
      .compile();

    expect((await graph.invoke({})).state.got).toBe("try 2");
    expect(ran).toEqual(["nothing", "flaky", "flaky"]);
  });
});
