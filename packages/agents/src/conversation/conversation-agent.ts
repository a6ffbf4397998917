import { defineAgent } from "@salesagent/core/agent";
import { END, START, StateGraph } from "@salesagent/core/graph";
import { createMemory, type SessionMemory } from "@salesagent/core/memory";
import { createSortableIds, systemClock } from "@salesagent/ports";
import { z } from "zod";
import { compileOptions } from "../flow/flow-options.js";
import {
  type ConversationMeans,
  findIntent,
  type IntentTask,
  respond,
  speak,
  transcribe,
} from "./conversation-nodes.js";
import {
  type ConversationOptions,
  checkIntents,
  DEFAULT_REPEAT,
  resolveLimits,
  type TurnInput,
  type TurnOptions,
} from "./conversation-options.js";
import { intentInstructions, intentPrompt } from "./conversation-prompts.js";
import { type ConversationGraph, conversationState } from "./conversation-state.js";
import type { ConversationTurn } from "./conversation-turn.js";
import { type LiveTurn, liveKey } from "./live-turn.js";
import { ReplyAgent } from "./reply-agent.js";
import { TurnLine } from "./turn-line.js";

/** Four nodes, each once. */
const RECURSION_LIMIT = 5;

/** Holds conversations, by voice or in writing. */
export interface ConversationAgent<Intent extends string = string> {
  /** The graph of a turn. Runs of it by themselves are turns of text that nobody listens to. */
  readonly graph: ConversationGraph;
  readonly memory: SessionMemory;
  /**
   * One turn: what the customer said or wrote, and the reply as it is made. Nothing happens before it is read. A turn of the
   * same thread that still goes on is cut off: the customer cut in.
   *
   * @throws TypeError for options that don't fit. Its reader: `agent.input_invalid` for what is too long, `model.…`, `service.…`,
   * what the memory throws, the signal's own reason.
   */
  turn(input: TurnInput, options: TurnOptions): ConversationTurn<Intent>;
}

/**
 * Makes an agent that holds conversations turn by turn: transcribe, intent, respond, speak. Speech begins with the first finished
 * sentence, while the model still writes. Who aborts a turn cuts the agent off, and only what was heard stands in the thread.
 *
 * @example
 * ```ts
 * const agent = createConversationAgent({ model, storage, instructions: "You answer calls for Acme.", transcriber, speaker });
 * for await (const event of agent.turn({ audio }, { tenant: "acme", threadId: "call-7", signal })) {
 *   if (event.type === "audio") line.write(event.bytes);
 * }
 * ```
 * @throws RangeError or TypeError naming the option.
 */
export function createConversationAgent<Intent extends string = never>(
  options: ConversationOptions<Intent>,
): ConversationAgent<Intent> {
  const { clock = systemClock, createId = createSortableIds(clock) } = options;
  if (options.instructions.trim() === "")
    throw new TypeError("createConversationAgent.instructions is empty");
  const limits = resolveLimits(options.limits);
  const memory = options.memory ?? memoryOn(options);
  const live = new Map<string, LiveTurn>();
  const means: ConversationMeans = {
    ...agentsOf(options, memory),
    ...{ memory, transcriber: options.transcriber, hint: options.hint, language: options.language },
    maxAudioSeconds: limits.maxAudioSeconds,
    repeatText: options.repeatText ?? DEFAULT_REPEAT,
    liveOf: (tenant, runId) => live.get(liveKey(tenant, runId)),
  };
  const plan = turnGraph(means);
  const { checkpointer: _, ...unkept } = options;
  const graph = plan.compile(compileOptions("conversation", RECURSION_LIMIT, options));
  const line = new TurnLine<Intent>({
    graph,
    isKept: options.checkpointer !== undefined,
    // A turn with speech lives where its line is: no other process could hear or speak on it.
    lineGraph: plan.compile(compileOptions("conversation", RECURSION_LIMIT, unkept)),
    ...{ live, memory, limits, clock, createId },
    transcriber: options.transcriber,
    speaker: options.speaker,
    voice: options.voice,
    language: options.language,
  });
  return { graph, memory, turn: (input, turn) => line.turn(input, turn) };
}

function memoryOn({
  storage,
  clock,
  createId,
}: Pick<ConversationOptions, "storage" | "clock" | "createId">): SessionMemory {
  if (!storage)
    throw new TypeError("createConversationAgent needs a `memory`, or a `storage` to make one on");
  return createMemory({ storage, clock, createId });
}

function agentsOf<Intent extends string>(
  options: ConversationOptions<Intent>,
  memory: SessionMemory,
): Pick<ConversationMeans, "intentAgent" | "replyAgent"> {
  const { model, intentModel = model, instructions, maxSteps = 5, request } = options;
  const intents: Readonly<Record<string, string>> = options.intents ?? {};
  checkIntents(intents);
  if (!Number.isInteger(maxSteps) || maxSteps < 1) {
    throw new RangeError(`createConversationAgent.maxSteps must be a whole number ≥ 1, got ${maxSteps}`);
  }
  // The turn reads and writes its thread; an agent with a memory would do so again.
  const { tools: _, ...shared } = { ...options, memory: undefined };
  const names = Object.keys(intents);
  const intentAgent =
    names.length === 0
      ? undefined
      : defineAgent<IntentTask, { intent: string; confidence: number }>({
          ...shared,
          ...{ name: "conversation-intent", task: "conversation-intent", model: intentModel },
          instructions: intentInstructions(intents),
          prompt: intentPrompt,
          output: z.object({ intent: z.enum(["other", ...names]), confidence: z.number().min(0).max(1) }),
          request: undefined,
        });
  const replyAgent = new ReplyAgent({ ...options, memory, instructions, intents, maxSteps, request });
  return { intentAgent, replyAgent };
}

function turnGraph(means: ConversationMeans) {
  return new StateGraph(conversationState)
    .addNode("transcribe", transcribe(means))
    .addNode("intent", findIntent(means))
    .addNode("respond", respond(means))
    .addNode("speak", speak(means))
    .addEdge(START, "transcribe")
    .addConditionalEdges("transcribe", ({ outcome }) => (outcome ? "nothing" : "heard"), {
      heard: "intent",
      nothing: "speak",
    })
    .addEdge("intent", "respond")
    .addEdge("respond", "speak")
    .addEdge("speak", END);
}
