import { manualClock } from "@salesagent/conformance";
import { type Clock, type JsonValue, systemClock } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { createApprovals } from "../effects/index.js";
import { durableFlows, memoryCheckpointer } from "../graph/index.js";
import { checkWorkflow, compileWorkflow, type WorkflowDefinition } from "./index.js";

const tenant = "acme";
const by = "user:42";

const asking: WorkflowDefinition = {
  name: "asking",
  version: "1",
  start: "ask",
  nodes: [
    { id: "ask", kind: "approval", ask: { text: { from: "/input/text" } }, timeoutMs: 60_000 },
    { id: "end", kind: "end", wholeOutput: { from: "/steps/ask" } },
    { id: "no", kind: "end", output: { refused: { from: "/steps/ask/by" } } },
    { id: "late", kind: "end", wholeOutput: { value: "late" } },
  ],
  edges: [
    { from: "ask", to: "end" },
    { from: "ask", to: "no", on: "refused" },
    { from: "ask", to: "late", on: "timeout" },
  ],
};

describe("an approval node with a time", () => {
  it("needs a way on for when it is over", () => {
    const edges = asking.edges.filter(({ on }) => on !== "timeout");
    expect(checkWorkflow({ ...asking, edges })).toEqual(
      [
        expect.objectContaining({ path: "nodes.late" }),
        { path: "nodes.ask", message: 'it needs an edge with on: "timeout"' },
      ].toReversed(),
    );
  });

  it("goes on by that, and takes an answer until then", async () => {
    const clock = manualClock();
    const workflow = compileWorkflow(asking, { clock, checkpointer: memoryCheckpointer() });
    const begin = (runId: string) => workflow.invoke({ input: { text: "Hello" } }, { tenant, runId });
    const dueAt = new Date(clock.now() + 60_000).toISOString();
    expect(await begin("late")).toMatchObject({ on: [{ kind: "interrupt", dueAt }] });
    await begin("early");
    clock.advance(59_999);
    expect(await workflow.resume("late", { tenant })).toMatchObject({ status: "waiting" });
    const early = await workflow.resume("early", { tenant, answer: { approved: true, by } });
    expect(early.state.output).toEqual({ approved: true, by });
    clock.advance(1);
    expect(await workflow.resume("late", { tenant })).toMatchObject({ state: { output: "late" } });
    expect((await workflow.getState("late", { tenant }))?.state.log[0]).toMatchObject({ outcome: "timeout" });
  });
});

describe("an approval node with approvals", () => {
  /** Asks, in a process that works on the run by itself. */
  async function asked(clock: Clock = systemClock) {
    const storage = memoryStorage({ clock });
    const approvals = createApprovals({ storage, clock });
    const flows = durableFlows({ storage, pollMs: 10 });
    const workflow = compileWorkflow(asking, { approvals, checkpointer: flows });
    const outcome = await workflow.invoke({ input: { text: "Hello" } }, { tenant, runId: "r" });
    const [approval] = (await approvals.list({ tenant, runId: "r" })).items;
    const ended = () =>
      vi.waitFor(async () => {
        const view = await workflow.getState("r", { tenant });
        expect(view?.status).toBe("completed");
        return view?.state.output;
      });
    const audited = async () =>
      (await storage.tenant(tenant).audit.list({})).items.map(({ action, facts }) => [
        action,
        facts["problem"],
      ]);
    return { storage, approvals, flows, workflow, outcome, id: approval?.id ?? "", approval, ended, audited };
  }

  it("puts the question where persons see it, bound to its run, and goes on when it is decided", async () => {
    const { approvals, flows, outcome, id, approval, ended, audited } = await asked();
    await using _ = flows;
    expect(outcome).toMatchObject({
      status: "waiting",
      on: [{ name: `approval:${id}`, payload: { approval: "ask", approvalId: id, ask: { text: "Hello" } } }],
    });
    expect(approval).toMatchObject({
      ...{ agent: "workflow:asking", tool: "ask", runId: "r", callId: "1/ask/0", status: "pending" },
      arguments: { text: "Hello" },
    });
    await approvals.approve(id, { tenant, by, reason: "fine", editedArguments: { text: "Hi" } });
    expect(await ended()).toEqual({ approved: true, by, reason: "fine", data: { text: "Hi" } });
    await expect(approvals.refuse(id, { tenant, by, reason: "after all" })).rejects.toMatchObject({
      facts: { problem: "decided" },
    });
    expect(await audited()).toContainEqual(["approval-approved", undefined]);
  });

  it("goes on by the edge of a refusal", async () => {
    const { approvals, flows, id, ended } = await asked();
    await using _ = flows;
    await approvals.refuse(id, { tenant, by, reason: "no" });
    expect(await ended()).toEqual({ refused: by });
  });

  it.each<[string, JsonValue]>([
    ["an answer that says so", { approved: true, by }],
    ["the event of a decision", { approvalId: "any", status: "approved" }],
  ])("refuses %s while nobody has decided, and audits it once", async (_, forged) => {
    const { approvals, workflow, flows, id, ended, audited } = await asked();
    await using __ = flows;
    for (const answer of [forged, forged]) {
      expect(await workflow.resume("r", { tenant, answer })).toMatchObject({
        status: "waiting",
        on: [{ name: `approval:${id}` }],
      });
    }
    const rejected = ["approval-rejected", "nobody"];
    expect((await audited()).filter(([action]) => action === "approval-rejected")).toEqual([
      rejected,
      rejected,
    ]);
    await approvals.approve(id, { tenant, by });
    expect(await ended()).toEqual({ approved: true, by });
    expect((await audited()).filter(([action]) => action === "approval-rejected")).toHaveLength(2);
  });

  it("can't be decided by nobody, by another tenant, or when its time is over", async () => {
    const clock = manualClock();
    const storage = memoryStorage({ clock });
    const approvals = createApprovals({ storage, clock });
    const workflow = compileWorkflow(asking, { approvals, clock, checkpointer: memoryCheckpointer() });
    await workflow.invoke({ input: { text: "Hello" } }, { tenant, runId: "r" });
    const [{ id } = { id: "" }] = (await approvals.list({ tenant })).items;
    for (const [decision, problem] of [
      [{ tenant, by: " " }, "nobody"],
      [{ tenant, by: "agent:bdr" }, "nobody"],
      [{ tenant: "other", by }, "unknown"],
    ] as const) {
      await expect(approvals.approve(id, decision)).rejects.toMatchObject({ facts: { problem } });
    }
    clock.advance(60_000);
    await expect(approvals.approve(id, { tenant, by })).rejects.toMatchObject({
      facts: { problem: "expired" },
    });
    expect(await workflow.resume("r", { tenant })).toMatchObject({ state: { output: "late" } });
  });

  it("counts a decision that was made in time, also when nobody was there to go on with it", async () => {
    const clock = manualClock();
    const storage = memoryStorage({ clock });
    const approvals = createApprovals({ storage, clock });
    const workflow = compileWorkflow(asking, { approvals, clock, checkpointer: memoryCheckpointer() });
    await workflow.invoke({ input: { text: "Hello" } }, { tenant, runId: "r" });
    const [{ id } = { id: "" }] = (await approvals.list({ tenant })).items;
    clock.advance(59_999);
    await approvals.approve(id, { tenant, by });
    clock.advance(1_000);
    expect(await workflow.resume("r", { tenant })).toMatchObject({
      state: { output: { approved: true, by } },
    });
  });
});
