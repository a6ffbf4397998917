import type { Approvals } from "@salesagent/core/effects";
import { type ApprovalRecord, type JsonObject, SalesAgentError } from "@salesagent/ports";
import { actorOf, type ServedOwnTool } from "./serve-tool.js";
import type { ServedCall, ServedOutcome, ServedTool } from "./served-tool.js";
import type { KeptRuns } from "./waiting-runs.js";

/** The tool by which a client goes on with a call that waited for a person. */
export const GO_ON = "go_on";

/**
 * Serves the tool that goes on after a person's word. A person decides elsewhere, in the host's app: no client can decide here.
 */
export function serveGoOn(
  approvals: Approvals,
  tools: ReadonlyMap<string, ServedOwnTool>,
  runs: KeptRuns,
): ServedTool {
  return {
    name: GO_ON,
    description:
      "Goes on with a call that was answered with approval.required, once a person has decided. Give the approvalId of that answer. While nobody has decided it says so, and does nothing.",
    inputSchema: {
      type: "object",
      properties: { approvalId: { type: "string", maxLength: 200 } },
      required: ["approvalId"],
      additionalProperties: false,
    },
    writes: true,
    external: false,
    async call(call) {
      const { principal, signal } = call;
      const { tenant, id } = principal;
      const approvalId = String(call.input["approvalId"] ?? "");
      const record = await approvals.get(approvalId, { tenant, signal });
      const goOn = record && (runs.find(approvalId, `${tenant}\n${id}`) ?? ownCall(record, tools, call));
      if (!goOn) throw unknownApproval(approvalId);
      if (record.status === "pending") return stillPending(record);
      return goOn(call);
    },
  };
}

/** The call as it is on record: the same run, tool and arguments, which is what the person decided on. */
function ownCall(
  { agent, tool: name, runId, arguments: input }: ApprovalRecord,
  tools: ReadonlyMap<string, ServedOwnTool>,
  { principal }: ServedCall,
): ((call: ServedCall) => Promise<ServedOutcome>) | undefined {
  const tool = tools.get(name);
  if (!tool || agent !== actorOf(principal) || runId === undefined) return undefined;
  return (call) => tool.goOn({ ...call, input: input as JsonObject }, runId);
}

function stillPending({ id, expiresAt }: ApprovalRecord): ServedOutcome {
  const output = {
    status: "pending",
    approvalId: id,
    expiresAt,
    message: "Nobody has decided yet. Nothing was done.",
  };
  return { output, failed: false };
}

/** Another's approval and none are told apart by nobody. */
function unknownApproval(approvalId: string): SalesAgentError<"approval.invalid"> {
  return new SalesAgentError("approval.invalid", {
    message: `The approval ${approvalId.slice(0, 100)} is not one of your calls. Call the tool or the agent anew.`,
    facts: { approvalId: approvalId.slice(0, 200), problem: "unknown" },
    replay: "safe",
  });
}
