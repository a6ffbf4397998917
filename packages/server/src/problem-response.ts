import { SalesAgentError } from "@salesagent/ports";
import { type ProblemInit, retryAfterSeconds, type ToldProblem, toProblem } from "./problem.js";

/** An error as a response of `application/problem+json`. */
export function problemResponse(
  error: unknown,
  init: ProblemInit,
): ToldProblem & { readonly response: Response } {
  const told = toProblem(error, init);
  const headers = new Headers({ "content-type": "application/problem+json" });
  const seconds = retryAfterSeconds(error);
  if (seconds !== undefined) headers.set("retry-after", String(seconds));
  if (told.problem.status === 401) headers.set("www-authenticate", "Bearer");
  if (SalesAgentError.is(error, "request.unknown_route") && error.facts.allowed.length > 0) {
    headers.set("allow", error.facts.allowed.join(", "));
  }
  const response = new Response(JSON.stringify(told.problem), { status: told.problem.status, headers });
  return { ...told, response };
}
