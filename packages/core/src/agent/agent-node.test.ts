import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createApprovals, createEffects } from "../effects/index.js";
import {
  END,
  field,
  memoryCheckpointer,
  type NodeFunction,
  Send,
  START,
  StateGraph,
} from "../graph/index.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool } from "../tools/define-tool.js";
import { agentNode, agentStep } from "./agent-node.js";
import { defineAgent } from "./define-agent.js";
import { waitForApproval } from "./wait-for-approval.js";

const tenant = "acme";
const Mail = z.object({ to: z.string() });
const mailTo = (to: string): ScriptedReply => ({ toolCalls: [{ name: "email_send", input: { to } }] });
interface State {
  readonly text: string;
}

function graphOf(work: NodeFunction<State, { text?: string }>) {
  return new StateGraph({ text: field({ default: () => "hello" }) })
    .addNode("talk", work)
    .addEdge(START, "talk")
    .addEdge("talk", END)
    .compile({ checkpointer: memoryCheckpointer() });
}

const talk = {
  input: ({ text }: State) => text,
  output: (text: string) => ({ text }),
};

function mailing(script: readonly ScriptedReply[], approval?: true) {
  const storage = memoryStorage();
  const sent: string[] = [];
  const mail = defineTool<z.infer<typeof Mail>, unknown>({
    name: "email_send",
    description: "Sends a mail.",
    input: Mail,
    effect: "write",
    target: ({ to }) => to,
    approval,
    run: ({ to }) => ({ n: sent.push(to) }),
  });
  const model = scriptedModel(script);
  const effects = createEffects({ storage });
  const agent = defineAgent({ name: "bdr", instructions: "Write.", model, effects, tools: [mail] });
  return { storage, sent, agent, model, approvals: createApprovals({ storage }) };
}

describe("agentNode", () => {
  it("gives the agent what the state says, and writes what it answered", async () => {
    const model = scriptedModel([{ text: "hi" }]);
    const agent = defineAgent({ name: "host", instructions: "Greet.", model });
    const { state } = await graphOf(agentNode(agent, talk)).invoke({ text: "ada" }, { tenant });
    expect(state.text).toBe("hi");
    expect(JSON.stringify(model.requests[0]?.messages)).toContain("ada");
  });

  it("puts the agent's run on record as a child of the graph's, under its tenant", async () => {
    const storage = memoryStorage();
    const agent = defineAgent({
      name: "host",
      instructions: "Greet.",
      model: scriptedModel([{ text: "hi" }]),
      storage,
    });
    const node = agentNode(agent, { ...talk, run: () => ({ campaignId: "spring" }) });
    const { runId } = await graphOf(node).invoke({}, { tenant });
    const { items } = await storage.tenant(tenant).runs.list({});
    expect(items).toMatchObject([{ agent: "host", parentRunId: runId, status: "completed" }]);
    const calls = await storage.tenant(tenant).modelCalls.list({});
    expect(calls.items).toMatchObject([{ campaignId: "spring" }]);
  });

  it("does not ask the model again when the node goes on after a wait", async () => {
    const model = scriptedModel([{ text: "draft" }]);
    const agent = defineAgent({ name: "host", instructions: "Greet.", model });
    const graph = graphOf(async ({ text }, context) => {
      const draft = await agentStep(context, agent, text);
      return { text: `${draft}: ${context.interrupt<string>({ draft })}` };
    });
    await graph.invoke({}, { tenant, runId: "run-1" });
    const { state } = await graph.resume("run-1", { tenant, answer: "good" });
    expect(state.text).toBe("draft: good");
    expect(model.requests).toHaveLength(1);
  });

  it("tells a sink each event, waits for it, and remembers nothing that it does not hold", async () => {
    const told: string[] = [];
    const held: string[] = [];
    const { agent } = mailing([mailTo("ada"), { error: new Error("cut") }, { text: "ok" }]);
    const sink = {
      async write({ type }: { readonly type: string }) {
        told.push(type);
        await Promise.resolve();
        held.push(type);
      },
      async flush() {
        held.push("flushed");
      },
    };
    const graph = graphOf(agentNode(agent, { ...talk, sink }));
    await expect(graph.invoke({}, { tenant, runId: "run-1" })).rejects.toThrow();
    // The answer that asks for the mail is remembered, and what came of it.
    expect(held.filter((type) => type === "flushed")).toHaveLength(2);
    expect(held.indexOf("flushed")).toBe(held.indexOf("finish") + 1);
    told.length = 0;
    await graph.retry("run-1", { tenant });
    expect(told.filter((type) => type === "text-delta")).toEqual(["text-delta"]);
    expect(told.at(-1)).toBe("run-completed");
  });

  it("marks what it recalls, and fails where its sink does", async () => {
    const recalled: unknown[] = [];
    let isFull = false;
    const { agent } = mailing([mailTo("ada"), { error: new Error("cut") }, { text: "ok" }, { text: "ok" }]);
    const sink = {
      write(event: { readonly type: string; readonly recalled?: true }) {
        if (isFull) throw new Error("no room");
        if (event.recalled) recalled.push(event.type);
      },
      flush: async () => {},
    };
    const graph = graphOf(agentNode(agent, { ...talk, sink }));
    await expect(graph.invoke({}, { tenant, runId: "run-1" })).rejects.toThrow();
    expect(recalled).toEqual([]);
    isFull = true;
    const full = { code: "graph.node_failed", cause: { message: "no room" } };
    await expect(graph.retry("run-1", { tenant })).rejects.toMatchObject(full);
    isFull = false;
    await graph.retry("run-1", { tenant });
    expect(recalled).toEqual(["step-started", "tool-started", "tool-finished"]);
  });

  it("writes nothing twice when the node is tried again", async () => {
    const { agent, sent } = mailing([mailTo("ada"), { error: new Error("cut") }, { text: "ok" }]);
    const graph = graphOf(agentNode(agent, talk));
    await expect(graph.invoke({}, { tenant, runId: "run-1" })).rejects.toMatchObject({
      code: "graph.node_failed",
    });
    await graph.retry("run-1", { tenant });
    expect(sent).toEqual(["ada"]);
  });

  it("writes once for each task, also to the same person", async () => {
    const { agent, sent } = mailing([mailTo("ada"), { text: "ok" }, mailTo("ada"), { text: "ok" }]);
    const graph = new StateGraph({ done: field({ default: () => "" }) })
      .addNode("mail", agentNode(agent, { input: (text: string) => text, output: () => ({}) }))
      .addConditionalEdges(START, () => [new Send("mail", "one"), new Send("mail", "two")], ["mail"])
      .addEdge("mail", END)
      .compile({ concurrency: 1 });
    await graph.invoke({}, { tenant });
    expect(sent).toEqual(["ada", "ada"]);
  });

  it("lets the run wait for a person, and the decided call through", async () => {
    const script = [mailTo("ada"), { text: "ok" }];
    const { agent, sent, approvals } = mailing(script, true);
    const node = agentNode(agent, {
      ...talk,
      onApprovalRequired: waitForApproval,
    });
    const graph = graphOf(node);
    const asked = await graph.invoke({}, { tenant, runId: "run-1" });
    expect(asked).toMatchObject({ status: "waiting", on: [{ kind: "interrupt" }] });
    const { items } = await approvals.list({ tenant });
    await approvals.approve(items[0]?.id ?? "", { tenant, by: "user:42" });
    const { status } = await graph.resume("run-1", { tenant, answer: "whatever it says" });
    expect({ status, sent }).toEqual({ status: "completed", sent: ["ada"] });
  });

  it("forwards the events that are asked for", async () => {
    const model = scriptedModel([{ text: ["h", "i"] }]);
    const agent = defineAgent({ name: "host", instructions: "Greet.", model });
    const node = agentNode(agent, { ...talk, forward: ({ type }) => type === "text-delta" });
    const told: unknown[] = [];
    for await (const event of graphOf(node).stream({}, { tenant, mode: "custom" })) {
      if (event.type === "custom") told.push(event.data);
    }
    expect(told).toEqual([
      { agent: "host", event: { type: "text-delta", text: "h" } },
      { agent: "host", event: { type: "text-delta", text: "i" } },
    ]);
  });

  it("gives what recover makes of a failure, but not of an abort", async () => {
    const model = scriptedModel([{ error: new Error("down") }, { until: new Promise(() => {}) }]);
    const agent = defineAgent({ name: "host", instructions: "Greet.", model });
    const graph = graphOf(agentNode(agent, { ...talk, recover: () => ({ text: "by rules" }) }));
    expect((await graph.invoke({}, { tenant })).state.text).toBe("by rules");
    const caller = new AbortController();
    const pending = graph.invoke({}, { tenant, signal: caller.signal });
    await new Promise(setImmediate);
    const reason = new Error("closed the tab");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  it("says that it needs a tenant", async () => {
    const agent = defineAgent({ name: "host", instructions: "Greet.", model: scriptedModel([]) });
    await expect(graphOf(agentNode(agent, talk)).invoke({})).rejects.toMatchObject({
      cause: new TypeError(
        'The agent "host" in the node "talk" needs a tenant: graph.invoke(input, { tenant })',
      ),
    });
  });
});
