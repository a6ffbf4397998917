import { type JsonValue, SalesAgentError } from "@salesagent/ports";
import type { HandoffQueue, QueuedHandoffOptions } from "../agent/handoff-queue.js";
import type { NodeContext, NodeFunction, NodeResult } from "../graph/index.js";
import { endEvent } from "./handoff.js";
import { handoffFailed } from "./handoff-errors.js";
import { type HandoffEnd, UNKNOWN } from "./handoff-records.js";
import type { HandoffTarget } from "./handoffs.js";

/** How a node hands work over. */
export interface HandoffStepOptions extends Omit<QueuedHandoffOptions, "in" | "key" | "signal"> {
  /** Where the work goes; its storage is the one that keeps the graph's runs. */
  readonly through: HandoffQueue;
  /** Names the step; unique in the node. @defaultValue the agent's name */
  readonly step?: string | undefined;
  /** How long the end is waited for, in milliseconds. @defaultValue as long as it takes */
  readonly timeoutMs?: number | undefined;
  /** The agents that the graph's own work went through. @defaultValue none: the path begins here */
  readonly path?: readonly string[] | undefined;
  /** The span that it belongs to, as W3C Trace Context names it. */
  readonly traceparent?: string | undefined;
}

/** How a node of a graph that hands work over is made. */
export interface HandoffNodeOptions<State, Update, Input>
  extends Pick<HandoffStepOptions, "through" | "timeoutMs" | "step"> {
  /** What the agent is given. */
  readonly input: (state: State, context: NodeContext) => Input;
  /** What the node writes of what the agent's run came to, or a command. */
  readonly output: (output: JsonValue, state: State) => NodeResult<Update>;
  /**
   * What the node gives when the work fails, or its time is over; it may throw. Not asked about aborts.
   *
   * @defaultValue the node fails
   */
  readonly recover?: ((error: unknown, state: State) => NodeResult<Update>) | undefined;
  /** What else the handoff is told. */
  readonly handoff?:
    | ((state: State) => Omit<HandoffStepOptions, "through" | "timeoutMs" | "step">)
    | undefined;
}

/**
 * A node that hands work to another agent over a queue and waits for the end. The run holds no process meanwhile: it needs
 * `durableFlows` on the storage that the handoffs keep their records in, and is woken by whoever did the work.
 *
 * @param agent - The agent, or its name where another process has it.
 * @throws When it runs: `handoff.failed`; `call.timed_out`, and the work may yet be done; what `handoffs.to` throws; TypeError
 *   where the graph's run has no tenant.
 */
export function handoffNode<State, Update, Input>(
  agent: string | HandoffTarget<Input>,
  options: HandoffNodeOptions<State, Update, Input>,
): NodeFunction<State, Update> {
  const { input, output, recover, handoff, ...shared } = options;
  return async (state, context) => {
    let given: JsonValue;
    try {
      given = await handoffStep(context, agent, input(state, context), { ...handoff?.(state), ...shared });
    } catch (error) {
      if (!recover || context.signal.aborted) throw error;
      return recover(error, state);
    }
    return output(given, state);
  };
}

/**
 * Hands work over from within a node, and waits for what the agent's run comes to; see {@link handoffNode}.
 *
 * @returns The agent's output.
 */
export async function handoffStep<Input>(
  context: NodeContext,
  agent: string | HandoffTarget<Input>,
  payload: Input,
  options: HandoffStepOptions,
): Promise<JsonValue> {
  const name = typeof agent === "string" ? agent : agent.name;
  const { through, step = name, timeoutMs, path, ...request } = options;
  const { tenant, runId, graph, taskKey, node } = context;
  if (tenant === undefined) {
    throw new TypeError(
      `The handoff to "${name}" in the node "${node}" needs a tenant: graph.invoke(input, { tenant })`,
    );
  }
  const handoffId = await context.step(`${step}:hand-over`, async () => {
    const ticket = await through.to(name, payload as JsonValue, {
      ...request,
      tenant,
      from: { agent: graph, runId, path: path ?? [] },
      scope: { runId, step: `${taskKey}/${step}` },
      waiter: runId,
    });
    return ticket?.runId ?? "";
  });
  const isEnd = (standing: Standing): standing is HandoffEnd => standing.status !== "open";
  for (let looks = 0; ; looks++) {
    const word = await (timeoutMs === undefined
      ? context.waitFor(endEvent(handoffId))
      : context.waitFor(endEvent(handoffId), { timeoutMs }));
    const standing = await context.step(`${step}:look-${looks}`, async () =>
      standingOf(await through.status(handoffId, { tenant, signal: context.signal })),
    );
    if (!isEnd(standing)) {
      if (word === undefined) throw notDone(name, timeoutMs ?? 0);
      continue;
    }
    if (standing.status === "completed") return standing.output;
    throw handoffFailed({ agent: name, runId: handoffId }, standing.error);
  }
}

type Standing = HandoffEnd | { readonly status: "open" };

/** What came of it, by its record alone: anybody may have sent an event. */
function standingOf(record: Awaited<ReturnType<HandoffQueue["status"]>>): Standing {
  const { status, output = null, error = UNKNOWN } = record ?? {};
  if (status === "completed") return { status, output };
  return status === "failed" ? { status, error: { ...error } } : { status: "open" };
}

function notDone(agent: string, limitMs: number): SalesAgentError<"call.timed_out"> {
  return new SalesAgentError("call.timed_out", {
    message: `The work that was handed to "${agent}" was not done within ${limitMs} ms. It may yet be.`,
    facts: { name: `handoff:${agent}`, limitMs },
    replay: "unsafe",
  });
}
