import { createSortableIds, type Message, SalesAgentError, systemClock } from "@salesagent/ports";
import type { AgentStepOptions } from "../agent/agent-node.js";
import {
  type CompileOptions,
  type GraphEvent,
  memoryCheckpointer,
  type RunOutcome,
  type RunView,
  type WaitFor,
} from "../graph/index.js";
import { tell } from "../kernel/tell.js";
import { checkWhole } from "../resilience/check-option.js";
import type { Escalations } from "./escalations.js";
import { handoffFailed } from "./handoff-errors.js";
import {
  conversationId,
  isControlName,
  LISTEN,
  PERSON,
  type Said,
  type SwarmGraph,
  type SwarmMember,
  type SwarmState,
  type SwarmUpdate,
  swarmGraph,
  type Transfer,
} from "./swarm-graph.js";
import type { Turn } from "./turn-agent.js";

/** What a swarm is made with. */
export interface SwarmOptions<Name extends string = string>
  extends Pick<CompileOptions, "checkpointer" | "version" | "clock" | "newId"> {
  /** The agents by their names: letters, digits, `_` and `-`, 1–48 of them. */
  readonly agents: Readonly<Record<Name, SwarmMember>>;
  /** Who takes the first turn of a conversation. */
  readonly start: NoInfer<Name>;
  /** Names the graph. @defaultValue "swarm" */
  readonly name?: string | undefined;
  /** How often an answer may be handed on, to agents and to persons; a whole number ≥ 0. @defaultValue 5 */
  readonly maxTransfers?: number | undefined;
  /** Lets the agents ask persons, by the tool `escalate_to_person`. @defaultValue they can't */
  readonly escalations?: Escalations | undefined;
  /** What of the conversation the models are shown. @defaultValue all of it */
  readonly view?: ((messages: readonly Message[]) => readonly Message[]) | undefined;
  /** Which events of the agents go to whoever reads the graph's stream. @defaultValue none, and models answer whole */
  readonly forward?: AgentStepOptions<Turn>["forward"];
}

/** Which conversation. */
export interface ConversationScope {
  readonly tenant: string;
  readonly threadId: string;
  /** Ends the call with its own reason. The conversation goes on where it was. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of something that was said. */
export type SwarmReply =
  | {
      readonly status: "answered";
      readonly text: string;
      /** Who answered, and has the word next. */
      readonly agent: string;
      /** Through whose hands the answer went. */
      readonly transfers: readonly Transfer[];
    }
  | {
      /** A person has to answer or to decide first; `reply` tells what came of it. */
      readonly status: "waiting";
      readonly agent: string;
      readonly on: readonly WaitFor[];
      readonly transfers: readonly Transfer[];
    }
  | {
      /** An answer is under way, in some process. */
      readonly status: "working";
      readonly agent: string;
      readonly transfers: readonly Transfer[];
    };

/** Agents that share a conversation and transfer it among them. */
export interface Swarm {
  /** One run is one conversation; its id is `<name>:<threadId>`. */
  readonly graph: SwarmGraph;
  /**
   * Says something in a conversation, and waits for the answer. Whoever was active last takes the turn.
   *
   * @param options.origin - `external` for what prospects write. @defaultValue "user"
   * @param options.onEvent - Told what happens meanwhile in this process; with `forward`, also the agents' events as `custom`.
   * @throws `handoff.failed` when the turn failed, and the conversation can go on; `flow.wrong_state` while another answer is
   *   under way or waits for a person; the signal's reason.
   */
  say(
    text: string,
    options: ConversationScope & {
      readonly origin?: "user" | "external" | undefined;
      readonly onEvent?: ((event: GraphEvent<SwarmState, SwarmUpdate>) => void) | undefined;
    },
  ): Promise<SwarmReply>;
  /** What came of what was said last, as `say` gives it. @returns Nothing where nothing was said. */
  reply(scope: ConversationScope): Promise<SwarmReply | undefined>;
  /** Ends a conversation for good. @throws `flow.wrong_state` while an answer is under way, or where there is none. */
  end(scope: ConversationScope): Promise<void>;
}

/**
 * Makes a swarm: agents with instructions and tools of their own, in one conversation. The one that is active answers, or
 * transfers to another by a tool `transfer_to_<name>`; then that one sees all that was said, with its own instructions. Who is
 * active is part of the conversation, so the next turn begins there.
 *
 * @throws TypeError or RangeError naming the option that makes no sense.
 */
export function createSwarm<Name extends string>(options: SwarmOptions<Name>): Swarm {
  const { clock = systemClock, newId = createSortableIds(clock), name = "swarm", version = "1" } = options;
  const { checkpointer = memoryCheckpointer(), maxTransfers = 5, forward } = options;
  checkWhole("swarm.maxTransfers", maxTransfers, 0);
  const members = new Map<string, SwarmMember>(Object.entries(options.agents));
  checkMembers(members, options.start);
  const graph = swarmGraph({
    ...{ name, members, start: options.start, maxTransfers, forward },
    escalations: options.escalations,
    view: options.view ?? ((messages) => messages),
    // A conversation has no end of its own; each answer has, by `maxTransfers` and each agent's `maxSteps`.
    compile: { name, version, checkpointer, clock, newId, recursionLimit: Number.MAX_SAFE_INTEGER },
  });
  return {
    graph,
    async say(text, { tenant, threadId, origin = "user", signal, onEvent }) {
      const said: Said = { id: newId(), text, origin };
      const runId = conversationId(name, threadId);
      const view = await graph.getState(runId, { tenant, signal });
      const stream = view
        ? graph.resumeStream(runId, { tenant, signal, answers: { [listening(view)]: said } })
        : graph.stream({ said }, { runId, tenant, threadId, signal });
      for await (const event of stream) tell(onEvent, event);
      const outcome = await stream.result();
      if (outcome.state.said?.id !== said.id) throw notHeard(runId);
      return toReply(outcome);
    },
    async reply({ tenant, threadId, signal }) {
      const runId = conversationId(name, threadId);
      const view = await graph.getState(runId, { tenant, signal });
      if (!view) return undefined;
      const { active: agent, transfers } = view.state;
      if (view.status === "pending" || view.status === "running") {
        return { status: "working", agent, transfers };
      }
      if (view.status !== "waiting") throw busy(runId, view.status);
      return toReply({ status: "waiting", runId, state: view.state, on: view.on });
    },
    async end({ tenant, threadId, signal }) {
      const runId = conversationId(name, threadId);
      const view = await graph.getState(runId, { tenant, signal });
      if (!view) throw busy(runId, "unknown");
      await graph.resume(runId, { tenant, signal, answers: { [listening(view)]: "end" } });
    },
  };
}

function checkMembers(members: ReadonlyMap<string, SwarmMember>, start: string): void {
  for (const [name, { transfersTo = [], tools = [] }] of members) {
    if (!/^[\w-]{1,48}$/.test(name) || RESERVED.has(name)) {
      throw new TypeError(
        `swarm.agents: "${name}" must be 1–48 letters, digits, "_" or "-", and not a name of the graph's own`,
      );
    }
    const taken = tools.find((tool) => isControlName(tool.name));
    if (taken) {
      throw new TypeError(`swarm.agents.${name}.tools: the name "${taken.name}" is kept for handing on`);
    }
    const unknown = transfersTo.find((target) => !members.has(target));
    if (unknown !== undefined) {
      throw new TypeError(`swarm.agents.${name}.transfersTo: there is no agent "${unknown}"`);
    }
  }
  if (!members.has(start)) throw new TypeError(`swarm.start: there is no agent "${start}"`);
}

const RESERVED: ReadonlySet<string> = new Set([LISTEN, PERSON]);

/** The name under which the conversation waits for somebody to speak. @throws `flow.wrong_state` when it does not. */
function listening({ runId, status, on }: RunView<SwarmState>): string {
  const wait = on.find(({ kind, node }) => kind === "interrupt" && node === LISTEN);
  if (!wait) throw busy(runId, status);
  return wait.name;
}

function toReply({ runId, state, ...outcome }: RunOutcome<SwarmState>): SwarmReply {
  const { active: agent, transfers, failure, messages } = state;
  const on = outcome.status === "waiting" ? outcome.on : [];
  if (!on.some(({ node }) => node === LISTEN)) return { status: "waiting", agent, on, transfers };
  if (failure) throw handoffFailed({ agent, runId }, failure);
  return { status: "answered", text: lastText(messages), agent, transfers };
}

function lastText(messages: readonly Message[]): string {
  const last = messages[messages.length - 1];
  if (last?.role !== "assistant") return "";
  return last.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function busy(runId: string, status: string): SalesAgentError<"flow.wrong_state"> {
  return new SalesAgentError("flow.wrong_state", {
    message: `The conversation ${runId} does not listen: an answer is under way, waits for a person, or the conversation was stopped.`,
    facts: { runId, status },
    replay: "safe",
  });
}

function notHeard(runId: string): SalesAgentError<"flow.wrong_state"> {
  return new SalesAgentError("flow.wrong_state", {
    message: `In the conversation ${runId} somebody else spoke at the same moment, and was heard. Say it again.`,
    facts: { runId, status: "waiting" },
    replay: "safe",
  });
}
