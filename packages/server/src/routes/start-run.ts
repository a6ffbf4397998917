import type { JsonValue } from "@salesagent/ports";
import { z } from "zod";
import { requireQuota } from "../quota.js";
import { invalidRequest, need } from "../request-errors.js";
import type { RouteContext } from "../route.js";
import { idSchema, jsonObjectSchema, jsonSchema } from "./shared-schemas.js";

/** What a run of an agent is given. */
export const invokeBody = z.strictObject({
  input: jsonSchema.optional().describe("What the agent works on; the lead, where only `leadId` is given."),
  threadId: idSchema.optional().describe("The conversation that it belongs to."),
  leadId: idSchema.optional().describe("The stored lead that it is about."),
  campaignId: idSchema.optional(),
});

export const startBody = z.union([
  invokeBody.extend({ agent: z.string().min(1).max(200) }),
  z.strictObject({
    workflow: z.string().min(1).max(200),
    input: jsonObjectSchema.default({}),
    version: z.string().min(1).max(200).optional(),
    threadId: idSchema.optional(),
    leadId: idSchema.optional(),
  }),
]);

type Start = z.output<typeof startBody>;
type AgentStart = Extract<Start, { readonly agent: string }>;

type Context = Pick<
  RouteContext<unknown, unknown, unknown>,
  "principal" | "sales" | "server" | "stores" | "signal"
>;

/** Begins a run of whoever asks. @throws `agent.unknown`, `store.not_found`, `request.invalid`, `budget.exceeded` where the tenant's quota is used up. */
export async function startRun(context: Context, body: Start): Promise<{ readonly id: string }> {
  const { principal, sales, signal } = context;
  const { tenant, id: by } = principal;
  if ("agent" in body) {
    const input = await inputOf(context, body);
    await requireQuota(context);
    return sales.runs.start(tenant, { ...body, input, by }, { signal });
  }
  await requireQuota(context);
  return sales.runs.startWorkflow(tenant, { ...body, input: body.input, by }, { signal });
}

/** What is given, or the stored lead that it is about. */
async function inputOf({ stores, signal }: Context, { input, leadId }: AgentStart): Promise<JsonValue> {
  if (input !== undefined) return input;
  if (leadId === undefined) {
    throw invalidRequest([{ path: "body.input", message: "is missing; give it, or a leadId" }]);
  }
  const lead = await need(stores.leads.get(leadId, { signal }), "lead", leadId);
  return JSON.parse(JSON.stringify(lead)) as JsonValue;
}
