import { type ErrorFacts, SalesAgentError } from "@salesagent/ports";

/** The rule that a request breaks. */
export type BlockingRule = ErrorFacts["http.blocked"]["rule"];

/** The error of a request that was not sent. */
export function blocked(host: string, rule: BlockingRule, message: string): SalesAgentError<"http.blocked"> {
  return new SalesAgentError("http.blocked", { message, facts: { host, rule }, replay: "safe" });
}

/** The error of a name or an address that is not on the public internet. */
export function blockedAddress(host: string): SalesAgentError<"http.blocked"> {
  return blocked(
    host,
    "address",
    `${host} is, or stands for, an address that is not on the public internet. Such requests are not allowed here.`,
  );
}
