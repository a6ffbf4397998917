import { manualClock } from "@salesagent/conformance";
import { type Clock, systemClock } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createEffects } from "../effects/index.js";
import { type Checkpointer, durableFlows, memoryCheckpointer } from "../graph/index.js";
import { defineTool } from "../tools/define-tool.js";
import { compileWorkflow, type WorkflowDefinition, type WorkflowStepEvent, workflowLog } from "./index.js";
import { newCalls, outreach, registryOf, review } from "./testing/sales-workflow.js";

const tenant = "acme";
const input = { company: "Figma", mail: "ada@figma.com" };
const approved = { approved: true, by: "user:42" };

function prepare(
  clock: Clock = manualClock(),
  checkpointer: Checkpointer = memoryCheckpointer(),
  storage = memoryStorage(),
) {
  const calls = newCalls();
  const effects = createEffects({ storage });
  const options = { ...registryOf(calls), workflows: [review], effects, checkpointer, clock };
  return { calls, workflow: compileWorkflow(outreach, options) };
}

describe("a workflow with every kind of node", () => {
  it("runs, waits for a person, for time and for an event, and ends", async () => {
    const clock = manualClock();
    const { workflow, calls } = prepare(clock);
    const asked = await workflow.invoke({ input }, { tenant, runId: "r" });
    expect(asked).toMatchObject({
      status: "waiting",
      on: [{ kind: "interrupt", payload: { approval: "look", ask: { text: "Hello" } } }],
    });
    expect([...calls.made].sort()).toEqual(["lookup Figma", 'writer "Write to Figma."']);

    const asleep = await workflow.resume("r", { tenant, answer: approved });
    expect(asleep).toMatchObject({ status: "waiting", on: [{ kind: "sleep", node: "pause" }] });
    clock.advance(1_000);
    expect(await workflow.resume("r", { tenant })).toMatchObject({ on: [{ kind: "event", name: "reply" }] });
    await workflow.deliver("r", "reply", { text: "Yes, gladly." }, { tenant });
    const done = await workflow.resume("r", { tenant });

    expect(done).toMatchObject({
      status: "completed",
      state: { output: { reply: { text: "Yes, gladly." } } },
    });
    expect(calls.made.filter((it) => it.startsWith("send"))).toEqual(["send ada@figma.com: Hello"]);
    const log = await workflowLog(workflow, "r", { tenant });
    expect(log?.steps.map(({ node, status }) => `${node} ${status}`)).toEqual([
      ...["both completed", "facts completed", "draft completed", "enough completed"],
      ...["check/look completed", "check/good completed", "check completed"],
      ...["fine completed", "pause completed", "mail completed", "reply completed", "won completed"],
    ]);
    const pause = log?.steps.find(({ node }) => node === "pause");
    expect(Date.parse(pause?.endedAt ?? "") - Date.parse(pause?.startedAt ?? "")).toBe(1_000);
    expect(log?.steps.find(({ node }) => node === "facts")).toMatchObject({
      ...{ kind: "tool", visit: 1, attempts: 1, input: '{"company":"Figma"}', output: '{"employees":50}' },
    });
  });

  it("goes on by the edge of a refusal, of a time that is over, and of a decision's default", async () => {
    const clock = manualClock();
    const { workflow, calls } = prepare(clock);
    await workflow.invoke({ input }, { tenant, runId: "no" });
    const refused = await workflow.resume("no", { tenant, answer: { approved: false, by: "user:42" } });
    expect(refused.state.output).toBe("nothing came of it");
    expect(refused.state.steps).toMatchObject({ check: { verdict: "no" } });

    await workflow.invoke({ input }, { tenant, runId: "late" });
    await workflow.resume("late", { tenant, answer: approved });
    clock.advance(1_000);
    await workflow.resume("late", { tenant });
    clock.advance(86_400_000);
    const late = await workflow.resume("late", { tenant });
    expect(late.state.log.find(({ node }) => node === "reply")).toMatchObject({ outcome: "timeout" });
    expect(late.state.output).toBe("nothing came of it");

    const small = await workflow.invoke({ input: { ...input, company: "A" } }, { tenant });
    expect(small).toMatchObject({ status: "completed", state: { output: "nothing came of it" } });
    expect(calls.made.filter((it) => it.startsWith("send"))).toHaveLength(1);
  });

  it("takes no answer that does not say who decided", async () => {
    const { workflow } = prepare();
    await workflow.invoke({ input }, { tenant, runId: "r" });
    const forged = await workflow.resume("r", { tenant, answer: { approved: true } });
    expect(forged).toMatchObject({
      status: "waiting",
      on: [{ problem: expect.stringContaining("by") }],
    });
  });

  it("is cancelled while it waits, for good", async () => {
    const { workflow, calls } = prepare();
    await workflow.invoke({ input }, { tenant, runId: "r" });
    expect(await workflow.stop("r", { by: "ada", reason: "wrong lead" }, { tenant })).toBe(true);

    expect(await workflowLog(workflow, "r", { tenant })).toMatchObject({
      status: "cancelled",
      stop: { by: "ada" },
      open: ["check"],
    });
    await expect(workflow.resume("r", { tenant, answer: approved })).rejects.toMatchObject({
      code: "flow.wrong_state",
    });
    expect(calls.made.filter((it) => it.startsWith("send"))).toEqual([]);
  });

  it("tells each step as it happens", async () => {
    const { workflow, calls } = prepare(systemClock);
    calls.failing.push("writer");
    calls.failing.push("writer");
    const told: string[] = [];
    for await (const event of workflow.stream({ input }, { tenant, mode: "custom" })) {
      if (event.type !== "custom") continue;
      const { node, status } = event.data as WorkflowStepEvent;
      told.push(`${[...event.path, node].join("/")} ${status}`);
    }
    expect(told.filter((it) => it.startsWith("draft"))).toEqual([
      ...["draft started", "draft retrying", "draft started", "draft retrying"],
      ...["draft started", "draft completed"],
    ]);
    expect(told.slice(-2)).toEqual(["check/look started", "check/look waiting"]);
  });
});

describe("retry", () => {
  it("goes on from the step that failed, as the same run", async () => {
    const { workflow, calls } = prepare();
    calls.failing.push("lookup");
    const failure = await workflow.invoke({ input }, { tenant, runId: "r" }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "graph.node_failed", facts: { node: "facts", attempts: 1 } });
    expect(await workflowLog(workflow, "r", { tenant })).toMatchObject({
      status: "failed",
      open: ["facts", "draft"],
      error: { message: expect.stringContaining('"facts"') },
    });

    const again = await workflow.retry("r", { tenant });
    expect(again).toMatchObject({ status: "waiting", runId: "r" });
    expect(again.state.log.map(({ node }) => node)).toEqual(["both", "facts", "draft", "enough"]);
    expect(calls.made.filter((it) => it.startsWith("writer"))).toHaveLength(1);
  });

  it("sends nothing again that was sent beside the step that failed, however often it is tried", async () => {
    const calls = newCalls();
    const both: WorkflowDefinition = {
      name: "both",
      version: "1",
      start: "fork",
      nodes: [
        { id: "fork", kind: "parallel", join: "end" },
        { id: "mail", kind: "tool", tool: "send", input: { to: { value: "ada" }, text: { value: "Hello" } } },
        { id: "facts", kind: "tool", tool: "lookup", input: { company: { value: "Figma" } } },
        { id: "end", kind: "end" },
      ],
      edges: [
        { from: "fork", to: "mail" },
        { from: "fork", to: "facts" },
        { from: "mail", to: "end" },
        { from: "facts", to: "end" },
      ],
    };
    const effects = createEffects({ storage: memoryStorage() });
    const workflow = compileWorkflow(both, {
      ...registryOf(calls),
      ...{ effects, checkpointer: memoryCheckpointer() },
    });
    calls.failing.push("lookup", "lookup");
    await workflow.invoke({ input: {} }, { tenant, runId: "r" }).catch(() => {});
    await workflow.retry("r", { tenant }).catch(() => {});
    const done = await workflow.retry("r", { tenant });

    expect(done.status).toBe("completed");
    expect(calls.made.filter((it) => it.startsWith("send"))).toHaveLength(1);
    expect(calls.made.filter((it) => it.startsWith("lookup"))).toHaveLength(3);
  });

  it("refuses a run that did not fail", async () => {
    const { workflow } = prepare();
    await workflow.invoke({ input }, { tenant, runId: "r" });
    for (const [runId, status] of [
      ["r", "waiting"],
      ["other", "unknown"],
    ] as const) {
      await expect(workflow.retry(runId, { tenant })).rejects.toMatchObject({
        code: "flow.wrong_state",
        facts: { status },
      });
    }
  });
});

describe("a node that fails", () => {
  const handled: WorkflowDefinition = {
    name: "handled",
    version: "1",
    start: "facts",
    nodes: [
      { id: "facts", kind: "tool", tool: "lookup", input: { company: { value: "Figma" } } },
      { id: "fine", kind: "end" },
      { id: "sorry", kind: "end", output: { why: { from: "/errors/facts/code" } } },
    ],
    edges: [
      { from: "facts", to: "fine" },
      { from: "facts", to: "sorry", on: "error" },
    ],
  };

  it("goes on by its edge for errors, with the code", async () => {
    const calls = newCalls();
    calls.failing.push("lookup");
    const { state } = await compileWorkflow(handled, registryOf(calls)).invoke({ input: {} }, { tenant });
    expect(state.output).toEqual({ why: "tool.failed" });
    expect(state.log[0]).toMatchObject({ node: "facts", status: "failed", error: { code: "tool.failed" } });
  });

  it("does not take the end of its run for a failure", async () => {
    const caller = new AbortController();
    const lookup = defineTool({
      name: "lookup",
      description: "Looks a company up.",
      input: z.object({ company: z.string() }),
      effect: "read",
      run: () => {
        caller.abort(new Error("the reader left"));
        return new Promise<never>(() => {});
      },
    });
    const workflow = compileWorkflow(handled, { tools: [lookup] });
    await expect(workflow.invoke({ input: {} }, { tenant, signal: caller.signal })).rejects.toThrow(
      "the reader left",
    );
  });

  it("has its time", async () => {
    const clock = manualClock();
    const slow: WorkflowDefinition = {
      ...handled,
      nodes: [
        { id: "facts", kind: "agent", agent: "slow", timeoutMs: 50 },
        { id: "fine", kind: "end" },
        { id: "sorry", kind: "end", output: { why: { from: "/errors/facts/code" } } },
      ],
    };
    const started = vi.fn();
    const agent = {
      name: "slow",
      run: () => ({
        output: () => {
          started();
          return new Promise<never>(() => {});
        },
      }),
    };
    const running = compileWorkflow(slow, { agents: [agent], clock }).invoke({ input: {} }, { tenant });
    await vi.waitFor(() => expect(started).toHaveBeenCalled());
    clock.advance(50);
    expect((await running).state.output).toEqual({ why: "graph.node_timed_out" });
  });

  it("names the path of what is not there", async () => {
    const agents = [{ name: "empty", run: () => ({ output: async () => ({}) }) }];
    const workflow = compileWorkflow(
      {
        name: "gap",
        version: "1",
        start: "one",
        nodes: [
          { id: "one", kind: "agent", agent: "empty" },
          { id: "end", kind: "end", output: { score: { from: "/steps/one/score" } } },
        ],
        edges: [{ from: "one", to: "end" }],
      },
      { agents },
    );
    await expect(workflow.invoke({ input: {} }, { tenant })).rejects.toMatchObject({
      code: "graph.state_invalid",
      facts: {
        node: "end",
        issues: [{ path: "score", message: expect.stringContaining("/steps/one/score") }],
      },
    });
  });
});

it("refuses an input that does not fit the definition's schema", async () => {
  const { workflow } = prepare();
  await expect(workflow.invoke({ input: { company: 7 } }, { tenant })).rejects.toMatchObject({
    code: "graph.state_invalid",
    facts: {
      node: "input",
      issues: [
        { path: "input.mail", message: "it is missing" },
        { path: "input.company", message: "it must be string" },
      ],
    },
  });
});

it("runs on durable flows, is retried there, and another process takes the answer", async () => {
  const storage = memoryStorage();
  await using first = durableFlows({ storage, leaseMs: 300, pollMs: 20 });
  const here = prepare(systemClock, first, storage);
  here.calls.failing.push("lookup");
  const failed = here.workflow.invoke({ input }, { tenant, runId: "r" });
  await expect(failed).rejects.toMatchObject({
    code: "graph.node_failed",
    message: expect.stringContaining('"facts"'),
  });
  const asked = await here.workflow.retry("r", { tenant });
  expect(asked).toMatchObject({ status: "waiting", on: [{ kind: "interrupt" }] });
  await first[Symbol.asyncDispose]();

  await using second = durableFlows({ storage, leaseMs: 300, pollMs: 20 });
  const there = prepare(systemClock, second, storage);
  const refused = await there.workflow.resume("r", { tenant, answer: { approved: false, by: "user:42" } });
  expect(refused).toMatchObject({ status: "completed", state: { output: "nothing came of it" } });
  expect(there.calls.made).toEqual([]);
});
