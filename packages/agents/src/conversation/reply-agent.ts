import {
  type AgentOptions,
  BaseAgent,
  type RunContext,
  runModelLoop,
  type WorkEvent,
} from "@salesagent/core/agent";
import type { SessionMemory } from "@salesagent/core/memory";
import { type LanguageModel, type ModelRequest, systemMessage, userMessage } from "@salesagent/ports";
import { memoryCall, threadTokens } from "../flow/memory-call.js";
import { intentNote, replyInstructions } from "./conversation-prompts.js";
import { withCutOffs } from "./said-message.js";

/** What is to be answered. */
export interface ReplyTask {
  readonly threadId: string;
  /** The turn, whose own messages are not told twice. */
  readonly turnId: string;
  readonly said: string;
  readonly intent: string | undefined;
  /** Of whom the memory's facts are told. */
  readonly subjects: readonly string[];
  readonly isSpoken: boolean;
}

/** What it replies with. */
export interface ReplyAgentOptions extends AgentOptions {
  readonly model: LanguageModel;
  readonly memory: SessionMemory;
  readonly instructions: string;
  readonly intents: Readonly<Record<string, string>>;
  readonly maxSteps: number;
  readonly request?: Omit<ModelRequest, "messages" | "tools" | "output"> | undefined;
}

/** Answers what a customer said, from what it is told of the thread, with tools where it has some. */
export class ReplyAgent extends BaseAgent<ReplyTask, string> {
  readonly name = "conversation-reply";
  readonly #options: ReplyAgentOptions;

  constructor(options: ReplyAgentOptions) {
    super({ task: "conversation-reply", ...options, memory: undefined });
    this.#options = options;
  }

  protected override async *processTask(
    task: ReplyTask,
    context: RunContext,
  ): AsyncGenerator<WorkEvent, string, void> {
    const { model, memory, instructions, intents, maxSteps, request } = this.#options;
    const { threadId, turnId, said, intent, isSpoken } = task;
    const { leadId } = context.init;
    const subjects = task.subjects.length === 0 && leadId !== undefined ? [`lead:${leadId}`] : task.subjects;
    const known = await memory.context(threadId, {
      ...memoryCall(context),
      exceptRunId: turnId,
      ...threadTokens(model.profile.contextTokens),
      ...(subjects.length > 0 && { facts: { subjects, query: said } }),
    });
    const note = intent === undefined ? [] : [userMessage(intentNote(intent, intents[intent]), "developer")];
    const { output, result } = yield* runModelLoop<string>(context, {
      agent: this.name,
      model,
      messages: [
        systemMessage(replyInstructions(instructions, isSpoken)),
        ...withCutOffs(known.messages),
        ...note,
        userMessage(said, "external"),
      ],
      tools: this.tools,
      output: undefined,
      ...{ maxSteps, maxRepairs: 0, request },
    });
    context.setEngine(`${result.provider}/${result.modelId}`);
    return output;
  }
}
