import {
  createWorkflows,
  type StoredWorkflowName,
  storedWorkflowOf,
  type Workflows,
} from "@salesagent/core/workflow";
import type { FlowRecord, JsonObject, JsonValue } from "@salesagent/ports";
import type { AgentEntry, AgentMeans, AnyGraph, Question } from "../agents/agent-entry.js";
import { approvalIdOf } from "../session/approval-of.js";
import { toJson } from "../session/ask-person.js";
import { toldOfWorkflow } from "./step-events.js";
import { workflowRegistry } from "./workflow-registry.js";

/** Which stored workflow is meant. */
export interface WorkflowChoice {
  readonly workflow: string;
  /** @defaultValue the active one */
  readonly version?: string | undefined;
}

/** Whether a graph is that under which the runs of all stored workflows are kept. */
export const isWorkflowRun = (graph: string): boolean => graph === "stored-workflow";

/** The workflows of a store, run with what the command line has. */
export function openWorkflows(means: AgentMeans): Workflows {
  const { storage, stored: flows, effects, approvals, clock } = means;
  return createWorkflows({ storage, flows, effects, approvals, clock, ...workflowRegistry(means) });
}

/** Stored workflows as an agent that the command line runs. */
export function workflowEntry(which?: WorkflowChoice): AgentEntry {
  return {
    name: which?.workflow ?? "workflow",
    summary: "runs a stored workflow",
    fields: [],
    example: {},
    // Whether a workflow needs an input is its schema's to say.
    toInput: () => ({}),
    work: { kind: "graph", open: (means) => ({ graph: graphOf(openWorkflows(means), which) }) },
    toResult: ({ output }) => {
      // None yet, where the run waits.
      if (output === undefined) return {};
      return isObject(output) ? output : { output };
    },
    question: (wait) => {
      if (wait.kind !== "event" || approvalIdOf(wait) !== undefined) return undefined;
      return eventQuestion(wait);
    },
    tells: toldOfWorkflow,
  };
}

/** The entry for one run; nothing where it is none of a stored workflow. */
export function workflowEntryOf(record: Pick<FlowRecord, "graph" | "input">): AgentEntry | undefined {
  const which: StoredWorkflowName | undefined = storedWorkflowOf(record);
  return which && workflowEntry(which);
}

function graphOf(workflows: Workflows, which: WorkflowChoice | undefined): AnyGraph {
  const ofTenant = <Options extends { readonly tenant?: string | undefined }>(options: Options) => {
    const { tenant } = options;
    if (tenant === undefined) throw new TypeError("options.tenant must be given: workflows belong to one");
    return { ...options, tenant };
  };
  return {
    invoke: (input, options = {}) => {
      if (!which) throw new TypeError("a run begins with the name of a workflow");
      const { workflow, version } = which;
      return workflows.run(workflow, input as JsonObject, { ...ofTenant(options), version });
    },
    resume: (runId, options = {}) => workflows.resume(runId, ofTenant(options)),
    deliver: (runId, event, payload, scope = {}) => workflows.deliver(runId, event, payload, ofTenant(scope)),
    getState: (runId, scope = {}) => workflows.state(runId, ofTenant(scope)),
  };
}

function eventQuestion({ name, node, dueAt }: { name: string; node: string; dueAt?: string }): Question {
  const until = dueAt === undefined ? "" : `, until ${dueAt}`;
  return {
    text: `It waits for the event "${name}" in "${node}"${until}. What does it bring?`,
    form: `'{"text": "…"}'`,
    easy: '{"text": "[rehearsed] Gladly."}',
    give: async ({ graph }, { runId, line, tenant, signal }) => {
      await graph.deliver(runId, name, toJson(line), { tenant, signal });
    },
  };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
