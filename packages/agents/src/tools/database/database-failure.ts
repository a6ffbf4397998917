import { SalesAgentError } from "@salesagent/ports";
import { unreachable } from "../../egress/unreachable.js";

const service = "database";

/** What a failed query becomes, with the database's own words where they help to mend the statement. */
export function databaseFailure(error: unknown, limitMs: number): Error {
  if (SalesAgentError.is(error)) return error;
  const vendorCode = sqlState(error);
  if (!(error instanceof Error) || vendorCode === undefined) return unreachable(service, error, "safe");
  if (vendorCode === "57014" || vendorCode === "55P03") {
    return new SalesAgentError("tool.timed_out", {
      message: `The statement took longer than ${limitMs} ms. Ask for less: filter, aggregate, or use an index.`,
      facts: { tool: "database_query", limitMs },
      replay: "safe",
      cause: error,
    });
  }
  // connections, resources and the server's own state, by class
  if (/^(08|53|57|58|XX)/.test(vendorCode)) return unreachable(service, error, "safe");
  return new SalesAgentError("service.refused", {
    message: `The database refuses the statement (${vendorCode}): ${error.message.slice(0, 300)}`,
    facts: { service, vendorCode },
    replay: "safe",
    cause: error,
  });
}

function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
