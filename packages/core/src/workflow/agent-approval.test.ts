import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it, vi } from "vitest";
import { z } from "zod";
import { defineAgent } from "../agent/define-agent.js";
import { createApprovals, createEffects } from "../effects/index.js";
import { durableFlows } from "../graph/index.js";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool } from "../tools/define-tool.js";
import { createWorkflows, type WorkflowDefinition } from "./index.js";

const tenant = "acme";

const mailing: WorkflowDefinition = {
  name: "mailing",
  version: "1",
  start: "write",
  nodes: [
    { id: "write", kind: "agent", agent: "writer", wholeInput: { value: "Mail Ada." } },
    { id: "end", kind: "end", wholeOutput: { from: "/steps/write" } },
  ],
  edges: [{ from: "write", to: "end" }],
};

it("an agent whose mail a person allows goes on in another process, and its model is asked once for each answer", async () => {
  const storage = memoryStorage();
  const approvals = createApprovals({ storage });
  const sent: string[] = [];
  const model = scriptedModel([
    { toolCalls: [{ name: "email_send", input: { to: "ada@figma.example" } }] },
    { text: "sent" },
  ]);
  const process = () => {
    const effects = createEffects({ storage });
    const mail = defineTool<{ to: string }, unknown>({
      ...{ name: "email_send", description: "Sends a mail.", effect: "write", approval: true },
      input: z.object({ to: z.string() }),
      target: ({ to }) => to,
      run: ({ to }: { readonly to: string }) => ({ n: sent.push(to) }),
    });
    const writer = defineAgent({ name: "writer", instructions: "Write.", model, effects, tools: [mail] });
    const flows = durableFlows({ storage, pollMs: 10 });
    return { flows, workflows: createWorkflows({ storage, flows, effects, agents: [writer] }) };
  };
  const first = process();
  await first.workflows.save(mailing, { tenant, by: "user:42" });
  const asked = await first.workflows.run("mailing", {}, { tenant, runId: "r" });
  const [approval] = (await approvals.list({ tenant, status: "pending" })).items;
  expect(asked).toMatchObject({ status: "waiting", on: [{ name: `approval:${approval?.id}` }] });
  await first.flows[Symbol.asyncDispose]();

  const second = process();
  await using flows = second.flows;
  flows.work();
  await approvals.approve(approval?.id ?? "", { tenant, by: "user:42" });
  await vi.waitFor(async () =>
    expect(await second.workflows.state("r", { tenant })).toMatchObject({
      status: "completed",
      state: { output: "sent" },
    }),
  );
  expect(model.requests).toHaveLength(2);
  expect(sent).toEqual(["ada@figma.example"]);
});
