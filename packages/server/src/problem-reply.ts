import { SalesAgentError } from "@salesagent/ports";
import { type ProblemInit, retryAfterSeconds, type ToldProblem, toProblem } from "./problem.js";
import { TextReply } from "./reply.js";

/** An error as an answer of `application/problem+json`. */
export function problemReply(error: unknown, init: ProblemInit): ToldProblem & { readonly reply: TextReply } {
  const told = toProblem(error, init);
  const { status } = told.problem;
  const reply = new TextReply(status, JSON.stringify(told.problem), {
    "content-type": "application/problem+json",
  });
  const seconds = retryAfterSeconds(error);
  if (seconds !== undefined) reply.headers.set("retry-after", String(seconds));
  if (status === 401) reply.headers.set("www-authenticate", "Bearer");
  if (SalesAgentError.is(error, "request.unknown_route") && error.facts.allowed.length > 0) {
    reply.headers.set("allow", error.facts.allowed.join(", "));
  }
  return { ...told, reply };
}
