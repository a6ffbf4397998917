import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineAgent } from "../agent/define-agent.js";
import { createApprovals, createEffects } from "../effects/index.js";
import { scriptedModel } from "../scripted-model/index.js";
import { defineTool } from "../tools/define-tool.js";
import { handoffWorld, tenant } from "./testing/handoff-world.js";

/** Handed-over work that pays twice, each time with a person's leave. */
async function paying() {
  const paid: string[] = [];
  const pay = defineTool({
    ...{ name: "pay", description: "Pays." },
    effect: "write",
    approval: { expiresInMs: 3_600_000 },
    input: z.object({ to: z.string() }),
    target: ({ to }) => to,
    run: ({ to }) => ({ paid: paid.push(to) }),
  });
  const model = scriptedModel((request) => {
    const results = request.messages.filter(({ role }) => role === "tool").length;
    const to = ["ada", "bo"][results];
    return to ? { toolCalls: [{ name: "pay", input: { to } }] } : { text: "Done." };
  });
  const world = handoffWorld(() => [agent]);
  const { storage, clock, handoffs } = world;
  const effects = createEffects({ storage, clock });
  const agent = defineAgent({ name: "cashier", instructions: "Pay.", model, tools: [pay], effects, clock });
  const ticket = await handoffs.to(agent, "Pay them.", { tenant });
  const approvals = createApprovals({ storage, clock });
  const pending = async () => (await approvals.list({ tenant, status: "pending" })).items[0];
  return { ...world, runId: ticket?.runId ?? "", approvals, pending, paid };
}

describe("handed-over work that needs two approvals", () => {
  it("waits for each, in jobs of its own, and pays each once", async () => {
    const { handoffs, until, runId, approvals, pending, paid, clock } = await paying();
    await using _worker = await handoffs.work({ retries: 0, timeoutMs: 10 * 86_400_000 });
    for (const to of ["ada", "bo"]) {
      await expect
        .poll(
          async () => {
            clock.advance(1_000);
            return (await pending())?.arguments;
          },
          { timeout: 9_000, interval: 2 },
        )
        .toEqual({ to });
      await until(runId, "waiting");
      await approvals.approve((await pending())?.id ?? "", { tenant, by: "user:42" });
    }
    await until(runId, "completed");
    expect(paid).toEqual(["ada", "bo"]);
  });

  it("does what another tenant, an agent, or a second word says of it: nothing", async () => {
    const { handoffs, until, runId, approvals, pending, paid } = await paying();
    await using _worker = await handoffs.work({ retries: 0, timeoutMs: 10 * 86_400_000 });
    await until(runId, "waiting");
    const id = (await pending())?.id ?? "";
    const forged = [
      { tenant: "other", by: "user:1" },
      { tenant, by: "agent:cashier" },
      { tenant, by: "" },
    ];
    for (const decision of forged) {
      await expect(approvals.approve(id, decision)).rejects.toMatchObject({ code: "approval.invalid" });
    }
    await approvals.refuse(id, { tenant, by: "user:42", reason: "No." });
    await expect(approvals.approve(id, { tenant, by: "user:42" })).rejects.toMatchObject({
      facts: { problem: "decided" },
    });
    await until(runId, "waiting");
    expect(paid).toEqual([]);
  });

  it("goes on without what nobody decided in time", async () => {
    const { handoffs, until, runId, paid, clock, approvals } = await paying();
    await using _worker = await handoffs.work({ retries: 0, timeoutMs: 10 * 86_400_000 });
    await until(runId, "waiting");
    clock.advance(3_600_000);
    await expect
      .poll(
        async () => {
          clock.advance(600_000);
          return (await handoffs.status(runId, { tenant }))?.status;
        },
        { timeout: 9_000, interval: 5 },
      )
      .toBe("completed");
    expect(paid).toEqual([]);
    const { items } = await approvals.list({ tenant });
    expect(items.map(({ status }) => status)).toEqual(["expired", "expired"]);
  });
});
