import type { ApprovalRecord, JsonObject, JsonValue, StandardSchema } from "@salesagent/ports";
import { type Approvals, approvalEvent } from "../effects/index.js";
import type { NodeContext } from "../graph/index.js";
import { sha256Base64Url } from "../kernel/sha256.js";
import type { ApprovalAnswer, ApprovalNode } from "./definition.js";
import { toValidator } from "./json-schema.js";

/** What a person is asked. */
export interface PersonQuestion {
  readonly node: ApprovalNode;
  readonly shown: JsonValue;
  /** When it was asked first, ISO 8601 in UTC. */
  readonly began: string;
  readonly context: NodeContext;
}

type Answer = ApprovalAnswer & JsonObject;

const answerSchema = toValidator({
  type: "object",
  properties: {
    approved: { type: "boolean" },
    by: { type: "string", minLength: 1 },
    reason: { type: "string" },
    data: true,
  },
  required: ["approved", "by"],
  additionalProperties: false,
}) as StandardSchema<unknown, Answer>;

/** No end that anybody lives to see; an approval needs one. */
const NEVER = "9999-12-31T23:59:59.999Z";

/** @returns What a person answered; nothing when the time was over first. */
export async function askPerson(
  question: PersonQuestion,
  approvals: Pick<Approvals, "request" | "verify"> | undefined,
): Promise<Answer | undefined> {
  const { node, shown, began, context } = question;
  const { timeoutMs } = node;
  const until = timeoutMs === undefined ? undefined : new Date(Date.parse(began) + timeoutMs).toISOString();
  if (approvals) return decisionOf(question, until ?? NEVER, approvals);
  return context.interrupt({ approval: node.id, ask: shown }, { schema: answerSchema, until });
}

/** What comes to the run only wakes it: what was decided stands in the approval, bound to this run and this node. */
async function decisionOf(
  { node, shown, context }: PersonQuestion,
  expiresAt: string,
  approvals: Pick<Approvals, "request" | "verify">,
): Promise<Answer | undefined> {
  const { tenant, runId, taskKey, graph, signal } = context;
  if (tenant === undefined) throw new TypeError("options.tenant must be given: approvals belong to a tenant");
  const id = `apr_${await sha256Base64Url(JSON.stringify([runId, taskKey]))}`;
  const subject = { agent: `workflow:${graph}`, tool: node.id, runId, callId: taskKey };
  const request = () => approvals.request({ ...subject, tenant, id, arguments: shown, expiresAt, signal });
  const standing = await request();
  if (standing.decidedBy !== undefined) return toAnswer(standing);
  const asked = { approval: node.id, approvalId: id, ask: shown };
  for (let told = 0; ; told++) {
    const word = context.interrupt(asked, { name: approvalEvent(id), until: expiresAt });
    if (word === undefined) {
      const late = await request();
      return late.decidedBy === undefined ? undefined : toAnswer(late);
    }
    // Remembered, so that a forged word is put on the audit trail once.
    const decided = await context.step(`told-${told}`, () => approvals.verify(id, { tenant, signal }));
    if (decided) return toAnswer(decided);
  }
}

function toAnswer({ status, decidedBy = "", reason, editedArguments }: ApprovalRecord): Answer {
  return {
    approved: status !== "refused",
    by: decidedBy,
    ...(reason !== undefined && { reason }),
    ...(editedArguments !== undefined && { data: editedArguments }),
  };
}
