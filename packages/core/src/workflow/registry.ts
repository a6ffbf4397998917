import type { RunOptions } from "../agent/base-agent.js";
import type { AnyTool } from "../tools/tool.js";
import type { WorkflowDefinition } from "./definition.js";

/** An agent as workflows run it: every agent of this SDK is one. */
export interface WorkflowAgent {
  readonly name: string;
  run(input: never, options: RunOptions): { output(): Promise<unknown> };
}

/** What the nodes of workflows may name. */
export interface WorkflowRegistry {
  readonly agents?: readonly WorkflowAgent[] | undefined;
  readonly tools?: readonly AnyTool[] | undefined;
  /** What `workflow` nodes run; several versions of one name may stand side by side. */
  readonly workflows?: readonly WorkflowDefinition[] | undefined;
}
