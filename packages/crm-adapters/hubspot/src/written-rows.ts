import { type CrmWritten, SalesAgentError } from "@salesagent/ports";
import { type Fields, textOf } from "./read-json.js";

/** What became of a row that failed. @throws What is no failure of the row: an abort, a slip. */
export function failedRow(error: unknown): CrmWritten {
  if (!SalesAgentError.is(error)) throw error;
  return { status: error.replay === "unsafe" ? "unknown" : "refused", error };
}

/** A row that HubSpot refuses for a reason that is none of the CRM's own. */
export function refusedRow(body: Fields): SalesAgentError {
  const vendorCode = textOf(body["category"]);
  return new SalesAgentError("service.refused", {
    message: "hubspot: a row of a batch is refused. The same row brings the same answer.",
    facts: { service: "hubspot", ...(vendorCode === undefined ? {} : { vendorCode }) },
    replay: "safe",
  });
}

/** HubSpot says nothing of this row. */
export function lostRow(): CrmWritten {
  const error = new SalesAgentError("service.malformed_response", {
    message:
      "hubspot: the answer to a batch says nothing of this row. Look it up before it is written again.",
    facts: { service: "hubspot" },
    replay: "unsafe",
  });
  return { status: "unknown", error };
}
