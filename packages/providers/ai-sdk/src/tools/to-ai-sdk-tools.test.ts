import { createApprovals, createEffects } from "@salesagent/core/effects";
import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { memoryStorage } from "@salesagent/storage-memory";
import { generateText, jsonSchema, stepCountIs } from "ai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { plannedModel } from "./testing/planned-model.js";
import { type ToAiSdkToolsContext, toAiSdkTools } from "./to-ai-sdk-tools.js";

function setup(fails?: () => Promise<never>) {
  const storage = memoryStorage();
  const sent: string[] = [];
  const lookUp = defineTool({
    name: "look_up",
    description: "Looks a company up.",
    input: z.object({ company: z.string().min(1), limit: z.coerce.number().default(5) }),
    effect: "read",
    run: ({ company, limit }, { tenant }) => ({ company, limit, tenant }),
  });
  const mail = (approval?: true) =>
    defineTool({
      name: "mail",
      description: "Sends a mail.",
      input: z.object({ to: z.string() }),
      effect: "write",
      target: ({ to }) => to,
      ...(approval ? { approval } : {}),
      run: ({ to }) => fails?.() ?? { sent: sent.push(to) },
    });
  const effects = createEffects({ storage });
  const approvals = createApprovals({ storage });
  const context = { jsonSchema, tenant: "acme", effects };
  return { sent, lookUp, mail, approvals, context };
}

const MAIL = { name: "mail", input: { to: "ada@figma.com" } };

async function generate<Schema>(
  tools: readonly AnyTool[],
  context: ToAiSdkToolsContext<Schema> & { readonly jsonSchema: typeof jsonSchema },
  plan: Parameters<typeof plannedModel>[0],
) {
  const model = plannedModel(plan);
  const result = await generateText({
    model,
    tools: toAiSdkTools(tools, context),
    prompt: "Go.",
    stopWhen: stepCountIs(6),
  });
  const parts = result.steps.flatMap(({ content }) => content);
  return { parts, model, text: result.text };
}

describe("our tools in the AI SDK", () => {
  it("are called by generateText, with their input checked and completed", async () => {
    const { lookUp, context } = setup();
    const plan = [
      { calls: [{ name: "look_up", input: { company: "Figma", limit: "3" } }] },
      { text: "Known." },
    ];
    const { parts, text, model } = await generate([lookUp], context, plan);
    expect(parts.find(({ type }) => type === "tool-result")).toMatchObject({
      output: { company: "Figma", limit: 3, tenant: "acme" },
    });
    expect(text).toBe("Known.");
    expect(model.doGenerateCalls[0]?.tools?.[0]).toMatchObject({
      name: "look_up",
      description: "Looks a company up.",
      inputSchema: { properties: { company: { type: "string" } }, required: ["company"] },
    });
  });

  it("tell the model what is wrong with its input", async () => {
    const { lookUp, context } = setup();
    const plan = [{ calls: [{ name: "look_up", input: { company: "" } }] }, { text: "Sorry." }];
    const { parts } = await generate([lookUp], context, plan);
    expect(parts.find(({ type }) => type === "tool-call")).toMatchObject({ invalid: true });
    const wrong = parts.find(({ type }) => type === "tool-error");
    expect(String(wrong && "error" in wrong && wrong.error)).toMatch(/company: .*>=1/);
  });

  it("write once, however often the same work is begun", async () => {
    const { mail, sent, context } = setup();
    const plan = [{ calls: [MAIL] }, { text: "Sent." }];
    await generate([mail()], { ...context, runId: "r1" }, plan);
    await generate([mail()], { ...context, runId: "r1" }, plan);
    expect(sent).toEqual(["ada@figma.com"]);
    await generate([mail()], { ...context, runId: "r2" }, plan);
    expect(sent).toHaveLength(2);
  });

  it("wait for a person: nothing is done, and the run is told to end", async () => {
    const { mail, sent, approvals, context } = setup();
    const ends: { code?: string; facts?: { approvalId: string } }[] = [];
    const onEnd = (error: unknown) => void ends.push(error as never);
    const asked = { ...context, runId: "r1", onEnd };
    await generate([mail(true)], asked, [{ calls: [MAIL] }, { calls: [MAIL] }, { text: "Well." }]);
    expect(ends.map(({ code }) => code)).toEqual(["approval.required"]);
    expect(sent).toEqual([]);
    await approvals.approve(ends[0]?.facts?.approvalId ?? "", { tenant: "acme", by: "user:1" });
    await generate([mail(true)], asked, [{ calls: [MAIL] }, { text: "Sent." }]);
    expect(sent).toEqual(["ada@figma.com"]);
  });

  it("are not tried again by a model where nobody knows whether something was done", async () => {
    let tries = 0;
    const { mail, context } = setup(() => {
      tries++;
      return Promise.reject(new Error("socket hang up"));
    });
    const plan = [
      { calls: [MAIL] },
      { calls: [MAIL] },
      { calls: [{ ...MAIL, input: { to: "bo@figma.com" } }] },
      { text: "" },
    ];
    const { parts } = await generate([mail()], context, plan);
    expect(tries).toBe(1);
    expect(parts.filter(({ type }) => type === "tool-error")).toHaveLength(3);
  });

  it("are refused where they could not be held", () => {
    const { mail, lookUp, context } = setup();
    expect(() => toAiSdkTools([mail()], { jsonSchema, tenant: "acme" })).toThrow("toAiSdkTools.effects");
    expect(() => toAiSdkTools([lookUp, lookUp], context)).toThrow("one name");
  });
});
