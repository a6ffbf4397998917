import type { Clock, IssueFact, JsonValue } from "@salesagent/ports";
import type { Approvals } from "../effects/index.js";
import { Command, type NodeContext, type NodeFunction, type UpdateOf } from "../graph/index.js";
import { WaitSignal } from "../graph/wait-signal.js";
import { askPerson } from "./ask-person.js";
import { holds } from "./condition.js";
import type {
  AgentNode,
  ApprovalNode,
  ToolNode,
  WaitNode,
  WorkflowNode,
  WorkflowOutcome,
} from "./definition.js";
import { type Mapping, readMapping, readSource, type Source } from "./mapping.js";
import { missingInput, toStepError } from "./step-errors.js";
import { StepLog } from "./step-log.js";
import { stepFailed, type Tried, tryUntilAllowed } from "./step-tries.js";
import { callTool, runAgent, type WorkMeans } from "./step-work.js";
import type { WorkflowMap } from "./workflow-map.js";
import { visitOf, type WorkflowShape, type WorkflowState } from "./workflow-state.js";

/** What the nodes of one workflow run with. */
export interface NodeMeans extends WorkMeans {
  readonly map: WorkflowMap;
  /** Where questions to persons stand. @defaultValue in the run itself, and whoever resumes it answers */
  readonly approvals: Pick<Approvals, "request" | "verify"> | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxLoggedChars: number;
}

type Update = UpdateOf<WorkflowShape>;

/** What a node came to. */
interface NodeEnd {
  readonly attempts: number;
  readonly output?: JsonValue;
  readonly outcome?: WorkflowOutcome;
  readonly error?: unknown;
  /** Where a decision goes on. */
  readonly to?: string;
}

/** One visit of a node. */
interface Visit {
  readonly state: WorkflowState;
  readonly context: NodeContext;
  readonly log: StepLog;
  readonly number: number;
}

/** Nodes that the engine runs by a function; a sub-workflow is a graph. */
export type FunctionNode = Exclude<WorkflowNode, { kind: "workflow" }>;

/** The work of a node, as the engine runs it: it writes the result and the log, and says where it goes on if it has a choice. */
export function nodeFunction(node: FunctionNode, means: NodeMeans): NodeFunction<WorkflowState, Update> {
  return async (state, context) => {
    const number = visitOf(state, node.id);
    const log = new StepLog(node, number, context, means);
    let end: NodeEnd;
    try {
      end = await perform(node, { state, context, log, number }, means);
      if (end.error !== undefined && end.outcome !== "error")
        throw stepFailed(context, end.attempts, end.error);
    } catch (error) {
      if (error instanceof WaitSignal) log.tell({ status: "waiting" });
      else if (!context.signal.aborted) log.tell({ status: "failed", error: toStepError(error) });
      throw error;
    }
    return leave(node, end, log, means);
  };
}

function leave(node: FunctionNode, end: NodeEnd, log: StepLog, { map }: NodeMeans): Update | Command<Update> {
  const { output, attempts, outcome } = end;
  const error = end.error === undefined ? undefined : toStepError(end.error);
  const entry = log.ended({ attempts, ...(outcome && { outcome }), ...(error && { error }) }, output);
  const update: Update = {
    steps: { [node.id]: error ? {} : { value: output ?? null } },
    errors: { [node.id]: error ? { value: error } : {} },
    visits: [node.id],
    log: [entry],
    ...(node.kind === "end" && { output: output ?? null }),
  };
  const exits = map.exits(node.id);
  if (node.kind === "parallel" || exits.length < 2) return update;
  const to = end.to ?? exits.find(({ on }) => on === outcome)?.to ?? "";
  return new Command({ update, goto: map.target(node.id, to) });
}

async function perform(node: FunctionNode, visit: Visit, means: NodeMeans): Promise<NodeEnd> {
  switch (node.kind) {
    case "agent":
    case "tool":
      return work(node, visit, means);
    case "decision":
      return decide(node.id, visit, means);
    case "wait":
      return wait(node, visit);
    case "approval":
      return ask(node, visit, means);
    case "end": {
      const output = given(visit, node.output, node.wholeOutput);
      visit.log.started(undefined);
      return { attempts: 1, output };
    }
    case "parallel":
      visit.log.started(undefined);
      return { attempts: 1 };
  }
}

/** @throws SalesAgentError `graph.state_invalid` when something is not there. */
function given(
  { state, context }: Pick<Visit, "state" | "context">,
  fields: Mapping | undefined,
  whole: Source | undefined,
): JsonValue {
  const issues: IssueFact[] = [];
  const value = whole ? readSource(whole, state, issues, "") : readMapping(fields ?? {}, state, issues);
  if (issues.length > 0) throw missingInput(context.graph, context.node, issues);
  return value;
}

async function work(node: AgentNode | ToolNode, visit: Visit, means: NodeMeans): Promise<NodeEnd> {
  const { state, context, log, number } = visit;
  const { clock, random, map } = means;
  const scope = { runId: context.runId, step: `${state.scope.path}${node.id}#${number}` };
  const run = async (signal: AbortSignal) => {
    const input = given(visit, node.input, node.wholeInput);
    log.started(input);
    const what = { input, context, scope };
    return node.kind === "agent" ? runAgent(node, what, means, signal) : callTool(node, what, means, signal);
  };
  const { retry, timeoutMs } = node;
  const tried: Tried<JsonValue> = await tryUntilAllowed(run, {
    ...{ context, clock, random, retry, timeoutMs },
    onWait: ({ attempt, error }) => log.tell({ status: "retrying", attempt, error: toStepError(error) }),
  });
  const { attempts } = tried;
  if (!("error" in tried)) return { attempts, output: tried.value };
  const isHandled = map.exits(node.id).some(({ on }) => on === "error");
  return isHandled ? { attempts, outcome: "error", error: tried.error } : { attempts, error: tried.error };
}

function decide(id: string, { state, log }: Visit, { map }: NodeMeans): NodeEnd {
  log.started(undefined);
  const exits = map.exits(id);
  const taken = exits.find(({ when }) => when && holds(when, state)) ?? exits.find(({ when }) => !when);
  const to = taken?.to ?? "";
  return { attempts: 1, output: { to }, to };
}

/** Remembers when it began: what comes to the node wakes it from its beginning. */
const beganAt = ({ context, log }: Visit): Promise<string> => context.step("began", () => log.now());

async function wait(node: WaitNode, visit: Visit): Promise<NodeEnd> {
  const { context, log } = visit;
  log.started(undefined, await beganAt(visit));
  if ("durationMs" in node) {
    await context.sleep(node.durationMs);
    return { attempts: 1 };
  }
  const { event, timeoutMs } = node;
  const payload =
    timeoutMs === undefined ? await context.waitFor(event) : await context.waitFor(event, { timeoutMs });
  return payload === undefined ? { attempts: 1, outcome: "timeout" } : { attempts: 1, output: payload };
}

async function ask(node: ApprovalNode, visit: Visit, { approvals }: NodeMeans): Promise<NodeEnd> {
  const shown = given(visit, node.ask, undefined);
  const began = await beganAt(visit);
  visit.log.started(shown, began);
  const answer = await askPerson({ node, shown, began, context: visit.context }, approvals);
  if (!answer) return { attempts: 1, outcome: "timeout" };
  return { attempts: 1, output: answer, ...(!answer.approved && { outcome: "refused" }) };
}
