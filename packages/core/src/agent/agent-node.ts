import type { ApprovalRecord, JsonValue } from "@salesagent/ports";
import type { NodeContext, NodeFunction, NodeResult } from "../graph/index.js";
import { toRecord } from "../kernel/to-record.js";
import type { BaseAgent, RunOptions } from "./base-agent.js";
import type { RunEvent } from "./run-event.js";

/** How an agent is run as a step of a node. */
export interface AgentStepOptions<Output, Own extends { readonly type: string } = never> {
  /** Names the step; unique in the node. @defaultValue the agent's name */
  readonly step?: string | undefined;
  /**
   * Which of the agent's events go to whoever reads the graph's stream, as `{ agent, event }` of `custom` events.
   *
   * @defaultValue none, and models answer whole
   */
  readonly forward?: boolean | ((event: RunEvent<Output, Own>) => boolean) | undefined;
  /**
   * Told each event of the agent's run, and awaited, so that whoever keeps them holds the agent back. What it throws ends the node.
   * Events of an earlier life of the run, which it recalls, say so by `recalled`.
   *
   * @defaultValue none
   */
  readonly sink?: EventSink<NoInfer<RunEvent<Output, Own>>> | undefined;
  /**
   * Told of a call that waits for a person. Give `waitForApproval`: the run waits, for each such call, and goes on when it is
   * decided; the agent begins again with what it remembers, and its ledger lets the decided call through. What a function of your
   * own throws ends the node.
   *
   * @defaultValue the node fails with `approval.required`
   */
  readonly onApprovalRequired?: ((approval: ApprovalRecord, context: NodeContext) => unknown) | undefined;
  /** What else the agent's run is told. */
  readonly run?:
    | Pick<RunOptions, "leadId" | "campaignId" | "threadId" | "subjects" | "spendCap" | "timeouts">
    | undefined;
}

/** Keeps the events of an agent's run. */
export interface EventSink<Event> {
  write(event: Event): void | Promise<void>;
  /** Resolves when all that was written stands: what the run remembers is told before it is remembered. */
  flush(): Promise<void>;
}

/** How an agent stands in a graph. */
export interface AgentNodeOptions<State, Update, Input, Output, Own extends { readonly type: string } = never>
  extends Omit<AgentStepOptions<Output, Own>, "run"> {
  /** What the agent is given. */
  readonly input: (state: State, context: NodeContext) => Input;
  /** What the node writes of the agent's output, or a command. */
  readonly output: (output: Output, state: State) => NodeResult<Update>;
  /**
   * What the node gives when the agent's run fails; it may throw. Not asked about aborts.
   *
   * @defaultValue the node fails
   */
  readonly recover?: ((error: unknown, state: State) => NodeResult<Update>) | undefined;
  /** What else the agent's run is told. */
  readonly run?: ((state: State) => AgentStepOptions<Output, Own>["run"]) | undefined;
}

/**
 * An agent as a node of a graph. Its run belongs to the graph's run: same tenant, same end, on record as its child. What it came
 * to is remembered, and on the way there each answer of its model and what its tools found, so that a node that goes on after a wait
 * or a crash does not pay for it again; what its tools write is named by the task, so that nothing is done twice.
 *
 * @example
 * ```ts
 * graph.addNode("qualify", agentNode(agent, { input: ({ lead }) => lead, output: ({ score }) => ({ score }) }));
 * ```
 * @throws When it runs: TypeError where the graph's run has no tenant; what the agent's run throws.
 */
export function agentNode<State, Update, Input, Output, Own extends { readonly type: string } = never>(
  agent: BaseAgent<Input, Output, Own>,
  options: AgentNodeOptions<State, Update, Input, Output, Own>,
): NodeFunction<State, Update> {
  const { input, output, recover, run, ...shared } = options;
  return async (state, context) => {
    let given: Output;
    try {
      const step = { ...shared, run: run?.(state) };
      given = await agentStep(context, agent, input(state, context), step);
    } catch (error) {
      if (!recover || context.signal.aborted) throw error;
      return recover(error, state);
    }
    return output(given, state);
  };
}

/**
 * Runs an agent as one remembered step of a node, for nodes that do more than that; see {@link agentNode}.
 *
 * @throws TypeError where the graph's run has no tenant; what the agent's run throws.
 */
export function agentStep<Input, Output, Own extends { readonly type: string } = never>(
  context: NodeContext,
  agent: BaseAgent<Input, Output, Own>,
  input: Input,
  options: AgentStepOptions<Output, Own> = {},
): Promise<Output> {
  const { step = agent.name, forward = false, sink, onApprovalRequired } = options;
  const { tenant, runId, signal } = context;
  if (tenant === undefined) {
    throw new TypeError(
      `The agent "${agent.name}" in the node "${context.node}" needs a tenant: graph.invoke(input, { tenant })`,
    );
  }
  return context.step(step, async () => {
    const run = agent.run(input, {
      ...options.run,
      ...{ tenant, signal, parentRunId: runId, delivery: forward === false && !sink ? "whole" : "streamed" },
      effectScope: { runId, step: `${context.taskKey}/${step}` },
      parts: {
        recall: (part) => context.recall(`${step}/${part}`),
        remember: async (part, value) => {
          await sink?.flush();
          await context.remember(`${step}/${part}`, value);
        },
      },
      ...(onApprovalRequired && {
        onApprovalRequired: (approval: ApprovalRecord) => onApprovalRequired(approval, context),
      }),
    });
    if (forward !== false || sink) {
      for await (const event of run) {
        const kept = sink?.write(event);
        if (kept) await kept;
        if (forward === true || (forward !== false && forward(event))) {
          context.emit(toData({ agent: agent.name, event }));
        }
      }
    }
    // What a model wrote may hold characters that no storage takes.
    return toRecord(await run.output());
  });
}

const toData = (value: object): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
