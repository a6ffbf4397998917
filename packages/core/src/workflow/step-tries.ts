import { type Clock, SalesAgentError } from "@salesagent/ports";
import { approvalEvent } from "../effects/index.js";
import { nodeFailed, nodeTimedOut } from "../graph/graph-errors.js";
import type { NodeContext } from "../graph/index.js";
import { withinTime } from "../graph/node-timeout.js";
import { WaitSignal } from "../graph/wait-signal.js";
import { type RetryWait, retry } from "../resilience/retry.js";
import type { WorkflowRetry } from "./definition.js";
import { FailedCall, isMendable } from "./step-errors.js";

/** How a node's work is tried. */
export interface TryOptions {
  readonly context: NodeContext;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: WorkflowRetry | undefined;
  readonly timeoutMs: number | undefined;
  readonly onWait: (wait: RetryWait) => void;
}

/** What the tries came to. */
export type Tried<T> = { readonly attempts: number } & ({ readonly value: T } | { readonly error: unknown });

/**
 * Tries a node's work within its time. The engine would do so too, but it knows no other way on from a failure than the run's.
 *
 * @throws What is no failure of the node: its wait, and the reason of a run that is stopped or left.
 */
async function tryStep<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { context, clock, random, retry: tries, timeoutMs, onWait }: TryOptions,
): Promise<Tried<T>> {
  const { signal, graph, node } = context;
  let attempts = 0;
  const attempt = (number: number): Promise<T> => {
    attempts = number;
    if (timeoutMs === undefined) return work(signal);
    const timedOut = () => nodeTimedOut(graph, node, timeoutMs, "safe");
    return withinTime(work, { clock, limitMs: timeoutMs, signal, timedOut });
  };
  try {
    const options = { ...tries, retries: tries?.retries ?? 0, retryable: isMendable, onWait };
    const value = await retry(attempt, { ...options, signal, clock, random });
    return { attempts, value };
  } catch (error) {
    if (error instanceof WaitSignal || signal.aborted) throw error;
    return { attempts, error };
  }
}

/** As {@link tryStep}; where a person has to allow a part of the work, the run waits for whoever says that it was decided. */
export async function tryUntilAllowed<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: TryOptions,
): Promise<Tried<T>> {
  for (;;) {
    const tried = await tryStep(work, options);
    if (!("error" in tried) || !SalesAgentError.is(tried.error, "approval.required")) return tried;
    const { approvalId, tool } = tried.error.facts;
    options.context.interrupt({ approvalId, tool }, { name: approvalEvent(approvalId) });
  }
}

/** The error that ends the run, which names the node. */
export function stepFailed(context: NodeContext, attempts: number, error: unknown): Error {
  return nodeFailed(context.graph, context.node, attempts, error instanceof FailedCall ? error.error : error);
}
