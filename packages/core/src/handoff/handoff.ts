import {
  type Job,
  type JobRequest,
  type JsonObject,
  type JsonValue,
  SalesAgentError,
} from "@salesagent/ports";

/** Work on its way to an agent, as its job carries it. Plain JSON. */
export type Handoff = {
  /** The run that stands for it. */
  readonly runId: string;
  readonly agent: string;
  readonly payload: JsonValue;
  /** The agents that it went through, the one that handed it on last. */
  readonly path: readonly string[];
  readonly priority: number;
  /** The run that handed it over. */
  readonly parentRunId?: string;
  readonly leadId?: string;
  readonly campaignId?: string;
  readonly threadId?: string;
  readonly traceparent?: string;
  /** The run of a graph that waits for its end. */
  readonly waiter?: string;
  /** How often it was put off. */
  readonly putOff?: number;
  /** The approval that it was put off for. */
  readonly approvalId?: string;
};

/** What a run of a graph waits for that handed work over. */
export const endEvent = (runId: string): string => `handoff:${runId}`;

/** The name under which a handoff stands among runs. */
export const recordName = (agent: string): string => `handoff:${agent}`;

/** Whether a run is a handoff, and none of an agent. */
export const isRecordName = (name: string): boolean => name.startsWith("handoff:");

/** The job that carries it. */
export function toJob(
  handoff: Handoff,
  job: Pick<JobRequest, "queue" | "tenant" | "delayMs" | "key">,
): JobRequest {
  return { ...job, payload: handoff, priority: handoff.priority };
}

/** @throws `job.invalid` when the job was not enqueued by a handoff. */
export function readHandoff({ queue, payload }: Job): Handoff {
  if (isHandoff(payload)) return payload;
  throw new SalesAgentError("job.invalid", {
    message: `A job of the queue ${queue} is no handoff. Let nothing but handoffs into this queue.`,
    facts: { queue, field: "payload" },
    replay: "safe",
  });
}

/** Whether a job's payload is one. */
export function isHandoff(payload: JsonValue): payload is Handoff {
  const { runId, agent, path } = isObject(payload) ? (payload as Readonly<Record<string, JsonValue>>) : {};
  return typeof runId === "string" && typeof agent === "string" && Array.isArray(path);
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
