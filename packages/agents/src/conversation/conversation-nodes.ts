import type { Agent, RunEvent } from "@salesagent/core/agent";
import type { NodeContext } from "@salesagent/core/graph";
import type { SessionMemory } from "@salesagent/core/memory";
import { type Message, onAbort, SalesAgentError, untilAborted, userMessage } from "@salesagent/ports";
import { tenantOf } from "../flow/tenant-of.js";
import type { SpeechToText } from "../ports/speech-to-text.js";
import type { ConversationState, ConversationUpdate } from "./conversation-state.js";
import type { LiveTurn } from "./live-turn.js";
import type { ReplyAgent } from "./reply-agent.js";
import { lastSaid, saidMessage } from "./said-message.js";

/** What the nodes work with. */
export interface ConversationMeans {
  readonly memory: SessionMemory;
  readonly transcriber: SpeechToText | undefined;
  readonly hint: string | undefined;
  readonly language: string | undefined;
  readonly maxAudioSeconds: number;
  readonly intentAgent: Agent<IntentTask, FoundIntent> | undefined;
  readonly replyAgent: ReplyAgent;
  readonly repeatText: string;
  /** The turn that somebody in this process listens to, where there is one. */
  readonly liveOf: (tenant: string, runId: string) => LiveTurn | undefined;
}

export interface IntentTask {
  readonly said: string;
  readonly before: string | undefined;
}

export interface FoundIntent {
  readonly intent: string;
  readonly confidence: number;
}

/** A node of the turn: what it does is stopped by the reader who leaves, and then the turn is over. */
type TurnNode = (
  means: ConversationMeans,
) => (state: ConversationState, ctx: NodeContext) => Promise<ConversationUpdate>;

interface Scene {
  readonly tenant: string;
  readonly live: LiveTurn | undefined;
  /** Aborts when the run is left, and when the reader leaves. */
  readonly signal: AbortSignal;
}

const turnNode =
  (
    work: (
      means: ConversationMeans,
      state: ConversationState,
      ctx: NodeContext,
      scene: Scene,
    ) => Promise<ConversationUpdate>,
  ): TurnNode =>
  (means) =>
  async (state, ctx) => {
    const tenant = tenantOf(ctx);
    const live = means.liveOf(tenant, ctx.runId);
    if (live) live.isInHand = true;
    if (live?.wasLeft) return { outcome: "cut-off" };
    const both = eitherSignal(ctx.signal, live?.signal);
    try {
      return await work(means, state, ctx, { tenant, live, signal: both.signal });
    } catch (error) {
      if (!live?.wasLeft || ctx.signal.aborted) throw error;
      return { outcome: "cut-off" };
    } finally {
      both.release();
    }
  };

/** What the customer said. */
export const transcribe: TurnNode = turnNode(async (means, { text }, ctx, { live, signal }) => {
  const heard = live?.audio ? await hear(means, live, signal) : { text: (text ?? "").trim() };
  const said = heard.text.trim();
  if (live) {
    live.transcript = said;
    live.mark("transcriptMs");
    await live.tell({ type: "transcript", ...heard, text: said });
  }
  ctx.emit({ type: "transcript", text: said });
  return said === "" ? { transcript: "", outcome: "not-heard" } : { transcript: said };
});

async function hear(
  { transcriber, hint, language, maxAudioSeconds }: ConversationMeans,
  live: LiveTurn,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly durationSeconds?: number }> {
  if (!live.audio || !transcriber)
    throw new TypeError("turn.audio needs createConversationAgent.transcriber");
  const heard = await untilAborted(transcriber.transcribe(live.audio, { hint, language, signal }), signal);
  const durationSeconds = heard.durationSeconds ?? live.heardSeconds;
  if (durationSeconds === undefined) return { text: heard.text };
  live.heardSeconds = durationSeconds;
  if (durationSeconds > maxAudioSeconds) throw tooLong(durationSeconds, maxAudioSeconds);
  return { text: heard.text, durationSeconds };
}

/** The error for audio that is too long. */
export function tooLong(seconds: number, limitSeconds: number): SalesAgentError<"agent.input_invalid"> {
  return invalidTurn("audio", `it is ${Math.ceil(seconds)} s long, and ${limitSeconds} s are allowed`);
}

/** The error for what a customer gave that can't be taken. */
export function invalidTurn(path: string, message: string): SalesAgentError<"agent.input_invalid"> {
  return new SalesAgentError("agent.input_invalid", {
    message: `The turn's ${path} can't be taken: ${message}.`,
    facts: { agent: "conversation", issues: [{ path, message }] },
    replay: "safe",
  });
}

/** What the customer wants. */
export const findIntent: TurnNode = turnNode(
  async ({ intentAgent, memory }, state, ctx, { tenant, live, signal }) => {
    if (!intentAgent || state.outcome) return {};
    const found = await ctx.step("intent", async () => {
      const { messages } = await memory.context(state.threadId, { tenant, signal, exceptRunId: ctx.runId });
      const run = intentAgent.run(
        { said: state.transcript, before: lastSaid(messages) },
        { ...runOptions(state, ctx, tenant), signal, delivery: "whole" },
      );
      const { output, summary } = await run.result();
      return { ...output, costUsd: summary.costUsd ?? null };
    });
    const { intent, confidence, costUsd } = found;
    live?.mark("intentMs");
    await live?.tell({ type: "intent", intent, confidence });
    ctx.emit({ type: "intent", intent, confidence });
    return { intent: { name: intent, confidence }, costUsd };
  },
);

/** The reply, which is spoken while it is written. */
export const respond: TurnNode = turnNode(async ({ replyAgent }, state, ctx, { tenant, live, signal }) => {
  if (state.outcome) return {};
  const { threadId, subjects, transcript, intent } = state;
  const task = {
    ...{ threadId, subjects, turnId: ctx.runId, said: transcript, intent: intent?.name },
    isSpoken: live?.speech !== undefined,
  };
  return ctx.step("reply", async () => {
    const run = replyAgent.run(task, {
      ...runOptions(state, ctx, tenant),
      signal,
      delivery: live ? "streamed" : "whole",
      effectScope: { runId: ctx.runId, step: `${ctx.taskKey}/reply` },
    });
    const reply = new ReplyWriter(live);
    for await (const event of run) await reply.take(event);
    const { summary } = await run.result();
    return { reply: reply.text, costUsd: summary.costUsd ?? null };
  });
});

/** Lets the reader hear the reply to its end, and puts into the thread what they heard. */
export const speak: TurnNode = (means) => async (state, ctx) => {
  const tenant = tenantOf(ctx);
  const live = means.liveOf(tenant, ctx.runId);
  const { transcript, outcome } = state;
  const reply = outcome === "not-heard" ? means.repeatText : state.reply;
  try {
    if (outcome === "not-heard") await live?.write(reply);
    if (outcome !== "cut-off") await live?.finish();
  } catch (error) {
    if (!live?.wasLeft || ctx.signal.aborted) throw error;
  }
  const isCutOff = live?.wasLeft ?? outcome === "cut-off";
  const said = isCutOff ? (live?.said() ?? "") : reply;
  if (transcript !== "") await keepTurn(means.memory, { tenant, runId: ctx.runId, ...state, said, isCutOff });
  return { reply: isCutOff ? said : reply, said, outcome: isCutOff ? "cut-off" : (outcome ?? "answered") };
};

/** Puts a turn into its thread, once: what the customer said, and what they were told. */
export async function keepTurn(
  memory: SessionMemory,
  turn: {
    readonly tenant: string;
    readonly threadId: string;
    readonly runId: string;
    readonly transcript: string;
    readonly said: string;
    readonly isCutOff: boolean;
  },
): Promise<void> {
  const { tenant, threadId, runId, transcript, said, isCutOff } = turn;
  const messages: Message[] = [userMessage(transcript, "external")];
  if (said.trim() !== "") messages.push(saidMessage(said.trim(), isCutOff));
  await memory.append(threadId, messages, { tenant, runId, once: true });
}

const runOptions = (
  { threadId, leadId, campaignId }: ConversationState,
  { runId }: NodeContext,
  tenant: string,
) => ({
  ...{ tenant, threadId, leadId, campaignId },
  parentRunId: runId,
});

/** Puts a reply's text together, of all the steps that a model took, and tells who listens. */
class ReplyWriter {
  text = "";
  /** What was written in the steps before. */
  #before = "";
  readonly #live: LiveTurn | undefined;

  constructor(live: LiveTurn | undefined) {
    this.#live = live;
  }

  async take(event: RunEvent<string>): Promise<void> {
    if (event.type === "text-delta") await this.#write(event.text);
    else if (event.type === "step-started") await this.#begin();
    else if (event.type === "restart") this.text = (await this.#live?.restart(this.#before)) ?? this.#before;
    else if (event.type === "finish") await this.#live?.speech?.pause();
    else if (event.type === "tool-started" || event.type === "tool-finished") await this.#live?.tell(event);
  }

  async #begin(): Promise<void> {
    if (this.text !== "" && !/\s$/.test(this.text)) await this.#write(" ");
    this.#before = this.text;
  }

  async #write(text: string): Promise<void> {
    this.text += text;
    await this.#live?.write(text);
  }
}

/** Follows both, and is let go of when what it ends is over. */
function eitherSignal(
  first: AbortSignal,
  second: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly release: () => void } {
  if (!second) return { signal: first, release: () => {} };
  const controller = new AbortController();
  const releases = [first, second].map((signal) => {
    if (signal.aborted) controller.abort(signal.reason);
    return onAbort(signal, () => controller.abort(signal.reason));
  });
  return {
    signal: controller.signal,
    release: () => {
      for (const release of releases) release();
    },
  };
}
