import { manualClock } from "@salesagent/conformance";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createApprovals, createEffects } from "../effects/index.js";
import { createEventBus } from "../kernel/event-bus.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/scripted-model.js";
import { defineTool, type WriteToolDefinition } from "../tools/define-tool.js";
import type { RunOptions } from "./base-agent.js";
import { defineAgent } from "./define-agent.js";

const Mail = z.object({ to: z.string() });
const tenant = "acme";
const mailTo = (...to: string[]): ScriptedReply => ({
  toolCalls: to.map((address) => ({ name: "email_send", input: { to: address } })),
});

function setup(overrides: Partial<WriteToolDefinition<z.infer<typeof Mail>, unknown>> = {}) {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const events = createEventBus();
  const effects = createEffects({ storage, clock });
  const approvals = createApprovals({ storage, clock });
  const sent: string[] = [];
  const mail = defineTool<z.infer<typeof Mail>, unknown>({
    name: "email_send",
    description: "Sends a mail.",
    input: Mail,
    effect: "write",
    target: ({ to }) => to,
    run: ({ to }) => ({ n: sent.push(to) }),
    ...overrides,
  });
  const run = (script: readonly ScriptedReply[], options: Partial<RunOptions> = {}) => {
    const parts = { storage, events, effects, clock, tools: [mail] };
    const agent = defineAgent({
      name: "bdr",
      instructions: "Write.",
      model: scriptedModel(script),
      ...parts,
    });
    return agent.run("Go.", { tenant, ...options });
  };
  return { storage, events, approvals, sent, run };
}

describe("an agent with an effect ledger", () => {
  it("writes, and has it on record under its run", async () => {
    const { run, sent, storage } = setup();
    const work = run([mailTo("ada", "bo"), { text: "Done." }]);
    expect(await work.output()).toBe("Done.");
    expect(sent.toSorted()).toEqual(["ada", "bo"]);
    const { items } = await storage.tenant(tenant).effects.list({ runId: work.id });
    // Side by side, whichever is first.
    expect(items.map(({ target, status }) => [target, status]).toSorted()).toEqual([
      ["ada", "done"],
      ["bo", "done"],
    ]);
  });

  it("writes nothing twice when the work is begun again and the model takes another way", async () => {
    const { run, sent } = setup();
    const effectScope = { runId: "booking-1", step: "invite" };
    const dying = run([mailTo("ada", "bo"), { error: new Error("killed") }], { effectScope });
    await expect(dying.output()).rejects.toThrow("killed");
    const again = run([mailTo("bo"), mailTo("cy", "ada"), { text: "Done." }], { effectScope });
    await again.output();
    expect(sent.toSorted()).toEqual(["ada", "bo", "cy"]);
  });

  it("ends in approval.required, tells the bus, and goes on when the work is begun again", async () => {
    const { run, sent, events, approvals, storage } = setup({ approval: true });
    const told: string[] = [];
    events.on("approval-requested", ({ approvalId, tool }) => told.push(approvalId, tool));
    const effectScope = { runId: "booking-1", step: "invite" };
    const script = [mailTo("ada"), { text: "Done." }];
    const waiting = run(script, { effectScope });
    await expect(waiting.output()).rejects.toMatchObject({ code: "approval.required" });
    await waiting.settled();
    expect(await storage.tenant(tenant).runs.get(waiting.id)).toMatchObject({
      status: "failed",
      error: { code: "approval.required" },
    });
    expect((await storage.tenant(tenant).steps.list(waiting.id)).items.at(-1)).toMatchObject({
      kind: "tool",
      status: "failed",
      error: { code: "approval.required" },
    });
    expect(told[1]).toBe("email_send");

    await approvals.approve(told[0] ?? "", { tenant, by: "user:1" });
    expect(await run(script, { effectScope }).output()).toBe("Done.");
    expect(sent).toEqual(["ada"]);
  });

  it("leaves no call in the middle of a write when another one ends the run", async () => {
    const { run, storage } = setup({
      run: async ({ to }) => {
        if (to === "ada") throw new Error("cut");
        await new Promise((resolve) => setImmediate(resolve));
        return "sent";
      },
    });
    await expect(run([mailTo("ada", "bo")]).output()).rejects.toMatchObject({ code: "effect.unknown" });
    const { items } = await storage.tenant(tenant).effects.list();
    expect(items.map(({ target, status }) => [target, status])).toEqual(
      expect.arrayContaining([
        ["ada", "unknown"],
        ["bo", "done"],
      ]),
    );
  });

  it("waits for the decision where its host can", async () => {
    const { run, sent, approvals } = setup({ approval: true });
    const work = run([mailTo("ada"), { text: "Done." }], {
      onApprovalRequired: ({ id }) => approvals.approve(id, { tenant, by: "user:1" }),
    });
    expect(await work.output()).toBe("Done.");
    expect(sent).toEqual(["ada"]);
  });
});
