import { agentStep, type BaseAgent, waitForApproval } from "@salesagent/core/agent";
import { type HandoffQueue, handoffStep } from "@salesagent/core/handoff";
import type { JsonValue } from "@salesagent/ports";
import type { HandedRequest, ServiceTarget } from "./service-topics.js";

/** How an agent deals with a request as a part of the case. */
export interface ToAgentOptions<Input, Output> {
  /** What it is given. Whom it may write to, and what it may do, is said here and by its tools, never by the customer. */
  readonly input: (request: HandedRequest) => Input;
  /** What the customer is told of what it came to. */
  readonly reply: (output: Output, request: HandedRequest) => string;
}

/**
 * Hands requests to an agent, which works on them at once, as a part of the case: on record as its child, paid once. Where one of its
 * calls needs a person's leave, the case waits for it.
 *
 * @example
 * ```ts
 * const sales = toAgent(qualification, {
 *   input: ({ customer }) => ({ company: companyOf(customer) }),
 *   reply: ({ qualified }) => (qualified ? "Somebody from sales will call you." : "Here is our price list: …"),
 * });
 * ```
 */
export function toAgent<Input, Output, Own extends { readonly type: string } = never>(
  agent: BaseAgent<Input, Output, Own>,
  { input, reply }: ToAgentOptions<Input, Output>,
): ServiceTarget {
  return {
    name: agent.name,
    async handle(request, context) {
      const { threadId, leadId } = request;
      const step = { run: { threadId, leadId }, onApprovalRequired: waitForApproval };
      return reply(await agentStep(context, agent, input(request), step), request);
    },
  };
}

/** How an agent deals with a request in its own time. */
export interface ToQueueOptions<Input> {
  /** Where the work goes: `createHandoffs`, on the storage that keeps the case. */
  readonly through: HandoffQueue;
  readonly input: (request: HandedRequest) => Input;
  /** What the customer is told of what the agent's run came to. */
  readonly reply: (output: JsonValue, request: HandedRequest) => string;
  /** Higher ones first. @defaultValue 0 */
  readonly priority?: number | undefined;
  /** How long its end is waited for, in milliseconds; then a person is asked. @defaultValue as long as it takes */
  readonly timeoutMs?: number | undefined;
}

/**
 * Hands requests to an agent over a queue: some process works on them, and the case waits without holding one.
 *
 * @param agent - The agent's name.
 */
export function toQueue<Input extends JsonValue>(
  agent: string,
  options: ToQueueOptions<Input>,
): ServiceTarget {
  const { through, input, reply, priority, timeoutMs } = options;
  return {
    name: agent,
    async handle(request, context) {
      const { threadId, leadId } = request;
      const shared = { through, priority, timeoutMs, threadId, leadId };
      return reply(await handoffStep(context, agent, input(request), shared), request);
    },
  };
}
