import type { IssueFact } from "@salesagent/ports";
import type { InputOf, StateOf, SubGraphOptions, UpdateOf } from "../graph/index.js";
import type { SubWorkflowNode } from "./definition.js";
import { readMapping, readSource } from "./mapping.js";
import type { NodeMeans } from "./node-function.js";
import { missingInput } from "./step-errors.js";
import { visitOf, type WorkflowLogEntry, type WorkflowShape } from "./workflow-state.js";

type Options = SubGraphOptions<
  StateOf<WorkflowShape>,
  UpdateOf<WorkflowShape>,
  StateOf<WorkflowShape>,
  InputOf<WorkflowShape>
>;

/** How a workflow's state goes together with that of the workflow that it is a node of. */
export function subWorkflowOptions(node: SubWorkflowNode, graph: string, means: NodeMeans): Options {
  const { id } = node;
  return {
    input(state) {
      const issues: IssueFact[] = [];
      const { input = {}, wholeInput } = node;
      const given = wholeInput
        ? readSource(wholeInput, state, issues, "")
        : readMapping(input, state, issues);
      if (issues.length > 0) throw missingInput(graph, id, issues);
      const path = `${state.scope.path}${id}#${visitOf(state, id)}/`;
      // What is no object is refused by the inner workflow's own schema.
      return { input: given as InputOf<WorkflowShape>["input"], scope: { ...state.scope, path } };
    },
    output({ log, output, scope }) {
      return {
        steps: { [id]: { value: output ?? null } },
        visits: [id],
        log: [
          ...log.map((entry) => ({ ...entry, node: `${id}/${entry.node}` })),
          entryOf(node, { log, output, scope }, means),
        ],
      };
    },
  };
}

function entryOf(
  { id }: SubWorkflowNode,
  { log, output, scope }: Pick<StateOf<WorkflowShape>, "log" | "output" | "scope">,
  { clock, maxLoggedChars }: NodeMeans,
): WorkflowLogEntry {
  const endedAt = new Date(clock.now()).toISOString();
  const text = JSON.stringify(output ?? null);
  return {
    node: id,
    kind: "workflow",
    visit: Number(/#(\d+)\/$/.exec(scope.path)?.[1]),
    status: "completed",
    startedAt: log[0]?.startedAt ?? endedAt,
    endedAt,
    output: text.length > maxLoggedChars ? `${text.slice(0, maxLoggedChars)}…` : text,
  };
}
