import type { AgentOptions } from "@salesagent/core/agent";
import type { Checkpointer, CompileOptions } from "@salesagent/core/graph";

/** What every agent that is a graph is made with, besides what its models need. */
export interface FlowOptions extends AgentOptions {
  /** Keeps its runs, so that they outlive a failure or the process. @defaultValue none */
  readonly checkpointer?: Checkpointer | undefined;
  /** Tells whoever reads the stream what the models do, token by token. @defaultValue false: what the nodes came to */
  readonly forward?: boolean | undefined;
}

/** How the graph of such an agent is compiled. */
export function compileOptions(
  name: string,
  recursionLimit: number,
  { checkpointer, clock, createId }: FlowOptions,
): CompileOptions {
  return {
    ...{ name, recursionLimit },
    ...(checkpointer && { checkpointer }),
    ...(clock && { clock }),
    ...(createId && { newId: createId }),
  };
}

/** How the agents in it run. */
export const stepOptions = ({ forward = false }: FlowOptions) => ({ forward });

/** What a node of such an agent may write. */
export type UpdateOfState<State> = { readonly [Name in keyof State]?: State[Name] | undefined };
