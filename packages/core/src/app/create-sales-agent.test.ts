import { memoryJobs, memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it, vi } from "vitest";
import { defineAgent } from "../agent/index.js";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import { createSalesAgent, type SalesAgentOptions } from "./create-sales-agent.js";

const tenant = "acme";
const by = "user:1";

const greeter = (storage = memoryStorage()) => {
  const model = scriptedModel([{ text: "hi" }, { text: "hi" }]);
  return defineAgent({ name: "greeter", instructions: "Greet.", model, storage });
};

describe("createSalesAgent", () => {
  it("runs an agent, and tells it as it happens", async () => {
    const storage = memoryStorage();
    await using sales = createSalesAgent({ storage, agents: [greeter(storage)] });
    const { id } = await sales.runs.start(tenant, { agent: "greeter", input: "ada", by });
    const told: string[] = [];
    for await (const { type } of sales.streams.follow(tenant, id)) told.push(type);
    expect(told.at(-1)).toBe("run-completed");
    expect(await sales.runs.result(tenant, id)).toMatchObject({ status: "completed", output: "hi" });
    expect([...sales.agents.keys()]).toEqual(["greeter"]);
  });

  it("works in another process on what this one begins, handoffs too", async () => {
    const storage = memoryStorage();
    const jobs = memoryJobs();
    await using front = createSalesAgent({ storage, agents: ["greeter"], durable: { work: "elsewhere" } });
    await using back = createSalesAgent({ storage, jobs, agents: [greeter(storage)], handoffs: true });
    const worker = await back.work();
    const { id } = await front.runs.start(tenant, { agent: "greeter", input: "ada", by });
    expect(await front.runs.result(tenant, id)).toMatchObject({ status: "completed" });
    const handed = await back.handoffs?.to("greeter", "bob", { tenant });
    const status = async () => (await back.handoffs?.status(handed?.runId ?? "", { tenant }))?.status;
    await vi.waitFor(async () => expect(await status()).toBe("completed"));
    await worker.drain();
    const later = await front.runs.start(tenant, { agent: "greeter", input: "eve", by });
    expect(await front.runs.get(tenant, later.id)).toMatchObject({ status: "pending" });
    await jobs[Symbol.asyncDispose]();
  });

  it("tells how its dependencies do", async () => {
    const storage = memoryStorage();
    const model = { health: async () => [{ name: "model", status: "degraded" as const }] };
    await using sales = createSalesAgent({ storage, checks: { model } });
    const { status, dependencies } = await sales.health();
    expect([status, dependencies.map(({ name }) => name)]).toEqual(["degraded", ["storage", "model"]]);
    await storage[Symbol.asyncDispose]();
    expect((await sales.health()).status).toBe("down");
  });

  it("carries what happens to whoever listens, until they leave", () => {
    const sales = createSalesAgent({ storage: memoryStorage() });
    const heard = vi.fn();
    const listening = sales.on("breaker-closed", heard);
    sales.events.emit("breaker-closed", { name: "x", at: "2026-01-01T00:00:00Z" });
    listening[Symbol.dispose]();
    sales.events.emit("breaker-closed", { name: "y", at: "2026-01-01T00:00:00Z" });
    expect(heard.mock.calls.map(([{ name }]) => name)).toEqual(["x"]);
  });

  it.each<[option: string, options: Partial<SalesAgentOptions>]>([
    ["storage", { storage: {} as never }],
    ["durable.leaseMs", { durable: { leaseMs: 1 } }],
    ["streams.pollMs", { streams: { pollMs: 1 } }],
    ["agents", { agents: ["one", "one"] }],
    ["jobs", { handoffs: true }],
    ["handoffs.maxDepth", { handoffs: { maxDepth: 0 }, jobs: memoryJobs() }],
    ["crm", { crm: { "": { provider: {} as never } } }],
  ])("names the option that makes no sense: %s", (option, options) => {
    expect(() => createSalesAgent({ storage: memoryStorage(), ...options })).toThrow(
      expect.objectContaining({ code: "config.invalid", facts: { option } }),
    );
  });
});
