import { SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { createApprovals, createEffects } from "../effects/index.js";
import { type DurableFlows, durableFlows } from "../graph/index.js";
import { createWorkflows, type WorkflowDefinition, type Workflows } from "./index.js";
import { newCalls, outreach, registryOf, review } from "./testing/sales-workflow.js";

const tenant = "acme";
const by = "user:42";
const input = { company: "Figma", mail: "ada@figma.com" };

/** A storage, and processes over it: each with the same tools, and nothing else in common. */
function world(given: Parameters<typeof memoryStorage>[0] = {}) {
  const storage = memoryStorage(given);
  const errors: unknown[] = [];
  const start = (tools: "all" | "none" = "all", over: ReturnType<typeof memoryStorage> = storage) => {
    const calls = newCalls();
    const flows = durableFlows({
      ...{ storage: over, pollMs: 10, leaseMs: 300 },
      onError: (error) => errors.push(error),
    });
    const effects = createEffects({ storage: over });
    const registry = tools === "all" ? registryOf(calls) : {};
    return { calls, flows, workflows: createWorkflows({ storage: over, flows, effects, ...registry }) };
  };
  const inProcess = async <T>(
    work: (
      workflows: Workflows,
      process: { readonly calls: ReturnType<typeof newCalls>; readonly flows: DurableFlows },
    ) => Promise<T>,
    tools?: "all" | "none",
  ): Promise<T> => {
    const { workflows, flows, calls } = start(tools);
    await using _ = flows;
    return await work(workflows, { calls, flows });
  };
  return { storage, errors, start, inProcess, approvals: createApprovals({ storage }) };
}

/** A storage as a process has it that can be killed: what it asks for after its death reaches nobody. */
function mortal<T extends object>(target: T, life: { readonly isOver: boolean }): T {
  const wrapped = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !(value instanceof Promise) ? mortal(value, life) : value;
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name, object);
      if (typeof member !== "function") return wrapped(member);
      return (...args: unknown[]) => {
        if (!life.isOver) return wrapped(member.apply(object, args));
        const init = { message: "the process is dead", facts: { store: "all" }, replay: "safe" } as const;
        throw new SalesAgentError("store.unavailable", init);
      };
    },
  });
}

/** Asks a person, and tells which version it is. */
const asking = (version: string, more: Partial<WorkflowDefinition> = {}): WorkflowDefinition => ({
  name: "asking",
  version,
  start: "ask",
  nodes: [
    { id: "ask", kind: "approval" },
    { id: "end", kind: "end", wholeOutput: { value: version } },
    { id: "no", kind: "end" },
  ],
  edges: [
    { from: "ask", to: "end" },
    { from: "ask", to: "no", on: "refused" },
  ],
  ...more,
});

const around: WorkflowDefinition = {
  name: "around",
  version: "1",
  start: "facts",
  nodes: [
    { id: "facts", kind: "tool", tool: "lookup", input: { company: { value: "Figma" } } },
    { id: "part", kind: "workflow", workflow: "asking" },
    { id: "end", kind: "end", wholeOutput: { from: "/steps/part" } },
  ],
  edges: [
    { from: "facts", to: "part" },
    { from: "part", to: "end" },
  ],
};

describe("stored workflows", () => {
  it("are checked before they are stored, with those that they are made of", async () => {
    const { inProcess, storage } = world();
    await inProcess(async (workflows) => {
      await expect(workflows.save(outreach, { tenant, by })).rejects.toMatchObject({
        code: "graph.invalid",
        facts: {
          issues: [
            { path: "nodes.check.workflow", message: expect.stringContaining('no workflow "review"') },
          ],
        },
      });
      const part = { id: "part", kind: "workflow", workflow: "asking" };
      const endless = asking("1", { nodes: [...asking("1").nodes, part as never] });
      await expect(workflows.save(endless, { tenant, by })).rejects.toMatchObject({
        facts: { issues: expect.arrayContaining([expect.objectContaining({ path: "nodes.part.workflow" })]) },
      });
      const nodes = [{ kind: "workflow", workflow: "asking" }, null, 7];
      for (const odd of [null, 7, [], {}, { name: "x", version: "1", nodes: 7 }, { ...asking("1"), nodes }]) {
        await expect(workflows.save(odd, { tenant, by })).rejects.toMatchObject({ code: "graph.invalid" });
      }
      expect((await workflows.list({ tenant })).items).toEqual([]);
      await workflows.save(review, { tenant, by });
      expect(await workflows.save(outreach, { tenant, by, note: "first" })).toMatchObject({
        ...{ name: "outreach", version: "1", active: true, createdBy: by, note: "first" },
      });
      expect(await workflows.get("outreach", { tenant: "other" })).toBeUndefined();
    });
    const { items } = await storage.tenant(tenant).audit.list({});
    expect(items.map(({ action, subject, actor }) => [action, subject, actor])).toEqual([
      ["workflow-saved", "workflow:review", by],
      ["workflow-saved", "workflow:outreach", by],
    ]);
  });

  it("are kept in versions, which never change; new runs begin with the active one", async () => {
    const { inProcess } = world();
    await inProcess(async (workflows) => {
      await workflows.save(asking("1"), { tenant, by });
      await workflows.save(asking("2"), { tenant, by });
      await workflows.save(asking("2"), { tenant, by });
      await expect(
        workflows.save(asking("2", { description: "other" }), { tenant, by }),
      ).rejects.toMatchObject({
        code: "store.invalid",
      });
      const versions = (await workflows.list({ tenant, name: "asking" })).items;
      expect(versions.map(({ version, active }) => [version, active])).toEqual([
        ["2", false],
        ["1", true],
      ]);
      await workflows.run("asking", {}, { tenant, runId: "old" });
      await workflows.activate("asking", "2", { tenant, by });
      await workflows.run("asking", {}, { tenant, runId: "new" });
      await workflows.run("asking", {}, { tenant, runId: "chosen", version: "1" });
      const runs = (await workflows.runs({ tenant, workflow: "asking" })).items;
      expect(runs.map(({ runId, version, status }) => [runId, version, status])).toEqual([
        ["chosen", "1", "waiting"],
        ["new", "2", "waiting"],
        ["old", "1", "waiting"],
      ]);
      expect(await workflows.save(asking("3"), { tenant, by, activate: true })).toMatchObject({
        active: true,
      });
      await workflows.activate("asking", "1", { tenant, by });
      expect(await workflows.get("asking", { tenant })).toMatchObject({ version: "1" });
      for (const call of [
        workflows.activate("asking", "9", { tenant, by }),
        workflows.run("asking", {}, { tenant, version: "9" }),
        workflows.run("asking", {}, { tenant: "other" }),
        workflows.run("unknown", {}, { tenant }),
      ]) {
        await expect(call).rejects.toMatchObject({ code: "store.not_found", facts: { store: "workflows" } });
      }
    });
  });

  it("run with every kind of node, tell their steps, and are found by other processes", async () => {
    const { inProcess, approvals } = world();
    await inProcess(async (workflows, { calls }) => {
      await workflows.save(review, { tenant, by });
      await workflows.save(outreach, { tenant, by });
      calls.failing.push("lookup");
      await expect(workflows.run("outreach", input, { tenant, runId: "r" })).rejects.toMatchObject({
        message: expect.stringContaining('"facts"'),
      });
      expect(await workflows.log("r", { tenant })).toMatchObject({
        status: "failed",
        open: ["facts", "draft"],
      });
    });
    await inProcess(async (workflows, { calls }) => {
      const nodes: string[] = [];
      for await (const event of await workflows.retryStream("r", { tenant, mode: "updates" })) {
        if (event.type === "node-finished") nodes.push(event.node);
      }
      expect(nodes).toEqual(expect.arrayContaining(["facts", "draft", "enough"]));
      expect(calls.made).toEqual(["lookup Figma"]);
      const [asked] = (await approvals.list({ tenant, runId: "r" })).items;
      expect(asked).toMatchObject({ agent: "workflow:review", tool: "look", arguments: { text: "Hello" } });
      await approvals.approve(asked?.id ?? "", { tenant, by });
      await vi.waitFor(async () =>
        expect((await workflows.log("r", { tenant }))?.on).toMatchObject([{ kind: "sleep" }]),
      );
      expect(await workflows.cancel("r", { tenant, by, reason: "wrong lead" })).toBe(true);
      await vi.waitFor(async () =>
        expect((await workflows.state("r", { tenant }))?.status).toBe("cancelled"),
      );
      expect(await workflows.log("r", { tenant })).toMatchObject({
        workflow: "outreach",
        version: "1",
        stop: { by },
      });
      expect(await workflows.cancel("r", { tenant, by, reason: "again" })).toBe(false);
      expect(await workflows.log("r", { tenant: "other" })).toBeUndefined();
      await expect(workflows.retry("r", { tenant: "other" })).rejects.toMatchObject({
        facts: { status: "unknown" },
      });
    });
  });

  it("go on with the versions that they began with, also of their parts", async () => {
    const { inProcess, approvals, storage } = world();
    await inProcess(async (workflows) => {
      await workflows.save(asking("1"), { tenant, by });
      await workflows.save(around, { tenant, by });
      await workflows.run("around", {}, { tenant, runId: "r" });
    });
    await inProcess(async (workflows) => {
      await workflows.save(asking("2"), { tenant, by, activate: true });
      const [asked] = (await approvals.list({ tenant, runId: "r" })).items;
      await approvals.approve(asked?.id ?? "", { tenant, by });
      expect(await workflows.resume("r", { tenant })).toMatchObject({
        status: "completed",
        state: { output: "1" },
      });
      const { runId } = await workflows.run("around", {}, { tenant });
      const [other] = (await approvals.list({ tenant, runId })).items;
      await approvals.approve(other?.id ?? "", { tenant, by });
      expect(await workflows.resume(runId, { tenant })).toMatchObject({ state: { output: "2" } });
    });
    const record = await storage.tenant(tenant).flows.get("r");
    expect(record).toMatchObject({ graph: "stored-workflow", version: "1" });
  });

  it("go on in a process that never saw them, when the one that began them is killed", async () => {
    const { storage, start } = world();
    const life = { isOver: false };
    const first = start("all", mortal(storage, life));
    await first.workflows.save(asking("1"), { tenant, by });
    await first.workflows.save(around, { tenant, by });
    const died = vi.spyOn(first.calls.made, "push").mockImplementation(() => {
      life.isOver = true;
      throw new Error("killed");
    });
    first.workflows.run("around", {}, { tenant, runId: "r" }).catch(() => {});
    await vi.waitFor(() => expect(died).toHaveBeenCalled());

    const second = start();
    await using flows = second.flows;
    flows.work();
    await vi.waitFor(
      async () => expect((await second.workflows.log("r", { tenant }))?.status).toBe("waiting"),
      { timeout: 5_000 },
    );
    expect(second.calls.made).toEqual(["lookup Figma"]);
    await first.flows[Symbol.asyncDispose]();
  });

  it("stay for others where a process lacks what their nodes name, and can be cancelled there", async () => {
    const { inProcess, errors, storage } = world();
    await inProcess(async (workflows) => {
      await workflows.save(asking("1"), { tenant, by });
      await workflows.save(around, { tenant, by });
    });
    await storage.tenant(tenant).flows.create({
      ...{ id: "r", graph: "stored-workflow", version: "1" },
      input: { ":origin": { workflow: "around", version: "1", uses: { asking: "1" } }, input: { input: {} } },
    });
    await inProcess(async (workflows, { flows }) => {
      flows.work();
      await vi.waitFor(() => expect(errors).toHaveLength(1));
      expect(errors[0]).toMatchObject({
        code: "graph.invalid",
        message: expect.stringContaining('no tool "lookup"'),
      });
      expect((await workflows.runs({ tenant })).items).toMatchObject([{ runId: "r", status: "pending" }]);
      await expect(workflows.log("r", { tenant })).rejects.toMatchObject({ code: "graph.invalid" });
      expect(await workflows.cancel("r", { tenant, by, reason: "nobody has it" })).toBe(true);
      await vi.waitFor(async () =>
        expect((await workflows.runs({ tenant })).items).toMatchObject([{ status: "cancelled" }]),
      );
    }, "none");
  });
});
