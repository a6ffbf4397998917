import {
  type AgentOptions,
  BaseAgent,
  type RunContext,
  runModelLoop,
  type WorkEvent,
} from "@salesagent/core/agent";
import type { SessionMemory } from "@salesagent/core/memory";
import { StructuredOutput } from "@salesagent/core/model";
import { type LanguageModel, systemMessage } from "@salesagent/ports";
import { z } from "zod";
import { memoryCall, threadTokens } from "../flow/memory-call.js";
import { classifyInstructions, classifyPrompt } from "./service-prompts.js";
import type { Classification } from "./service-state.js";
import type { ServiceTopic } from "./service-topics.js";

/** What is to be sorted. */
export interface ClassifyTask {
  readonly threadId: string;
  readonly text: string;
}

export interface ClassifyOptions extends AgentOptions {
  readonly model: LanguageModel;
  readonly memory: SessionMemory;
  readonly topics: ReadonlyMap<string, ServiceTopic>;
}

/** Tells what a customer's message is about. It has no tools, and what it says only chooses among the host's rules. */
export class ClassifyAgent extends BaseAgent<ClassifyTask, Classification> {
  readonly name = "service-classify";
  readonly #options: ClassifyOptions;
  readonly #output: StructuredOutput<Classification>;

  constructor(options: ClassifyOptions) {
    super({ task: "service-classify", ...options, tools: [], memory: undefined });
    this.#options = options;
    this.#output = new StructuredOutput(classificationSchema([...options.topics.keys()]), "classification");
  }

  protected override async *processTask(
    { threadId, text }: ClassifyTask,
    context: RunContext,
  ): AsyncGenerator<WorkEvent, Classification, void> {
    const { model, memory, topics } = this.#options;
    const known = await memory.context(threadId, {
      ...memoryCall(context),
      ...threadTokens(model.profile.contextTokens),
    });
    const { output, result } = yield* runModelLoop<Classification>(context, {
      agent: this.name,
      model,
      messages: [systemMessage(classifyInstructions(topics)), ...known.messages, ...classifyPrompt(text)],
      tools: this.tools,
      output: this.#output,
      ...{ maxSteps: 3, maxRepairs: 1 },
    });
    context.setEngine(`${result.provider}/${result.modelId}`);
    return output;
  }
}

const classificationSchema = (topics: readonly string[]) =>
  z.object({
    topic: z.enum(topics),
    confidence: z.number().min(0).max(1).describe("How sure you are of the topic, 0 to 1"),
    wantsPerson: z.boolean(),
    before: z.enum(["helped", "not-helped", "new"]),
    question: z.string().min(1).max(2_000),
  });
