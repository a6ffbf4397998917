import { defineAgent } from "@salesagent/core/agent";
import { createApprovals, createEffects } from "@salesagent/core/effects";
import { durableFlows } from "@salesagent/core/graph";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { defineTool } from "@salesagent/core/tools";
import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { z } from "zod";
import { toAgent } from "./service-targets.js";
import { runId, serviceScene, sorted, tenant } from "./testing/service-scene.js";

it("an agent that a request is handed to waits for each of its approvals, and answers once", async () => {
  const storage = memoryStorage();
  const refunds: number[] = [];
  const refund = defineTool({
    ...{ name: "refund", description: "Pays back." },
    effect: "write",
    approval: true,
    input: z.object({ usd: z.number() }),
    target: () => "account",
    run: ({ usd }) => ({ n: refunds.push(usd) }),
  });
  const model = scriptedModel([
    { toolCalls: [{ name: "refund", input: { usd: 5 } }] },
    { toolCalls: [{ name: "refund", input: { usd: 7 } }] },
    { text: "Both are on the way." },
  ]);
  const cashier = defineAgent({
    ...{ name: "cashier", instructions: "Pay back.", model, tools: [refund] },
    effects: createEffects({ storage }),
  });
  const to = toAgent(cashier, { input: ({ text }) => text, reply: (text) => text });
  await using flows = durableFlows({ storage, leaseMs: 300, pollMs: 20 });
  const effects = createEffects({ storage });
  const { agent, open, told } = serviceScene([sorted("money")], {
    ...{ storage, effects, checkpointer: flows },
    topics: { money: { meaning: "money back", to } },
  });
  const asked = await open("I want my 12 dollars back.");
  expect(asked).toMatchObject({ status: "waiting", on: [{ node: "hand-over" }] });
  const approvals = createApprovals({ storage });
  for (const usd of [5, 7]) {
    const pending = async () => (await approvals.list({ tenant, status: "pending" })).items;
    await expect.poll(async () => (await pending())[0]?.arguments, { timeout: 9_000 }).toEqual({ usd });
    const id = (await pending())[0]?.id ?? "";
    await agent.graph.deliver(runId, `approval:${id}`, { status: "approved" }, { tenant });
    const elsewhere = approvals.approve(id, { tenant: "other", by: "user:1" });
    await expect(elsewhere).rejects.toMatchObject({ code: "approval.invalid" });
    await expect
      .poll(async () => (await agent.graph.getState(runId, { tenant }))?.status, { timeout: 9_000 })
      .toBe("waiting");
    expect(refunds).not.toContain(usd);
    await approvals.approve(id, { tenant, by: "user:42" });
  }
  await expect.poll(told, { timeout: 9_000 }).toEqual(["Both are on the way."]);
  expect(refunds).toEqual([5, 7]);
});
