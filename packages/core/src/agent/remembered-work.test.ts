import type { JsonValue } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createApprovals, createEffects } from "../effects/index.js";
import {
  type Checkpointer,
  durableFlows,
  END,
  field,
  memoryCheckpointer,
  START,
  StateGraph,
} from "../graph/index.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool } from "../tools/define-tool.js";
import { agentNode } from "./agent-node.js";
import { type Agent, defineAgent } from "./define-agent.js";
import type { PartMemory } from "./loop-memory.js";
import { waitForApproval } from "./wait-for-approval.js";

const tenant = "acme";
const call = (name: string, input: Readonly<Record<string, string>>) => ({ name, input });
const calls = (...toolCalls: ReturnType<typeof call>[]): ScriptedReply => ({ toolCalls });

/** An agent that looks things up and mails, each mail allowed by a person; and what happened in the world. */
function world(script: Parameters<typeof scriptedModel>[0]) {
  const storage = memoryStorage();
  const model = scriptedModel(script);
  const sent: string[] = [];
  const lookedUp: string[] = [];
  const search = defineTool({
    name: "search",
    description: "Searches.",
    input: z.object({ query: z.string() }),
    effect: "read",
    run: ({ query }) => ({ hits: lookedUp.push(query) }),
  });
  const mail = (approval: true | undefined) =>
    defineTool<{ to: string }, unknown>({
      name: approval ? "mail" : "note",
      description: "Sends.",
      input: z.object({ to: z.string() }),
      effect: "write",
      target: ({ to }) => to,
      approval,
      run: ({ to }) => ({ n: sent.push(to) }),
    });
  const agent = () =>
    defineAgent({
      ...{ name: "bdr", instructions: "Write.", model, storage, effects: createEffects({ storage }) },
      tools: [search, mail(true), mail(undefined)],
    });
  /** A process: it works until it is closed. */
  const inProcess = async <T>(work: (graph: ReturnType<typeof graphOf>) => Promise<T>): Promise<T> => {
    await using flows = durableFlows({ storage, pollMs: 10 });
    const graph = graphOf(agent(), flows);
    flows.work();
    return await work(graph);
  };
  const approveAll = async () => {
    const approvals = createApprovals({ storage });
    for (const { id } of (await approvals.list({ tenant, status: "pending" })).items) {
      await approvals.approve(id, { tenant, by: "user:42" });
    }
  };
  return { storage, model, sent, lookedUp, agent, inProcess, approveAll };
}

function graphOf(agent: Agent<string, string>, checkpointer: Checkpointer) {
  const node = agentNode(agent, {
    input: ({ text }: { readonly text: string }) => text,
    output: (text: string) => ({ text }),
    onApprovalRequired: waitForApproval,
  });
  return new StateGraph({ text: field({ default: () => "hello" }) })
    .addNode("talk", node)
    .addEdge(START, "talk")
    .addEdge("talk", END)
    .compile({ name: "talk", checkpointer });
}

describe("an agent whose run waits for a person while its process dies", () => {
  it("asks its model once for each answer, and looks nothing up again", async () => {
    const { inProcess, model, sent, lookedUp, approveAll } = world([
      calls(call("search", { query: "figma" })),
      calls(call("search", { query: "ada" }), call("mail", { to: "ada" })),
      { text: "done" },
    ]);
    const asked = await inProcess((graph) => graph.invoke({}, { tenant, runId: "r" }));
    expect(asked.status).toBe("waiting");
    expect(model.requests).toHaveLength(2);

    await approveAll();
    const { state } = await inProcess(async (graph) => {
      await vi.waitFor(async () => expect((await graph.getState("r", { tenant }))?.status).toBe("completed"));
      return { state: (await graph.getState("r", { tenant }))?.state };
    });
    expect(state).toEqual({ text: "done" });
    expect(model.requests).toHaveLength(3);
    expect(sent).toEqual(["ada"]);
    expect(lookedUp).toEqual(["figma", "ada"]);
  });

  it("sends a second mail to the same person as another one, and the first not again", async () => {
    const { inProcess, sent, approveAll, model } = world([
      calls(call("note", { to: "ada" })),
      calls(call("mail", { to: "ada" }), call("note", { to: "ada" })),
      calls(call("mail", { to: "ada" })),
      { text: "done" },
    ]);
    await inProcess((graph) => graph.invoke({}, { tenant, runId: "r" }));
    expect(sent).toEqual(["ada", "ada"]);
    await approveAll();
    await inProcess(async (graph) => {
      await vi.waitFor(() => expect(sent).toEqual(["ada", "ada", "ada"]));
      await vi.waitFor(async () => expect((await graph.getState("r", { tenant }))?.status).toBe("waiting"));
    });
    await approveAll();
    await inProcess((graph) =>
      vi.waitFor(async () => expect((await graph.getState("r", { tenant }))?.status).toBe("completed")),
    );
    expect(sent).toEqual(["ada", "ada", "ada", "ada"]);
    expect(model.requests).toHaveLength(4);
  });

  it("tells readers and records of its recalled work as of the rest", async () => {
    const { inProcess, storage, approveAll } = world([
      calls(call("search", { query: "figma" })),
      calls(call("mail", { to: "ada" })),
      { text: "done" },
    ]);
    await inProcess((graph) => graph.invoke({}, { tenant, runId: "r" }));
    await approveAll();
    await inProcess((graph) =>
      vi.waitFor(async () => expect((await graph.getState("r", { tenant }))?.status).toBe("completed")),
    );
    const { runs, steps, modelCalls } = storage.tenant(tenant);
    const [last] = (await runs.list({ status: "completed" })).items;
    const told = (await steps.list(last?.id ?? "")).items.map(({ kind, name, output }) => [
      ...[kind, name],
      (output as { readonly recalled?: boolean } | null)?.recalled ?? false,
    ]);
    expect(told).toEqual([
      ["model", "plan", true],
      ["tool", "search", false],
      ["model", "plan", true],
      ["tool", "mail", false],
      ["model", "plan", false],
    ]);
    expect((await modelCalls.list({})).items).toHaveLength(3);
  });
});

describe("an agent's node that is tried again", () => {
  it("goes on from the last answer, and asks again where the answers were rejected", async () => {
    const model = scriptedModel([
      calls(call("search", { query: "figma" })),
      { text: "no json" },
      { text: '{"score":"high"}' },
      { text: "still none" },
      { text: "none" },
      { text: '{"score":7}' },
    ]);
    const search = vi.fn(() => "found");
    const agent = defineAgent({
      ...{ name: "scorer", instructions: "Score.", model, maxRepairs: 2 },
      output: z.object({ score: z.number() }),
      tools: [
        defineTool({
          ...{ name: "search", description: "Searches.", effect: "read", run: search },
          input: z.object({ query: z.string() }),
        }),
      ],
    });
    const graph = new StateGraph({ score: field({ default: () => 0 }) })
      .addNode("score", agentNode(agent, { input: () => "figma", output: ({ score }) => ({ score }) }))
      .addEdge(START, "score")
      .addEdge("score", END)
      .compile({ checkpointer: memoryCheckpointer() });
    await expect(graph.invoke({}, { tenant, runId: "r" })).rejects.toMatchObject({
      code: "graph.node_failed",
    });
    expect(model.requests).toHaveLength(4);
    expect((await graph.retry("r", { tenant })).state.score).toBe(7);
    expect(model.requests).toHaveLength(6);
    expect(search).toHaveBeenCalledTimes(1);
    // What was rejected before is not told to the model again.
    expect(JSON.stringify(model.requests[4])).not.toContain("still none");
  });
});

/** Where an agent's run dies: before the nth part is kept, or right after it. */
function dyingMemory(deaths: ReadonlyMap<number, "before" | "after">): PartMemory {
  const kept = new Map<string, string>();
  let writes = 0;
  return {
    recall: (part) => {
      const text = kept.get(part);
      return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
    },
    remember: async (part, value) => {
      expect(kept.has(part), `${part} is remembered twice`).toBe(false);
      const death = deaths.get(writes++);
      if (death !== "before") kept.set(part, JSON.stringify(value));
      if (death) throw new Error("died");
    },
  };
}

it("comes to the same wherever it dies, and pays again for nothing that was kept", async () => {
  const oneCall = fc.constantFrom(
    call("search", { query: "figma" }),
    call("note", { to: "ada" }),
    call("note", { to: "bo" }),
  );
  const steps = fc.array(fc.array(oneCall, { minLength: 1, maxLength: 3 }), { maxLength: 4 });
  const deaths = fc.array(fc.tuple(fc.nat(12), fc.constantFrom("before" as const, "after" as const)), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(steps, deaths, async (plan, points) => {
      const { model, sent, agent } = world((request) => {
        const answered = request.messages.filter(({ role }) => role === "assistant").length;
        const toolCalls = plan[answered];
        return toolCalls ? calls(...toolCalls) : { text: "done" };
      });
      const parts = dyingMemory(new Map(points));
      const effectScope = { runId: "r", step: "1/talk/0" };
      let output: string | undefined;
      let lives = 0;
      while (output === undefined) {
        lives++;
        output = await agent()
          .run("go", { tenant, parts, effectScope })
          .output()
          .catch(() => undefined);
      }
      expect(output).toBe("done");
      // Side by side, whichever is first.
      expect(sent.toSorted()).toEqual(
        plan
          .flat()
          .flatMap(({ input: { to } }) => (to === undefined ? [] : [to]))
          .toSorted(),
      );
      expect(model.requests.length).toBeLessThanOrEqual(plan.length + lives);
    }),
    { numRuns: 150 },
  );
});
