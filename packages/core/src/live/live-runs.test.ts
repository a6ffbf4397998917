import type { StoredStreamEvent } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { defineAgent } from "../agent/index.js";
import { createApprovals, createEffects } from "../effects/index.js";
import { durableFlows } from "../graph/index.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool } from "../tools/define-tool.js";
import { createWorkflows } from "../workflow/index.js";
import { createLiveRuns } from "./create-live-runs.js";
import { createLiveStreams } from "./create-live-streams.js";
import type { LiveAgent } from "./live-runs.js";

const tenant = "acme";
const by = "user:1";

function appOn(storage: ReturnType<typeof memoryStorage>, agents: readonly (LiveAgent | string)[]) {
  const flows = durableFlows({ storage, leaseMs: 300, pollMs: 10 });
  const streams = createLiveStreams({ storage, flushMs: 0 });
  const workflows = createWorkflows({
    storage,
    flows,
    agents: agents.filter((it) => typeof it !== "string"),
  });
  const onError = vi.fn();
  const runs = createLiveRuns({ storage, streams, flows, agents, workflows, onError });
  const told = async (id: string, after = 0): Promise<readonly StoredStreamEvent[]> => {
    const events: StoredStreamEvent[] = [];
    for await (const event of streams.follow(tenant, id, { after })) events.push(event);
    return events;
  };
  const close = async () => {
    await flows[Symbol.asyncDispose]();
    await streams[Symbol.asyncDispose]();
  };
  return { storage, flows, streams, runs, told, close, onError };
}

const writer = (script: readonly ScriptedReply[], storage = memoryStorage()) =>
  defineAgent({ name: "writer", instructions: "Write.", model: scriptedModel(script), storage });

const types = (events: readonly StoredStreamEvent[]) => events.map(({ type }) => type);

function mailer(storage: ReturnType<typeof memoryStorage>, script: readonly ScriptedReply[]) {
  const sent: string[] = [];
  const mail = defineTool({
    name: "mail",
    description: "Sends a mail.",
    input: z.object({ to: z.string() }),
    effect: "write",
    target: ({ to }) => to,
    approval: true,
    run: ({ to }) => ({ n: sent.push(to) }),
  });
  const model = scriptedModel(script);
  const effects = createEffects({ storage });
  const agent = defineAgent({ name: "bdr", instructions: "Write.", model, effects, tools: [mail], storage });
  return { agent, sent, model };
}

describe("createLiveRuns", () => {
  it("runs an agent in the background, and keeps what it tells until the end", async () => {
    const storage = memoryStorage();
    const app = appOn(storage, [writer([{ text: ["Hel", "lo"] }], storage)]);
    const about = { threadId: "t1", leadId: "l1" };
    const { id } = await app.runs.start(tenant, { agent: "writer", input: "greet", by, ...about });
    const events = await app.told(id);
    expect(types(events)).toEqual([
      "run-started",
      "step-started",
      "start",
      "text-delta",
      "finish",
      "run-completed",
    ]);
    expect(events[3]).toMatchObject({ seq: 4, data: { text: "Hello" } });
    expect(events.at(-1)?.data).toMatchObject({ output: "Hello", summary: { modelCalls: 1 } });
    expect(await app.runs.result(tenant, id)).toEqual({ status: "completed", id, output: "Hello" });
    const started = events[0]?.data as { runId: string };
    expect(await app.runs.get(tenant, id)).toMatchObject({
      ...{
        id,
        kind: "agent",
        name: "writer",
        status: "completed",
        input: "greet",
        output: "Hello",
        streamId: id,
      },
      ...{ ...about, startedBy: by, approvals: [], waitsFor: [], runIds: [started.runId] },
    });
    expect(await app.streams.get(tenant, id)).toMatchObject({ source: "agent:writer", status: "completed" });
    await vi.waitFor(() => expect(app.streams.counts()).toMatchObject({ writers: 0, tails: 0 }));
    await app.close();
  });

  it("tells what failed, and goes on in another stream when it is tried again", async () => {
    const storage = memoryStorage();
    const app = appOn(storage, [writer([{ error: new Error("no line") }, { text: "done" }], storage)]);
    const { id } = await app.runs.start(tenant, { agent: "writer", input: "x", by });
    const failed = await app.told(id);
    expect(types(failed).at(-1)).toBe("run-failed");
    const result = await app.runs.result(tenant, id);
    expect(result).toMatchObject({ status: "failed", error: failed.at(-1)?.data });
    const { streamId } = await app.runs.retry(tenant, id, { by });
    expect(streamId).not.toBe(id);
    expect((await app.told(streamId)).at(-1)).toMatchObject({
      type: "run-completed",
      data: { output: "done" },
    });
    expect(await app.runs.get(tenant, id)).toMatchObject({ status: "completed", streamId, startedBy: by });
    await expect(app.runs.retry(tenant, id, { by })).rejects.toMatchObject({ code: "flow.wrong_state" });
    const { items } = await storage.tenant(tenant).audit.list({});
    expect(items).toContainEqual(expect.objectContaining({ action: "run-retried", actor: by }));
    await app.close();
  });

  it("waits for a person, tells so, and goes on in the same stream", async () => {
    const storage = memoryStorage();
    const { agent, sent, model } = mailer(storage, [
      { text: "First.", toolCalls: [{ name: "mail", input: { to: "ada" } }] },
      { text: "sent" },
    ]);
    const app = appOn(storage, [agent]);
    const { id } = await app.runs.start(tenant, { agent: "bdr", input: "write", by });
    const waiting = await app.runs.result(tenant, id);
    if (waiting.status !== "waiting") throw new Error(waiting.status);
    const [asked] = waiting.approvals;
    expect(asked).toMatchObject({ tool: "mail" });
    expect(await app.runs.get(tenant, id)).toMatchObject({ status: "waiting", approvals: [asked] });
    await vi.waitFor(() => expect(app.streams.counts().writers).toBe(0));
    await createApprovals({ storage }).approve(asked?.approvalId ?? "", { tenant, by: "user:2" });
    const events = await app.told(id);
    const resumed = types(events).indexOf("run-resumed");
    expect(types(events).slice(0, resumed)).toEqual([
      ...["run-started", "step-started", "start", "text-delta", "tool-call-start", "tool-call-delta"],
      ...["tool-call-end", "finish", "tool-started", "approval-requested", "run-waiting"],
    ]);
    expect(events.find(({ type }) => type === "approval-requested")?.data).toMatchObject({
      ...asked,
      arguments: { to: "ada" },
    });
    // What was told before is not told again, but for the calls of the step that was under way.
    expect(types(events).slice(resumed)).toEqual([
      ...["run-resumed", "tool-started", "tool-finished"],
      ...["step-started", "start", "text-delta", "finish", "run-completed"],
    ]);
    expect([sent, model.requests.length]).toEqual([["ada"], 2]);
    expect((await app.runs.get(tenant, id))?.runIds).toHaveLength(2);
    await app.close();
  });

  it("ends a run that is cancelled while it waits, and one that works", async () => {
    const storage = memoryStorage();
    const { agent } = mailer(storage, [{ toolCalls: [{ name: "mail", input: { to: "ada" } }] }]);
    const never = new Promise<void>(() => {});
    const slow = writer([{ text: "a", until: never }], storage);
    const app = appOn(storage, [agent, slow]);
    for (const name of ["bdr", "writer"]) {
      const { id } = await app.runs.start(tenant, { agent: name, input: "x", by });
      if (name === "bdr") await app.runs.result(tenant, id);
      else await app.streams.follow(tenant, id).next();
      expect(await app.runs.cancel(tenant, id, { by: "user:9", reason: "wrong lead" })).toBe(true);
      expect((await app.told(id)).at(-1)).toMatchObject({
        type: "run-cancelled",
        data: { by: "user:9", reason: "wrong lead" },
      });
      expect(await app.runs.result(tenant, id)).toMatchObject({
        status: "cancelled",
        stop: { by: "user:9" },
      });
      expect(await app.streams.get(tenant, id)).toMatchObject({ status: "cancelled" });
      expect(await app.runs.cancel(tenant, id, { by, reason: "again" })).toBe(false);
    }
    await app.close();
  });

  it("says how a run ended as soon as its stream does", async () => {
    const storage = memoryStorage();
    const app = appOn(storage, [writer([{ text: "done" }], storage)]);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    app.flows.observe({ resting: () => held });
    const { id } = await app.runs.start(tenant, { agent: "writer", input: "x", by });
    await app.told(id);
    expect(await storage.tenant(tenant).flows.get(id)).toMatchObject({ status: "running" });
    expect(await app.runs.get(tenant, id)).toMatchObject({ status: "completed", output: "done" });
    release();
    expect(await app.runs.result(tenant, id)).toMatchObject({ status: "completed" });
    await app.close();
  });

  it("goes on in another stream where a failure was told that did not come to be kept", async () => {
    const storage = memoryStorage();
    const app = appOn(storage, [writer([{ error: new Error("no line") }, { text: "done" }], storage)]);
    const resting = vi.fn(async () => {});
    resting.mockRejectedValueOnce(new Error("killed here"));
    app.flows.observe({ resting });
    const { id } = await app.runs.start(tenant, { agent: "writer", input: "x", by });
    expect((await app.told(id)).at(-1)?.type).toBe("run-failed");
    expect(await app.runs.result(tenant, id)).toMatchObject({ status: "completed", output: "done" });
    const { streamId = "" } = (await app.runs.get(tenant, id)) ?? {};
    expect(streamId).not.toBe(id);
    expect((await app.told(streamId)).at(-1)).toMatchObject({ data: { output: "done" } });
    await app.close();
  });

  it("leaves runs of agents that it lacks to processes that have them", async () => {
    const storage = memoryStorage();
    const front = appOn(storage, ["writer"]);
    const other = appOn(storage, []);
    other.flows.work();
    const { id } = await front.runs.start(tenant, { agent: "writer", input: "x", by });
    front.flows.work();
    expect(await front.runs.get(tenant, id)).toMatchObject({ status: "pending" });
    const back = appOn(storage, [writer([{ text: "hi" }], storage)]);
    back.flows.work();
    expect((await front.told(id)).at(-1)).toMatchObject({ data: { output: "hi" } });
    const unknown = { code: "agent.unknown", facts: { agent: "nobody", known: ["writer"] } };
    await expect(front.runs.start(tenant, { agent: "nobody", input: "x", by })).rejects.toMatchObject(
      unknown,
    );
    for (const app of [front, other, back]) await app.close();
  });

  it("begins a run once for an id, and keeps tenants apart", async () => {
    const storage = memoryStorage();
    const app = appOn(storage, [writer([{ text: "a" }, { text: "b" }], storage)]);
    const request = { agent: "writer", input: "x", by, id: "r1" };
    await app.runs.start(tenant, request);
    await expect(app.runs.start(tenant, request)).rejects.toMatchObject({ code: "flow.wrong_state" });
    expect(await app.runs.get("rival", "r1")).toBeUndefined();
    expect(await app.runs.cancel("rival", "r1", { by, reason: "mine" })).toBe(false);
    await expect(app.runs.result("rival", "r1")).rejects.toMatchObject({ code: "flow.wrong_state" });
    await app.runs.start("rival", request);
    expect((await app.told("r1")).at(-1)?.type).toBe("run-completed");
    await app.close();
  });

  it("runs stored workflows in the background, and tells their steps", async () => {
    const storage = memoryStorage();
    const app = appOn(storage, [writer([{ text: "Dear Ada" }], storage)]);
    const definition = {
      ...{ name: "outreach", version: "1", start: "write" },
      input: { type: "object", properties: { who: { type: "string" } }, required: ["who"] },
      nodes: [
        { id: "write", kind: "agent", agent: "writer", wholeInput: { from: "/input/who" } },
        { id: "ask", kind: "approval" },
        { id: "done", kind: "end", wholeOutput: { from: "/steps/write" } },
      ],
      edges: [
        { from: "write", to: "ask" },
        { from: "ask", to: "done" },
        { from: "ask", to: "done", on: "refused" },
      ],
    };
    const workflows = createWorkflows({
      storage,
      flows: durableFlows({ storage, work: "elsewhere" }),
      agents: [writer([], storage)],
    });
    await workflows.save(definition, { tenant, by });
    const begun = { workflow: "outreach", input: { who: "ada" }, by };
    const { id } = await app.runs.startWorkflow(tenant, begun);
    const waiting = await app.runs.result(tenant, id);
    if (waiting.status !== "waiting") throw new Error(JSON.stringify(waiting));
    expect(waiting.approvals).toMatchObject([{ tool: "ask" }]);
    await createApprovals({ storage }).approve(waiting.approvals[0]?.approvalId ?? "", {
      tenant,
      by: "user:2",
    });
    const events = await app.told(id);
    expect(events.at(-1)?.data).toEqual({ output: "Dear Ada" });
    expect([...new Set(types(events))]).toEqual([
      ...[
        "run-started",
        "workflow-step",
        "approval-requested",
        "run-waiting",
        "run-resumed",
        "run-completed",
      ],
    ]);
    expect(await app.runs.get(tenant, id)).toMatchObject({
      kind: "workflow",
      name: "outreach",
      version: "1",
    });
    const bad = app.runs.startWorkflow(tenant, { ...begun, input: {}, id: "bad" });
    await expect(bad).rejects.toMatchObject({ code: "graph.state_invalid" });
    expect(await app.streams.get(tenant, "bad")).toMatchObject({ status: "cancelled" });
    await app.close();
  });

  it("lists runs by agent and thread, and shows a thread", async () => {
    const storage = memoryStorage();
    const app = appOn(storage, [writer([{ text: "a" }, { text: "b" }, { text: "c" }], storage)]);
    for (const threadId of ["t1", "t2", "t1"]) {
      const { id } = await app.runs.start(tenant, { agent: "writer", input: "x", by, threadId });
      await app.runs.result(tenant, id);
    }
    const { items } = await app.runs.list(tenant, { agent: "writer", status: "completed" });
    expect(items.map(({ threadId }) => threadId)).toEqual(["t1", "t2", "t1"]);
    expect((await app.runs.list(tenant, { agent: "other" })).items).toEqual([]);
    expect((await app.runs.history(tenant, "t1")).items).toHaveLength(2);
    expect(await app.runs.state(tenant, "t1")).toMatchObject({ threadId: "t1", run: { id: items[0]?.id } });
    expect(await app.runs.state(tenant, "t9")).toBeUndefined();
    await app.close();
  });

  it("lists runs with the leads they are about and what they cost, as each says itself", async () => {
    const storage = memoryStorage();
    const priced = { text: "a", costUsd: 0.25 };
    const app = appOn(storage, [writer([priced, { error: new Error("no line") }, priced], storage)]);
    for (const leadId of ["l1", "l2"]) {
      const { id } = await app.runs.start(tenant, { agent: "writer", input: "x", by, leadId });
      if ((await app.runs.result(tenant, id)).status !== "failed") continue;
      const { streamId } = await app.runs.retry(tenant, id, { by });
      await app.told(streamId);
    }
    const asked = vi.spyOn(storage, "tenant");
    const { items } = await app.runs.list(tenant);
    expect(items.map(({ leadId, costUsd }) => [leadId, costUsd])).toEqual([
      ["l2", 0.250002],
      ["l1", 0.25],
    ]);
    expect(asked).toHaveBeenCalledOnce();
    for (const { id, costUsd } of items) expect((await app.runs.get(tenant, id))?.costUsd).toBe(costUsd);
    await app.close();
  });

  it("does not wait for a result longer than it is to", async () => {
    const app = appOn(memoryStorage(), ["writer"]);
    const { id } = await app.runs.start(tenant, { agent: "writer", input: "x", by });
    const late = app.runs.result(tenant, id, { timeoutMs: 5 });
    await expect(late).rejects.toMatchObject({ code: "call.timed_out", facts: { limitMs: 5 } });
    const left = app.runs.result(tenant, id, { signal: AbortSignal.abort(new Error("left")) });
    await expect(left).rejects.toThrow("left");
    await app.close();
  });

  it("goes on untold where the stream's time is over", async () => {
    const storage = memoryStorage();
    const app = appOn(storage, [writer([{ text: "done" }], storage)]);
    const input = { request: { input: "x", by } };
    await app.flows.of(tenant).begin({ id: "r1", graph: "agent:writer", version: "1", input });
    expect(await app.runs.result(tenant, "r1")).toMatchObject({ status: "completed", output: "done" });
    expect(app.onError).not.toHaveBeenCalled();
    await app.close();
  });
});
