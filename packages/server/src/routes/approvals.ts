import { z } from "zod";
import { jsonBody } from "../body.js";
import { need } from "../request-errors.js";
import { type Route, route } from "../route.js";
import {
  idParams,
  idSchema,
  jsonSchema,
  pageQuery,
  pageSchema,
  readPage,
  timeSchema,
} from "./shared-schemas.js";

const statusSchema = z.enum(["pending", "approved", "refused", "expired", "used"]);

export const approvalSchema = z
  .object({
    id: z.string(),
    agent: z.string(),
    tool: z.string(),
    callId: z.string(),
    runId: z.string().optional(),
    argumentsHash: z.string(),
    arguments: jsonSchema,
    status: statusSchema,
    decidedBy: z.string().optional(),
    decidedAt: timeSchema.optional(),
    reason: z.string().optional(),
    editedArguments: jsonSchema.optional(),
    editedArgumentsHash: z.string().optional(),
    requestedAt: timeSchema,
    expiresAt: timeSchema,
  })
  .meta({ id: "Approval" });

const decisionBody = z.strictObject({
  decision: z.enum(["approved", "refused"]),
  reason: z.string().min(1).max(2_000).optional(),
  editedArguments: jsonSchema.optional().describe("What shall run instead; with an approval."),
});

const tag = "approvals";

export const approvalRoutes: readonly Route[] = [
  route({
    ...{ method: "GET", path: "/approvals", tag, permission: "approvals:read" },
    summary: "Calls that wait for a person, or waited; latest first",
    query: z.strictObject({ ...pageQuery, status: statusSchema.optional(), runId: idSchema.optional() }),
    answer: { description: "A page of approvals.", schema: pageSchema(approvalSchema) },
    handler: ({ principal: { tenant }, query: { after, limit, ...filter }, sales, signal }) =>
      readPage({ after, limit }, (page) => sales.approvals.list({ tenant, ...filter }, page, { signal })),
  }),
  route({
    ...{ method: "GET", path: "/approvals/{id}", tag, permission: "approvals:read" },
    summary: "One approval",
    params: idParams,
    answer: { description: "The approval.", schema: approvalSchema },
    handler: ({ principal: { tenant }, params: { id }, sales, signal }) =>
      need(sales.approvals.get(id, { tenant, signal }), "approval", id),
  }),
  route({
    ...{ method: "POST", path: "/approvals/{id}", tag, permission: "approvals:decide" },
    summary: "Decides, once; a run that waits for it goes on. Who decides is whoever asks",
    params: idParams,
    body: jsonBody(
      decisionBody.refine(
        ({ decision, editedArguments }) => decision === "approved" || editedArguments === undefined,
        {
          path: ["editedArguments"],
          message: "goes with an approval",
        },
      ),
    ),
    answer: { description: "The approval as it was decided.", schema: approvalSchema },
    handler({ principal: { tenant, id: by }, params: { id }, body, sales, signal }) {
      const { decision, reason, editedArguments } = body;
      const who = { tenant, by, signal };
      if (decision === "refused")
        return sales.approvals.refuse(id, { ...who, reason: reason ?? "No reason given." });
      return sales.approvals.approve(id, {
        ...who,
        ...(reason !== undefined && { reason }),
        ...(editedArguments !== undefined && { editedArguments }),
      });
    },
  }),
];
