import { SalesAgentError } from "@salesagent/ports";
import { invalidJob } from "@salesagent/ports/job-rules";

/** A failure of the database, told in the words of jobs. What isn't one is passed on. */
export function toJobFailure(error: unknown): unknown {
  if (SalesAgentError.is(error, "store.invalid")) {
    return invalidJob("", error.facts.field, "the database refused it");
  }
  if (!SalesAgentError.is(error, "store.unavailable")) return error;
  const { vendorCode } = error.facts;
  return new SalesAgentError("job.unavailable", {
    message: error.message,
    facts: vendorCode === undefined ? {} : { vendorCode },
    replay: error.replay,
    cause: error.cause,
  });
}
