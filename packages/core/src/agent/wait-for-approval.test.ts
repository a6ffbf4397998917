import { manualClock } from "@salesagent/conformance";
import type { Storage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createApprovals, createEffects } from "../effects/index.js";
import {
  durableFlows,
  END,
  type FlowStorage,
  field,
  type NodeContext,
  START,
  StateGraph,
} from "../graph/index.js";
import { mortal } from "../handoff/testing/mortal.js";
import { createEventBus } from "../kernel/event-bus.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool } from "../tools/define-tool.js";
import { agentNode, agentStep } from "./agent-node.js";
import { defineAgent } from "./define-agent.js";
import { waitForApproval } from "./wait-for-approval.js";

const tenant = "acme";
const mailTo = (...names: readonly string[]): ScriptedReply => ({
  toolCalls: names.map((to) => ({ name: "mail", input: { to } })),
});
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 9_000, interval: 5 });

/** An agent whose mails persons allow, and what it sent. */
function office(script: readonly ScriptedReply[], storage: Storage = memoryStorage()) {
  const sent: string[] = [];
  const mail = defineTool({
    name: "mail",
    description: "Sends.",
    input: z.object({ to: z.string() }),
    effect: "write",
    target: ({ to }) => to,
    approval: { expiresInMs: 60_000 },
    run: ({ to }) => ({ n: sent.push(to) }),
  });
  // Answers by what it was told, in whichever process.
  const model = scriptedModel((request) => {
    const answers = request.messages.filter(({ role }) => role === "assistant").length;
    return script[answers] ?? { text: "done" };
  });
  const events = createEventBus();
  const told: string[] = [];
  const failed: string[] = [];
  events.on("approval-requested", ({ approvalId }) => told.push(approvalId));
  events.on("run-failed", ({ error }) => failed.push(error.code));
  const effects = createEffects({ storage });
  const tools = [mail];
  const agent = defineAgent({ name: "bdr", instructions: "Write.", model, storage, effects, events, tools });
  const process = (flowStorage: FlowStorage = storage) => {
    const flows = durableFlows({ storage: flowStorage, leaseMs: 300, pollMs: 20 });
    const node = agentNode(agent, {
      input: ({ text }: { readonly text: string }) => text,
      output: (text: string) => ({ text }),
      onApprovalRequired: waitForApproval,
    });
    const graph = new StateGraph({ text: field({ default: () => "go" }) })
      .addNode("talk", node)
      .addEdge(START, "talk")
      .addEdge("talk", END)
      .compile({ name: "talk", checkpointer: flows });
    return { flows, graph };
  };
  const approvals = createApprovals({ storage });
  const pending = async () => (await approvals.list({ tenant, status: "pending" })).items;
  const approve = (id: string | undefined) => approvals.approve(id ?? "", { tenant, by: "user:42" });
  return { storage, sent, agent, model, told, failed, process, approvals, pending, approve };
}

describe("an agent in a node", () => {
  it("has not failed while it waits, for those who watch and on record", async () => {
    const { process, storage, failed, pending, approve } = office([mailTo("ada")]);
    const { flows, graph } = process();
    await using _ = flows;
    const { runId } = await graph.invoke({}, { tenant });

    const { items } = await storage.tenant(tenant).runs.list();
    expect(items.map(({ status, error }) => [status, error?.code])).toEqual([
      ["cancelled", "approval.required"],
    ]);
    expect(failed).toEqual([]);

    await approve((await pending())[0]?.id);
    await eventually(async () => (await graph.getState(runId, { tenant }))?.status).toBe("completed");
    const after = await storage.tenant(tenant).runs.list();
    expect(after.items.map(({ status }) => status)).toEqual(["completed", "cancelled"]);
    expect(failed).toEqual([]);
  });

  it("waits for each of the approvals that it needs, one after the other", async () => {
    const { process, sent, pending, approve, model, told } = office([mailTo("ada"), mailTo("bo")]);
    const { flows, graph } = process();
    await using _flows = flows;
    const waiting = await graph.invoke({}, { tenant, runId: "r" });
    const [first] = await pending();
    expect(waiting).toMatchObject({
      status: "waiting",
      on: [{ name: `approval:${first?.id}`, payload: { approvalId: first?.id, tool: "mail" } }],
    });
    await approve(first?.id);
    await eventually(async () => (await pending())[0]?.arguments).toEqual({ to: "bo" });
    await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "waiting" });
    expect(sent).toEqual(["ada"]);
    await approve((await pending())[0]?.id);
    await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "completed" });
    expect(sent).toEqual(["ada", "bo"]);
    expect(model.requests).toHaveLength(3);
    expect(new Set(told).size).toBe(2);
  });

  it.each([
    ["in their order", false],
    ["the last first", true],
  ])("waits for two in one answer, decided %s", async (_, isReversed) => {
    const { process, sent, pending, approve, model } = office([mailTo("ada", "bo")]);
    const { flows, graph } = process();
    await using _flows = flows;
    await graph.invoke({}, { tenant, runId: "r" });
    for (const name of isReversed ? ["bo", "ada"] : ["ada", "bo"]) {
      const of = async () =>
        (await pending()).find((asked) => JSON.stringify(asked.arguments).includes(`"to":"${name}"`));
      await eventually(of).toBeDefined();
      await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "waiting" });
      await approve((await of())?.id);
    }
    await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "completed" });
    expect(sent.toSorted()).toEqual(["ada", "bo"]);
    expect(model.requests).toHaveLength(2);
  });

  it("waits on when it is woken by words that no person said, however many", async () => {
    const { process, sent, pending, approve } = office([mailTo("ada"), mailTo("bo")]);
    const { flows, graph } = process();
    await using _flows = flows;
    await graph.invoke({}, { tenant, runId: "r" });
    for (const name of ["ada", "bo"]) {
      await eventually(async () => (await pending())[0]?.arguments).toEqual({ to: name });
      const [asked] = await pending();
      for (let lie = 0; lie < 3; lie++) {
        await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "waiting" });
        const forged = { approvalId: asked?.id ?? "", status: "approved", by: "user:1", lie };
        await graph.deliver("r", `approval:${asked?.id}`, forged, { tenant });
      }
      await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "waiting" });
      expect(sent).not.toContain(name);
      await approve(asked?.id);
    }
    await eventually(() => graph.getState("r", { tenant })).toMatchObject({ status: "completed" });
    expect(sent).toEqual(["ada", "bo"]);
  });

  it("tells its model of a refusal, and of one that nobody decided", async () => {
    const clock = manualClock();
    const storage = memoryStorage({ clock });
    const told: string[] = [];
    const model = scriptedModel((request) => {
      const last = JSON.stringify(request.messages.at(-1));
      if (request.messages.at(-1)?.role === "tool") told.push(last);
      return [mailTo("ada"), mailTo("bo"), { text: "done" }][told.length] ?? {};
    });
    const mail = defineTool({
      ...{ name: "mail", description: "Sends.", effect: "write", approval: { expiresInMs: 60_000 } },
      input: z.object({ to: z.string() }),
      target: ({ to }) => to,
      run: () => "sent",
    });
    const effects = createEffects({ storage, clock });
    const agent = defineAgent({
      ...{ name: "bdr", instructions: "Write.", model, effects, clock, tools: [mail] },
    });
    await using flows = durableFlows({ storage, clock, leaseMs: 300, pollMs: 20 });
    const graph = new StateGraph({ text: field({ default: () => "go" }) })
      .addNode(
        "talk",
        agentNode(agent, {
          input: () => "go",
          output: (text: string) => ({ text }),
          onApprovalRequired: waitForApproval,
        }),
      )
      .addEdge(START, "talk")
      .addEdge("talk", END)
      .compile({ checkpointer: flows });
    await graph.invoke({}, { tenant, runId: "r" });
    const approvals = createApprovals({ storage, clock });
    const [asked] = (await approvals.list({ tenant, status: "pending" })).items;
    await approvals.refuse(asked?.id ?? "", { tenant, by: "user:42", reason: "too early" });
    const pending = async () => (await approvals.list({ tenant, status: "pending" })).items;
    await eventually(async () => (await pending())[0]?.arguments).toEqual({ to: "bo" });
    await eventually(async () => {
      clock.advance(10_000);
      return (await graph.getState("r", { tenant }))?.status;
    }).toBe("completed");
    expect(told[0]).toContain("too early");
    expect(told[1]).toContain("expired");
  });
});

it("a node with two agents waits for each of them, and asks a person itself", async () => {
  const { agent, storage, pending, approve, sent } = office([mailTo("ada")]);
  await using flows = durableFlows({ storage, leaseMs: 300, pollMs: 20 });
  const graph = new StateGraph({ said: field<unknown>({ default: () => null }) })
    .addNode("talk", async (_, context: NodeContext) => {
      const options = { onApprovalRequired: waitForApproval };
      await agentStep(context, agent, "go", { ...options, step: "first" });
      await agentStep(context, agent, "go", { ...options, step: "second" });
      return { said: context.interrupt("well?", { name: "said" }) };
    })
    .addEdge(START, "talk")
    .addEdge("talk", END)
    .compile({ checkpointer: flows });
  await graph.invoke({}, { tenant, runId: "r" });
  const [first] = await pending();
  await approve(first?.id);
  await eventually(async () => (await pending()).filter(({ id }) => id !== first?.id).length).toBe(1);
  await approve((await pending())[0]?.id);
  await eventually(async () => (await graph.getState("r", { tenant }))?.on).toMatchObject([{ name: "said" }]);
  expect(sent).toEqual(["ada", "ada"]);
  await graph.resume("r", { tenant, answers: { said: "well" } });
  await eventually(async () => (await graph.getState("r", { tenant }))?.state.said).toBe("well");
});

describe("a process that dies at any write", () => {
  it.each([
    ["one after the other", [mailTo("ada"), mailTo("bo")]],
    ["in one answer", [mailTo("ada", "bo")]],
  ])(
    "leaves two approvals %s to the next, and nothing is sent twice or without leave",
    async (_, script) => {
      const life = async (dieAt?: number) => {
        const { storage, process, pending, approve, sent, model } = office(script);
        const dying = mortal(storage, dieAt);
        const first = process(dying.storage);
        const second = process();
        await using _second = second.flows;
        void dying.died.then(() => second.flows.work());
        const begun = first.graph.invoke({}, { tenant, runId: "r" });
        begun.catch(() => {});
        const leaves = new Set<string>();
        await eventually(async () => {
          for (const { id, arguments: given } of await pending()) {
            expect(sent).not.toContain((given as { readonly to: string }).to);
            leaves.add(id);
            await approve(id);
          }
          return (await second.graph.getState("r", { tenant }))?.status;
        }).toBe("completed");
        expect(sent.toSorted(), `died at write ${dieAt}`).toEqual(["ada", "bo"]);
        expect(leaves.size).toBe(2);
        return { writes: dying.writes, asked: model.requests.length };
      };
      const { writes } = await life();
      expect(writes).toBeGreaterThan(4);
      for (let dieAt = 1; dieAt <= writes; dieAt++) {
        const { asked } = await life(dieAt);
        expect(asked).toBeLessThanOrEqual(script.length + 2);
      }
    },
    30_000,
  );
});
