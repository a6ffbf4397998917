import { SalesAgentError } from "../error.js";
import type { StoredError } from "../stores/run-store.js";

/** The longest message that is kept of a failure, in characters. */
const LONGEST_MESSAGE = 2000;
/** What databases don't hold in texts. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;

/** A job or a schedule breaks a rule; `field` is the path of what does. Nothing was enqueued. */
export function invalidJob(queue: string, field: string, problem: string): SalesAgentError<"job.invalid"> {
  return new SalesAgentError("job.invalid", {
    message: `${field} can't be taken in: ${problem}.`,
    facts: { queue, field },
    replay: "safe",
  });
}

/** The engine was closed before the call. */
export function closedEngine(): SalesAgentError<"job.unavailable"> {
  return new SalesAgentError("job.unavailable", {
    message: "The job engine was closed before this call. Nothing was read or written; open another one.",
    facts: {},
    replay: "safe",
  });
}

/** Why the signal of a job aborts whose worker stops before the job is done. */
export function workerStopped(queue: string): SalesAgentError<"job.unavailable"> {
  return new SalesAgentError("job.unavailable", {
    message: `The worker of queue ${queue} stopped before the job was done; the job was given back.`,
    facts: {},
    replay: "safe",
  });
}

/** Why the signal of a job aborts whose time is over. */
export function jobTimedOut(queue: string, limitMs: number): SalesAgentError<"call.timed_out"> {
  return new SalesAgentError("call.timed_out", {
    message: `A job of queue ${queue} was not done within ${limitMs} ms. Raise timeoutMs, or make the job smaller.`,
    facts: { name: queue, limitMs },
    replay: "unsafe",
  });
}

/** Whatever a handler threw, as it is kept with a job that failed for good. */
export function toJobError(thrown: unknown): StoredError {
  const { code, message } = describe(thrown);
  return { code, message: message.slice(0, LONGEST_MESSAGE).replace(UNSTORABLE, "\uFFFD") };
}

function describe(thrown: unknown): StoredError {
  if (SalesAgentError.is(thrown)) return { code: thrown.code, message: thrown.message };
  if (thrown instanceof Error) return { code: "internal", message: `${thrown.name}: ${thrown.message}` };
  return { code: "internal", message: `The handler threw ${toText(thrown)}, which is not an error.` };
}

function toText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
