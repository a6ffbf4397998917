import type { HandoffQueue, HandoffTicket, QueuedHandoffOptions } from "../agent/handoff-queue.js";
import type { ApprovalOption, Gate } from "../effects/index.js";
import { defineTool } from "../tools/define-tool.js";
import type { Tool } from "../tools/tool.js";
import { textFields } from "./text-fields.js";

/** What a tool that hands work over is made with. */
export interface HandoffToolOptions extends Pick<QueuedHandoffOptions, "priority" | "delayMs"> {
  readonly through: HandoffQueue;
  /** The name of the agent that has the tool. */
  readonly from: string;
  /** Whom it may hand work to, and what each is for. */
  readonly agents: Readonly<Record<string, string>>;
  /** @defaultValue "hand_over" */
  readonly name?: string | undefined;
  /** Asked before work is handed over. */
  readonly gates?: readonly Gate[] | undefined;
  /** Whether a person has to allow it. @defaultValue nobody is asked */
  readonly approval?: ApprovalOption<HandoffToolInput> | undefined;
}

/** What the model says. */
export type HandoffToolInput = Readonly<Record<"agent" | "task", string>>;

/**
 * A tool by which a model hands a task, as text, to another agent over a queue, and goes on without the result. It writes, so it
 * runs through the agent's effect ledger: a run that is begun again hands nothing over twice.
 *
 * @throws TypeError when `agents` is empty.
 */
export function handoffTool(options: HandoffToolOptions): Tool<HandoffToolInput, HandoffTicket> {
  const { through, from, agents, name = "hand_over", gates, approval, priority, delayMs } = options;
  const staff = Object.entries(agents).map(([agent, about]) => `- ${agent}: ${about}`);
  if (staff.length === 0) throw new TypeError("handoffTool.agents: there must be one at least");
  return defineTool<HandoffToolInput, HandoffTicket>({
    name,
    description: `Hands a task to another agent, who does it later; you won't see the result. The agents:\n${staff.join("\n")}`,
    input: textFields({
      agent: { description: "Who shall do it.", oneOf: Object.keys(agents) },
      task: { description: "The task in full, for the agent sees nothing else." },
    }),
    effect: "write",
    target: ({ agent }) => agent,
    async run({ agent, task }, { tenant, runId, idempotencyKey, signal }) {
      const scope = { runId: idempotencyKey, step: "" };
      const request = { tenant, signal, priority, delayMs, scope, from: { agent: from, runId } };
      const ticket = await through.to(agent, task, request);
      if (!ticket) throw new Error(`the queue did not take the task for "${agent}"`);
      return ticket;
    },
    // Under one scope it is one handoff: asking for it again is certain to do nothing twice.
    lookup: () => ({ happened: false }),
    gates,
    approval,
  });
}
