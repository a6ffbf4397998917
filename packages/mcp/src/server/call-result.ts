import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { type JsonObject, type JsonValue, SalesAgentError } from "@salesagent/ports";
import { GO_ON } from "./go-on.js";
import type { ServedOutcome } from "./served-tool.js";

/** An outcome as the protocol has it: text for models, the same as data for programs. */
export function toResult({ output, failed, code }: ServedOutcome, external: boolean): CallToolResult {
  if (failed) return errorResult(code ?? "tool.failed", textOf(output));
  const text = textOf(output);
  return {
    content: [{ type: "text", text }],
    ...(isObject(output) ? { structuredContent: output } : {}),
    // Whose words these are: a client that reads it can keep them apart from its user's.
    _meta: { "salesagent/origin": external ? "external" : "tool" },
  };
}

/** What ended the work, without what a client need not know. */
export function toErrorResult(error: unknown): CallToolResult {
  if (!SalesAgentError.is(error)) return errorResult("internal", "The work failed.");
  if (!SalesAgentError.is(error, "approval.required"))
    return errorResult(error.code, `Error (${error.code}): ${error.message}`);
  const { approvalId } = error.facts;
  const text = `A person has to allow this first. Nothing was done. Its approval is ${approvalId}: tell your user, and when somebody has decided, call ${GO_ON} with it.`;
  return errorResult(error.code, text, { approvalId, goOn: { tool: GO_ON, arguments: { approvalId } } });
}

function errorResult(code: string, message: string, more: JsonObject = {}): CallToolResult {
  return {
    isError: true,
    content: [{ type: "text", text: message }],
    structuredContent: { code, message, ...more },
  };
}

function textOf(output: JsonValue): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}

function isObject(value: JsonValue): value is { [name: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
