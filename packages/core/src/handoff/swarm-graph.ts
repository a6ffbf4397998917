import {
  type JsonObject,
  type JsonValue,
  type Message,
  SalesAgentError,
  type StoredError,
  type UserMessage,
  userMessage,
} from "@salesagent/ports";
import { type AgentStepOptions, agentStep } from "../agent/agent-node.js";
import { storedError, toJson } from "../agent/stored-form.js";
import { waitForApproval } from "../agent/wait-for-approval.js";
import {
  Command,
  type CompiledGraph,
  type CompileOptions,
  END,
  field,
  type InputOf,
  type NodeContext,
  START,
  StateGraph,
  type StateOf,
  type UpdateOf,
} from "../graph/index.js";
import { defineTool } from "../tools/define-tool.js";
import type { AnyTool } from "../tools/tool.js";
import { escalate, escalationMessage } from "./escalate.js";
import { ESCALATION_TOOL, type Escalations } from "./escalations.js";
import { textFields } from "./text-fields.js";
import { type Turn, TurnAgent, type TurnMember } from "./turn-agent.js";

/** One of the agents of a swarm. */
export interface SwarmMember extends TurnMember {
  /** Tells the others when to transfer to it. */
  readonly about: string;
  /** Names of the agents that it may transfer to. @defaultValue all others */
  readonly transfersTo?: readonly string[] | undefined;
}

/** What the graph of a swarm is made with, nothing left out. */
export interface SwarmPlan {
  readonly name: string;
  readonly members: ReadonlyMap<string, SwarmMember>;
  readonly start: string;
  readonly maxTransfers: number;
  readonly escalations: Escalations | undefined;
  readonly view: (messages: readonly Message[]) => readonly Message[];
  readonly forward: AgentStepOptions<Turn>["forward"];
  readonly compile: CompileOptions;
}

/** A transfer, as the conversation's state has it. Plain JSON. */
export type Transfer = { readonly from: string; readonly to: string; readonly reason: string };

/** What somebody says in a conversation of a swarm. Plain JSON. */
export type Said = { readonly id: string; readonly text: string; readonly origin: "user" | "external" };

/** A question to a person that is open. Plain JSON. */
type Question = { readonly reason: string; readonly summary: string };

export const LISTEN = "listen";
export const PERSON = "person";

/** The run that is the conversation of a thread. */
export const conversationId = (swarm: string, threadId: string): string => `${swarm}:${threadId}`;

/** Whether a tool is one of those by which agents of a swarm hand on. */
export const isControlName = (tool: string): boolean =>
  tool === ESCALATION_TOOL || tool.startsWith(transferName(""));

const swarmShape = (start: string) => ({
  /** All that was said; each agent adds to it. */
  messages: field<readonly Message[]>({ reduce: (all, more) => [...all, ...more], default: () => [] }),
  /** Who speaks, now or next. */
  active: field<string>({ default: () => start }),
  /** Transfers and questions to persons since somebody spoke last. */
  handings: field<number>({ default: () => 0 }),
  transfers: field<readonly Transfer[]>({ default: () => [] }),
  question: field<Question | null>({ default: () => null }),
  /** What was said last. */
  said: field<Said | null>({ default: () => null }),
  /** Why there is no answer to it. */
  failure: field<(StoredError & JsonObject) | null>({ default: () => null }),
});

type SwarmShape = ReturnType<typeof swarmShape>;
/** A conversation of a swarm. */
export type SwarmState = StateOf<SwarmShape>;
/** What a node of it writes. */
export type SwarmUpdate = UpdateOf<SwarmShape>;
/** The graph of a swarm: one run is one conversation. */
export type SwarmGraph = CompiledGraph<SwarmState, SwarmUpdate, InputOf<SwarmShape>>;

/** One node for each agent, one that listens, and one that waits for a person. */
export function swarmGraph(plan: SwarmPlan): SwarmGraph {
  const names = [...plan.members.keys()];
  const graph = new StateGraph(swarmShape(plan.start)).addNode(
    LISTEN,
    (state: SwarmState, context: NodeContext) => listen(state, context),
    { ends: [...names, END] },
  );
  for (const [name, member] of plan.members) {
    graph.addNode(
      name,
      (state: SwarmState, context: NodeContext) => takeTurn(plan, name, member, state, context),
      { ends: [...names, LISTEN, ...(plan.escalations ? [PERSON] : [])] },
    );
  }
  const { escalations } = plan;
  if (escalations) {
    const ask = (state: SwarmState, context: NodeContext) => askPerson(escalations, state, context);
    graph.addNode(PERSON, ask, { ends: names });
  }
  return graph.addEdge(START, LISTEN).compile(plan.compile);
}

/** What was said, as a message. */
const saidMessage = ({ text, origin }: Said): UserMessage => userMessage(text, origin);

/** Waits for somebody to speak, and gives the word to whoever is active. */
function listen({ said, active, messages }: SwarmState, context: NodeContext): Command<SwarmUpdate> {
  const isFirst = messages.length === 0 && said !== null;
  const next: Said | "end" = isFirst ? said : context.interrupt<(Said & JsonValue) | "end">({ active });
  if (next === "end") return new Command({ goto: END });
  const fresh = { handings: 0, transfers: [], failure: null };
  return new Command({ update: { ...fresh, said: next, messages: [saidMessage(next)] }, goto: active });
}

async function takeTurn(
  plan: SwarmPlan,
  name: string,
  member: SwarmMember,
  state: SwarmState,
  context: NodeContext,
): Promise<Command<SwarmUpdate>> {
  let turn: Turn;
  try {
    const agent = new TurnAgent(
      name,
      member,
      plan.view(state.messages),
      controlsOf(plan, name, member, state),
    );
    turn = await agentStep(context, agent, state.said?.text ?? "", {
      forward: plan.forward,
      run: { threadId: context.runId.slice(conversationId(plan.name, "").length) },
      onApprovalRequired: waitForApproval,
    });
  } catch (error) {
    // Another process is at it, or this one is leaving: the engine knows what to do.
    if (context.signal.aborted || SalesAgentError.is(error, "effect.in_progress")) throw error;
    // A conversation outlives a turn that failed; who spoke is told, and may speak again.
    return new Command({ update: { failure: { ...storedError(error) } }, goto: LISTEN });
  }
  const messages = toJson(turn.messages) as JsonValue & readonly Message[];
  const { control } = turn;
  if (!control) return new Command({ update: { messages }, goto: LISTEN });
  const input = control.input as Readonly<Record<string, string>>;
  const { reason = "", summary = "" } = input;
  const handings = state.handings + 1;
  if (control.tool === ESCALATION_TOOL) {
    return new Command({ update: { messages, handings, question: { reason, summary } }, goto: PERSON });
  }
  const to = control.tool.slice(transferName("").length);
  const transfers = [...state.transfers, { from: name, to, reason }];
  return new Command({ update: { messages, handings, transfers, active: to }, goto: to });
}

async function askPerson(
  through: Escalations,
  { question, active }: SwarmState,
  context: NodeContext,
): Promise<Command<SwarmUpdate>> {
  const { reason, summary } = question ?? { reason: "", summary: "" };
  const outcome = await escalate(context, { through, agent: active, reason, summary });
  return new Command({ update: { question: null, messages: [escalationMessage(outcome)] }, goto: active });
}

const transferName = (agent: string): string => `transfer_to_${agent}`;

/** The tools by which an agent ends its turn. One of them counts in a step; past the limit none does. */
function controlsOf(
  plan: SwarmPlan,
  name: string,
  member: SwarmMember,
  state: SwarmState,
): readonly AnyTool[] {
  const { members, maxTransfers, escalations } = plan;
  let isTaken = false;
  const take = <Output>(output: Output): Output => {
    if (state.handings >= maxTransfers) {
      throw new Error(`this was handed on ${maxTransfers} times already: answer now, as well as you can`);
    }
    if (isTaken) throw new Error("you have handed this on in the same step: one at a time");
    isTaken = true;
    return output;
  };
  const targets = (member.transfersTo ?? [...members.keys()]).filter((target) => target !== name);
  const tools: AnyTool[] = targets.map((target) =>
    defineTool({
      name: transferName(target),
      description: `Transfers the conversation to the agent "${target}". ${members.get(target)?.about ?? ""}`,
      input: textFields({ reason: { description: "Why the other agent is the right one, in a sentence." } }),
      effect: "none",
      run: () => take({ transferredTo: target }),
    }),
  );
  if (escalations) tools.push(escalationTool(take));
  return tools;
}

const escalationTool = (take: <Output>(output: Output) => Output): AnyTool =>
  defineTool({
    name: ESCALATION_TOOL,
    description:
      "Asks a person among your colleagues, and waits for the answer. For what you may not decide, or don't know.",
    input: textFields({
      reason: { description: "Why a person is needed, in a sentence." },
      summary: { description: "What has happened so far, and what you ask." },
    }),
    effect: "none",
    run: () => take({ asked: true, note: "The answer follows as data." }),
  });
