import type { FlowClaim, FlowStore, JsonObject, JsonValue, StoredError } from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import { storedError } from "../agent/stored-form.js";
import { approvalEvent } from "../effects/index.js";
import type { FlowObserver, FlowRest, GraphEvent, WaitFor } from "../graph/index.js";
import { KEPT_UNDER } from "../workflow/stored-workflow-of.js";
import { agentOfGraph } from "./agent-run-graph.js";
import type { WaitingApproval } from "./live-runs.js";
import type { StreamEnd, StreamEvent } from "./live-streams.js";
import type { RunTeller } from "./run-teller.js";

/** Tells in the streams of runs how they rest and end, before that is put on record; and of workflows what they do. */
export function runObserver(teller: RunTeller, flowsOf: (tenant: string) => FlowStore): FlowObserver {
  return {
    happened(event, claim) {
      if (claim.graph !== KEPT_UNDER) return;
      const telling = teller.of(claim);
      if (event.type === "run-started") {
        telling.queue(async () => ({
          type: (await telling.isResumed()) ? "run-resumed" : "run-started",
          data: { runId: event.runId },
        }));
      }
      const told = workflowEvent(event);
      if (told) telling.queue(() => told);
    },
    async resting(rest, claim) {
      if (!isTold(claim)) return;
      const stop = rest.kind === "cancelled" ? (await flowsOf(claim.tenant).get(claim.id))?.stop : undefined;
      await teller.of(claim).rest(eventsOf(rest, claim, stop), endOf(rest));
    },
    left: (claim) => teller.left(claim),
  };
}

const isTold = ({ graph }: FlowClaim): boolean => graph === KEPT_UNDER || agentOfGraph(graph) !== undefined;

function workflowEvent(event: GraphEvent): StreamEvent | undefined {
  if (event.type !== "custom") return undefined;
  const { type, ...data } = (event.data ?? {}) as JsonObject;
  return typeof type === "string" && type !== "" ? { type: type.slice(0, 100), data } : undefined;
}

function eventsOf(
  rest: FlowRest,
  { graph }: FlowClaim,
  stop: { readonly by: string; readonly reason: string } | undefined,
): readonly StreamEvent[] {
  switch (rest.kind) {
    case "waiting":
      return waitingEvents(rest.on, graph);
    case "completed":
      return [{ type: "run-completed", data: completedData(rest.output) }];
    case "failed":
      return [{ type: "run-failed", data: { ...errorOf(rest.error) } }];
    case "cancelled":
      return [{ type: "run-cancelled", data: stop ? { by: stop.by, reason: stop.reason } : {} }];
  }
}

/** An agent asks for approvals itself, and tells more of them. */
function waitingEvents(on: readonly WaitFor[], graph: string): readonly StreamEvent[] {
  const asked = agentOfGraph(graph) === undefined ? approvalsOf(on) : [];
  return [
    ...asked.map((approval) => ({ type: "approval-requested", data: { ...approval } })),
    { type: "run-waiting", data: { on: on as unknown as JsonValue } },
  ];
}

function completedData(output: JsonValue): JsonObject {
  const { result, output: value } = output as JsonObject;
  if (result === undefined) return { output: value ?? null };
  const { output: answer = null, summary = null } = result as JsonObject;
  return { output: answer, summary };
}

function endOf(rest: FlowRest): StreamEnd | undefined {
  if (rest.kind === "waiting") return undefined;
  return rest.kind === "failed" ? { status: "failed", error: errorOf(rest.error) } : { status: rest.kind };
}

/** What failed, without the graph around it. */
function errorOf(error: unknown): StoredError {
  let inner = error;
  while (SalesAgentError.is(inner, "graph.node_failed") && inner.cause !== undefined) inner = inner.cause;
  return storedError(inner);
}

/** Calls that a run waits for a person with. */
export function approvalsOf(on: readonly WaitFor[]): readonly WaitingApproval[] {
  return on.flatMap((wait) => {
    if (wait.kind !== "interrupt") return [];
    const { approvalId, tool } = (wait.payload ?? {}) as JsonObject;
    if (typeof approvalId !== "string" || wait.name !== approvalEvent(approvalId)) return [];
    return [{ approvalId, tool: typeof tool === "string" ? tool : wait.node }];
  });
}
