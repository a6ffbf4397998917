import {
  type Message,
  type ModelProfile,
  type ModelRequest,
  SalesAgentError,
  type SystemMessage,
} from "@salesagent/ports";
import { textTokens } from "../memory/estimate-tokens.js";
import type { ContextRequest, MemoryContext, SessionMemory } from "../memory/index.js";
import { AttemptRecorder } from "./attempt-recorder.js";
import { callOptions } from "./call-model.js";
import type { RunContext } from "./run-context.js";

/** What a run brings to its thread. */
export interface ThreadAsk {
  readonly instructions: SystemMessage;
  /** What is new: the run's prompt. */
  readonly prompt: readonly Message[];
  /** The request without its messages, with all tools and the shape of the answer. */
  readonly request: Omit<ModelRequest, "messages">;
  readonly profile: ModelProfile;
}

/** A thread in a run's hands. */
export interface OpenThread {
  /** The instructions, what was said before, what is new. */
  readonly messages: readonly Message[];
  /**
   * Adds what the run added, once: for the end of a run that came to an answer. One that failed or was aborted adds nothing.
   *
   * @param transcript - {@link OpenThread.messages} and what came after them.
   */
  keep(transcript: readonly Message[]): Promise<void>;
}

/**
 * Reads the run's thread, where the agent has a memory and the run a thread.
 *
 * @throws `memory.context_full` when what is new does not fit by itself; what the storage throws.
 */
export async function openThread(context: RunContext, ask: ThreadAsk): Promise<OpenThread | undefined> {
  const { memory, threadId } = context.init;
  if (!memory || threadId === undefined) return undefined;
  const maxTokens = freeTokens(memory, threadId, ask);
  const again = context.init.effectScope && addedBy(context);
  const told = await readThread(context, memory, threadId, { maxTokens, exceptRunId: again });
  const messages = [ask.instructions, ...told.messages, ...ask.prompt];
  const begun = messages.length - ask.prompt.length;
  return {
    messages,
    async keep(transcript) {
      const { tenant, signal, init } = context;
      const added = withoutRejected(transcript.slice(begun), ask.prompt.length);
      const said = added.filter(({ role }) => role !== "system");
      const once = init.effectScope !== undefined;
      await memory.append(threadId, said, { tenant, signal, runId: addedBy(context), once });
    },
  };
}

/**
 * Reads a thread as a part of a run, for agents of your own: a summary that has to be written first is held to the run's caps, its
 * cost is on the run's record, and the span `read_thread` says how much was left out.
 *
 * @param wish.facts - @defaultValue what is known of the run's `subjects`
 * @throws What the storage throws; the run's abort.
 */
export async function readThread(
  context: RunContext,
  memory: SessionMemory,
  threadId: string,
  wish: Pick<ContextRequest, "maxTokens" | "facts" | "exceptRunId"> = {},
): Promise<MemoryContext> {
  const { tenant, signal, init } = context;
  const { leadId, subjects = leadId === undefined ? [] : [`lead:${leadId}`], telemetry } = init;
  const recorder = new AttemptRecorder(context);
  const { guards, scope } = callOptions(context, recorder);
  const span = telemetry.startSpan("read_thread", "internal", {}, init.span);
  try {
    const request = { tenant, signal, guards, scope, ...wish, facts: wish.facts ?? { subjects } };
    const told = await memory.context(threadId, request);
    span.set({
      "salesagent.memory.messages": told.messages.length,
      "salesagent.memory.dropped_messages": told.droppedMessages,
      "salesagent.memory.tokens": told.tokens,
    });
    return told;
  } catch (error) {
    span.fail(SalesAgentError.is(error) ? error.code : "internal");
    throw error;
  } finally {
    await recorder.settled();
    span.end();
  }
}

/** Names who adds to the thread: the same when the same work is begun again. */
function addedBy({ runId, init: { effectScope } }: RunContext): string {
  return effectScope ? `${effectScope.runId}/${effectScope.step}` : runId;
}

/** What the model's context has left for what was said before. With tools, half of it is left for what they bring. */
function freeTokens(
  { countTokens }: SessionMemory,
  threadId: string,
  { instructions, prompt, request, profile }: ThreadAsk,
): number {
  const { contextTokens } = profile;
  if (contextTokens === undefined) return Number.POSITIVE_INFINITY;
  const { tools = [], output } = request;
  const spare = Math.floor(contextTokens / 4);
  const answer = request.maxOutputTokens ?? Math.min(profile.maxOutputTokens ?? spare, spare);
  const limitTokens = Math.max(0, contextTokens - answer);
  const specs = textTokens(JSON.stringify([tools, output ?? null]));
  const own = [instructions, ...prompt].reduce((sum, message) => sum + countTokens(message), 0);
  const tokens = Math.ceil(own + specs);
  if (tokens > limitTokens) throw contextFull({ threadId, tokens, limitTokens });
  return Math.floor((limitTokens - tokens) / (tools.length > 0 ? 2 : 1));
}

/** The answers of a wrong shape that were asked for again are left out, with what asked for them. */
function withoutRejected(added: readonly Message[], prompt: number): readonly Message[] {
  return added.filter(({ role }, index) => {
    if (index < prompt) return true;
    return role !== "user" && added[index + 1]?.role !== "user";
  });
}

function contextFull(facts: {
  readonly threadId: string;
  readonly tokens: number;
  readonly limitTokens: number;
}): SalesAgentError<"memory.context_full"> {
  return new SalesAgentError("memory.context_full", {
    message: `What the run adds to its thread takes about ${facts.tokens} tokens, and the model's context has room for ${facts.limitTokens}. Shorten the input, take a model with more context, or count more exactly by \`window.countTokens\` of the memory.`,
    facts,
    replay: "safe",
  });
}
